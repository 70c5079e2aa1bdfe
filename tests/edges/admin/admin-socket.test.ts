import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import Type from 'typebox'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { askServer } from '../../../src/edges/admin/admin-client.ts'
import { type AdminServer, startAdmin } from '../../../src/edges/admin/admin-server.ts'
import { type Attendance, folderCommand, type Progress } from '../../../src/edges/admin/folder-command.ts'
import { socketPath } from '../../../src/edges/admin/socket-path.ts'
import { LamplighterError } from '../../../src/errors.ts'
import type { DataFolder } from '../../../src/storage/embedded/data-folder.ts'
import { temporaryFolder } from '../../storage/embedded/data-folder.ts'

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

function newFolder(): string {
  const { folder, remove } = temporaryFolder()
  ends.push(remove)
  return folder
}

const about = { usage: '', about: '', options: {}, ask: () => null, text: String }
const doubled = folderCommand({
  ...about,
  name: 'double',
  asked: Type.Number(),
  async run(_folder, asked: number, { onProgress }) {
    onProgress({ doing: 'doubling', done: 1, total: 2 })
    return 2 * asked
  },
})
const refused = folderCommand({
  ...about,
  name: 'refuse',
  asked: Type.Null(),
  run: () => Promise.reject(new LamplighterError('action-refused', 'Not today.')),
})
let begun = Promise.withResolvers<void>()
beforeEach(() => {
  begun = Promise.withResolvers()
})
const cancelled = Promise.withResolvers<unknown>()
const endless = folderCommand({
  ...about,
  name: 'endless',
  asked: Type.Null(),
  run(_folder, _asked, { signal }) {
    begun.resolve()
    signal.addEventListener('abort', () => cancelled.resolve(signal.reason))
    return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
  },
})
const commands = new Map([doubled, refused, endless].map((command) => [command.name, command]))

async function start(folder: string): Promise<AdminServer> {
  const server = await startAdmin({ path: folder } as DataFolder, commands)
  ends.push(() => server.close())
  return server
}

const patient = (): Attendance => ({ signal: new AbortController().signal, onProgress: () => {} })

describe('the socket of a data folder', () => {
  test('runs commands, tells of progress and of what is wrong', async () => {
    const folder = newFolder()
    await start(folder)
    const heard: Progress[] = []
    expect(await askServer(folder, 'double', 21, { ...patient(), onProgress: (progress) => heard.push(progress) })).toEqual({ result: 42 })
    expect(heard).toEqual([{ doing: 'doubling', done: 1, total: 2 }])
    await expect(askServer(folder, 'double', 'x', patient())).rejects.toMatchObject({ code: 'invalid-request' })
    await expect(askServer(folder, 'triple', 1, patient())).rejects.toThrow('does not know triple')
    await expect(askServer(folder, 'refuse', null, patient())).rejects.toMatchObject({ code: 'action-refused', message: 'Not today.' })
    await expect(askServer(folder, 'double', 'x'.repeat(70_000), patient())).rejects.toThrow('too large')
  })

  test.skipIf(process.platform === 'win32')('lets nobody else in, and is gone with its server', async () => {
    const folder = newFolder()
    const server = await start(folder)
    expect(statSync(server.path).mode & 0o777).toBe(0o600)
    expect(dirname(server.path)).toBe(folder)
    await server.close()
    expect(existsSync(server.path)).toBe(false)
    expect(await askServer(folder, 'double', 21, patient())).toBeNull()
  })

  test.skipIf(process.platform === 'win32')('takes the place of what a killed server left, which answers nobody', async () => {
    const folder = newFolder()
    const script = `require('node:net').createServer().listen(${JSON.stringify(socketPath(folder))}, () => console.log('up'))`
    const killed = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
    await once(killed.stdout, 'data')
    killed.kill('SIGKILL')
    await once(killed, 'exit')
    expect(existsSync(socketPath(folder))).toBe(true)
    expect(await askServer(folder, 'double', 21, patient())).toBeNull()
    await start(folder)
    expect(await askServer(folder, 'double', 21, patient())).toEqual({ result: 42 })
  })

  test('is elsewhere when the path of the folder is too long for one', async () => {
    const folder = join(newFolder(), 'a-long-name-'.repeat(10))
    mkdirSync(folder)
    const server = await start(folder)
    expect(Buffer.byteLength(server.path)).toBeLessThanOrEqual(100)
    expect(server.path.startsWith(tmpdir())).toBe(true)
    expect(await askServer(folder, 'double', 21, patient())).toEqual({ result: 42 })
    expect(socketPath(folder, 'win32')).toMatch(/^\\\\\.\\pipe\\lamplighter-[0-9a-f]{16}$/)
  })

  test('ends a command that nobody waits for any more', async () => {
    const folder = newFolder()
    await start(folder)
    const stop = new AbortController()
    const asked = askServer(folder, 'endless', null, { ...patient(), signal: stop.signal })
    await begun.promise
    stop.abort(new Error('stopped'))
    await expect(asked).rejects.toThrow('stopped')
    expect(await cancelled.promise).toMatchObject({ message: 'nobody waits for it any more' })
  })

  test('closes in the midst of a command', async () => {
    const folder = newFolder()
    const server = await start(folder)
    const asked = askServer(folder, 'endless', null, patient())
    const failing = expect(asked).rejects.toThrow('the server stops')
    await begun.promise
    await server.close()
    await failing
  })

  test('says so where a server ends before it took what it is asked', async () => {
    const folder = newFolder()
    const ending = createServer((request) => request.socket.destroy())
    await new Promise<void>((resolve) => ending.listen(socketPath(folder), resolve))
    ends.push(() => ending.close())
    await expect(askServer(folder, 'double', 21, patient())).rejects.toThrow('The server ended before it answered.')
  })

  test('closes without a command that hears of nothing', async () => {
    const folder = newFolder()
    const { promise: isBegun, resolve: begin } = Promise.withResolvers<void>()
    const deaf = folderCommand({
      ...about,
      name: 'deaf',
      asked: Type.Null(),
      run() {
        begin()
        return new Promise(() => {})
      },
    })
    const server = await startAdmin({ path: folder } as DataFolder, new Map([['deaf', deaf]]), 10)
    const failing = expect(askServer(folder, 'deaf', null, patient())).rejects.toThrow()
    await isBegun
    await server.close()
    await failing
  })
})
