import { chmodSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { lockFolder } from '../../src/storage/embedded/folder-lock.ts'
import { startServer, testFolder } from './server-process.ts'

const { folder, remove } = testFolder()
afterAll(remove)

async function refusal(env: Record<string, string>): Promise<string> {
  try {
    const server = await startServer({ folder, env })
    await server.end('SIGKILL')
  } catch (error) {
    return (error as Error).message
  }
  throw new Error('the server started')
}

test('all configuration problems are listed at once, exit code 2', async () => {
  const said = await refusal({ MQTT_PORT: 'abc', TELEMETRY_STORE: 'mysql', TELEMTRY_STORE: 'x' })
  expect(said).toMatch(/ended with 2/)
  for (const problem of [/MQTT_PORT must be/, /TELEMETRY_STORE must be one of/, /TELEMTRY_STORE; did you mean/])
    expect(said).toMatch(problem)
})

test.each(['HTTP_PORT', 'MQTT_PORT'])('a busy %s says so', async (name) => {
  const busy = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => busy.once('listening', resolve))
  const { port } = busy.address() as { port: number }
  expect(await refusal({ [name]: String(port) })).toMatch(new RegExp(`ended with 2[\\s\\S]*${port}[\\s\\S]*in use`, 'i'))
  busy.close()
})

test('a data folder that cannot be made or written says so', async () => {
  const file = join(folder, 'a-file')
  writeFileSync(file, '')
  expect(await refusal({ DATA_FOLDER: join(file, 'data') })).toMatch(/ended with 2[\s\S]*DATA_FOLDER/)
  // Nothing is locked for root.
  if (process.getuid?.() === 0) return
  const locked = join(folder, 'locked')
  mkdirSync(locked)
  chmodSync(locked, 0o500)
  expect(await refusal({ DATA_FOLDER: locked })).toMatch(/ended with 2/)
})

test('a data folder in use, also by one who puts other files in its place, or half restored, says so', async () => {
  const data = join(folder, 'used')
  mkdirSync(data)
  const release = lockFolder(data)
  expect(await refusal({ DATA_FOLDER: data })).toMatch(/ended with 1[\s\S]*Another Lamplighter uses/)
  release()
  mkdirSync(join(data, 'restoring.unfinished'))
  expect(await refusal({ DATA_FOLDER: data })).toMatch(/ended with 2[\s\S]*was interrupted/)
})

test('what was left half done in the data folder is cleared away at the start', async () => {
  const data = join(folder, 'left')
  mkdirSync(join(data, 'staged.unfinished'), { recursive: true })
  writeFileSync(join(data, 'verify.sqlite.unfinished'), '')
  const server = await startServer({ folder, env: { DATA_FOLDER: data } })
  await server.end('SIGTERM')
  expect(readdirSync(data).filter((name) => name.includes('unfinished'))).toEqual([])
})

test('an unreadable plant file names the trouble', async () => {
  expect(await refusal({ PLANT_FILE: '/nowhere/plant.json' })).toMatch(/ended with 2[\s\S]*PLANT_FILE/)
})
