import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { AlarmView } from '../../src/edges/http/schemas.ts'
import { type Client, eventually, PASSWORD, type ServerProcess, signIn, startServer, testFolder } from './server-process.ts'

const root = join(import.meta.dirname, '..', '..')
const data = join(root, '..', 'shared', 'data')
const run = promisify(execFile)

const { folder, remove } = testFolder()
let server: ServerProcess
let client: Client

beforeAll(async () => {
  server = await startServer({ folder })
  client = await signIn(server.url)
})
afterAll(async () => {
  await server.end('SIGTERM')
  remove()
})

/** Plays files with the player as its own process and returns the alarms of the facility, once all of it is processed. */
async function play(facility: string, args: string[]): Promise<string[]> {
  const target = ['--url', `mqtt://127.0.0.1:${server.mqttPort}`, '--api', server.url, '--password', PASSWORD, '--register']
  const { stdout } = await run(process.execPath, [join(root, 'simulators', 'replay.ts'), ...args, '--facility', facility, ...target])
  const [, played, acknowledged] = stdout.match(/Done: (\d+) of \d+ played, (\d+) acknowledged, 0 dropped/) ?? []
  expect(played).toBe(acknowledged)
  const { items } = await eventually(
    () => client.get<{ items: AlarmView[] }>(`/api/alarms?facility=${facility}`),
    () => true,
  )
  return items.map((alarm) => alarm.rule)
}

describe.skipIf(!existsSync(data))('real recordings, played onto MQTT', () => {
  const pump = (file: string, rated: string) => [
    join(data, 'skab', file),
    ...['--as', 'pump-station', '--time', 'datetime', '--utc-offset', '0', '--speed', 'x1000', '--rated', rated],
    ...['--map', 'Volume Flow RateRMS=flow:scale=0.06,Current=current-a,Temperature=winding-temperature'],
  ]
  test('a closing valve is found in the pump run, and next to nothing in the run without a fault', async () => {
    const valve = await play('PS-VALVE', pump('valve1/0.csv', 'flow=1.92,current=1.7,steady-duty=1'))
    expect(valve.toSorted()).toEqual(['flow-below-usual', 'out-of-pattern'])
    // What a rule has learned for minutes may be surprised by a healthy pump.
    const clean = await play('PS-CLEAN', pump('clean/clean.csv', 'flow=7.38,current=3.3,steady-duty=1'))
    expect(clean.filter((rule) => rule !== 'out-of-pattern')).toEqual([])
    expect(clean.length).toBeLessThanOrEqual(2)
  })

  const nights = [
    join(data, 'light-cabinet', 'w-data-test.txt'),
    ...['--with', `${join(data, 'light-cabinet', 'v-data-test.txt')}=voltage-a`, '--as', 'light-cabinet', '--map', '1=active-power'],
    ...['--period', '60s', '--rows', '1440-8640,0-1440', '--send-empty', '--speed', 'x100000'],
  ]
  test.each([
    ['control', [], []],
    ['lamps-out', ['--edit', 'active-power:900..1099:add=-600'], ['power-deviation']],
    ['day-burner', ['--edit', 'active-power:100..159:copy=700'], ['day-burner']],
  ])('a lighting line after five nights: %s', async (name, edit, rules) => {
    expect(await play(`LC-${name}`, [...nights, ...edit])).toEqual(rules)
  })
})
