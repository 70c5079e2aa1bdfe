import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { openKeyFile } from '../../../src/storage/embedded/key-file.ts'

const folders: string[] = []
const newPath = () => {
  const folder = mkdtempSync(join(tmpdir(), 'key-file-'))
  folders.push(folder)
  return join(folder, 'device.key')
}
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

test('a key is made once, differs from others, and is for this account alone', () => {
  const [path, other] = [newPath(), newPath()]
  const key = openKeyFile(path)
  expect(key).toHaveLength(32)
  expect(openKeyFile(path)).toEqual(key)
  expect(openKeyFile(other)).not.toEqual(key)
  expect(statSync(path).mode & 0o777).toBe(0o600)
  expect(Buffer.from(readFileSync(path, 'utf8').trim(), 'base64url')).toEqual(key)
})

test.each(['', 'x', 'A'.repeat(100)])('a damaged one (%j) is refused and stays as it is', (text) => {
  const path = newPath()
  writeFileSync(path, text)
  expect(() => openKeyFile(path)).toThrow(expect.objectContaining({ code: 'store-unavailable', message: expect.stringContaining(path) }))
  expect(readFileSync(path, 'utf8')).toBe(text)
})

test('one that cannot be made says where', () => {
  const path = join(newPath(), 'no', 'such')
  expect(() => openKeyFile(path)).toThrow(expect.objectContaining({ code: 'store-unavailable', message: expect.stringContaining(path) }))
})
