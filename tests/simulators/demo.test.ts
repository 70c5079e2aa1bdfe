import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Static } from 'typebox'
import { expect, test } from 'vitest'
import { type ApiSession, openSession } from '../../simulators/api-session.ts'
import { CITY_CENTRE } from '../../simulators/city.ts'
import { chooseFirstFaults, rehearseFaults } from '../../simulators/rehearsal.ts'
import { createWorld } from '../../simulators/world.ts'
import { addDays } from '../../src/control/calendar-day.ts'
import { orderStates } from '../../src/dispatch/order.ts'
import type { CrewOrdersView, OrderPageSchema } from '../../src/edges/http/order-schemas.ts'
import type { AssignmentsSchema, PreviewSchema } from '../../src/edges/http/programme-schemas.ts'
import type { DutyView } from '../../src/edges/http/roster-schemas.ts'
import { facilityKinds } from '../../src/facilities/index.ts'

/** The demo's own server reports itself. */
const simulated = facilityKinds.filter((kind) => !kind.reportsItself)

test.each(['12:00', '17:10', '23:30', '06:45'])('at %s there are quick faults of all kinds and priorities', async (time) => {
  const world = createWorld({ position: CITY_CENTRE, seed: 's' })
  const chosen = chooseFirstFaults(await rehearseFaults(simulated, world, Date.parse(`2026-11-24T${time}:00+08:00`), 25_000))
  expect(new Set(chosen.map(({ kind }) => kind))).toEqual(new Set(simulated.map(({ key }) => key)))
  expect(new Set(chosen.map(({ priority }) => priority)).size).toBe(4)
})

/** Runs one of the project's programs and gives its lines as they come. */
function run(file: string, args: readonly string[]) {
  const child = spawn(process.execPath, [join('simulators', file), ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  const lines: string[] = []
  for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', (line) => lines.push(line))
  const ended = once(child, 'close').then(([code]) => code as number)
  const shows = (text: RegExp) => expect.poll(() => lines.join('\n'), { timeout: 40_000, interval: 50 }).toMatch(text)
  return { child, lines, ended, shows }
}

/** Signs in as somebody whose password a demo has shown. */
const sessionOf = (shown: string, user: string): Promise<ApiSession> => {
  const url = /Open {2}(\S+)/.exec(shown)?.[1] as string
  const password = (user === 'admin' ? /Password +(\S+)/ : new RegExp(`as ${user}, ([^;\\s]+)`)).exec(shown)?.[1] as string
  return openSession({ url, user, password })
}

/** Crews that work, somebody on duty, and orders of the last days in every state. */
async function hasLived(admin: ApiSession, shown: string): Promise<void> {
  const { items: duty } = await admin.get<DutyView>('/api/duty')
  expect(new Set(duty.map(({ rotation }) => rotation))).toEqual(new Set(['standby', 'lights', 'desk']))
  const { items } = await admin.get<Static<typeof OrderPageSchema>>('/api/orders?limit=500')
  expect(new Set(items.map(({ state }) => state))).toEqual(new Set(Object.keys(orderStates)))
  const oldest = Math.min(...items.map(({ created }) => created))
  expect(Date.now() - oldest).toBeGreaterThan(60 * 3_600_000)
  const anna = await sessionOf(shown, 'anna')
  const own = await anna.get<CrewOrdersView>('/api/crew/orders')
  expect(own.crews).toMatchObject([{ id: 'lights-1' }])
  expect(own.orders.map(({ order }) => order.state)).toEqual(expect.arrayContaining(['dispatched', 'accepted', 'on-the-way', 'repairing']))
  const { items: assigned } = await admin.get<Static<typeof AssignmentsSchema>>('/api/programme-assignments')
  expect(assigned.map(({ id }) => id)).toEqual(['parks', 'key', 'roads'])
  // What was assigned this morning says nothing of the night before.
  const { date } = await admin.get<Static<typeof PreviewSchema>>('/api/programme-preview')
  const { groups } = await admin.get<Static<typeof PreviewSchema>>(`/api/programme-preview?date=${addDays(date, 1)}`)
  expect(groups.length).toBeGreaterThan(0)
  expect(groups.every(({ changes }) => changes.some(({ level, assignment }) => level === 100 && assignment !== null))).toBe(true)
  const dora = await sessionOf(shown, 'dora')
  const reported = async () => (await dora.get<{ items: unknown[] }>('/api/reports')).items.length
  await expect.poll(reported, { timeout: 20_000, interval: 200 }).toBeGreaterThan(0)
  // What was closed may come back with a fault of today.
  const { all } = await dora.get<{ all: { closed: number; relapses: number } }>('/api/order-figures')
  expect(all.closed + all.relapses).toBeGreaterThanOrEqual(8)
}

test('the demo starts a city, shows its first faults, and stops cleanly', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'demo-'))
  const program = run('demo.ts', [
    '--port',
    '0',
    '--mqtt-port',
    '0',
    '--control-port',
    '0',
    '--lamps',
    '50',
    '--data',
    join(folder, 'demo'),
  ])
  try {
    await program.shows(/Password +\S+/)
    await program.shows(/simulator: 5\d facilities/)
    const url = /how to kill a cabinet: (\S+)/.exec(program.lines.join('\n'))?.[1]
    const { faults } = (await (await fetch(`${url}/faults`)).json()) as { faults: unknown[] }
    expect(faults.length).toBeGreaterThanOrEqual(4)
    const admin = await sessionOf(program.lines.join('\n'), 'admin')
    // How many of the simulated devices came by credentials of their own.
    const connected = async () => (await admin.get<{ total: number }>('/api/devices?state=connected&limit=1')).total
    await expect.poll(connected, { timeout: 20_000, interval: 200 }).toBeGreaterThan(5)
    await hasLived(admin, program.lines.join('\n'))
    program.child.kill('SIGINT')
    program.child.kill('SIGINT')
    expect(await program.ended).toBe(0)
    expect(program.lines.at(-1)).toBe('Stopped.')
    await expect(fetch(`${url}/faults`)).rejects.toThrow()
    expect(readFileSync(join(folder, 'demo', 'faults.jsonl'), 'utf8')).toContain('"facility"')
  } finally {
    // What it started would outlive it if it were killed.
    program.child.kill('SIGTERM')
    await program.ended
    rmSync(folder, { recursive: true, force: true })
  }
})

test.each([
  ['simulate.ts', ['--speed', 'fast', '--fault', 'x', '--nope'], ['--speed', '--fault', '--nope']],
  ['replay.ts', ['missing.csv'], ['--as is needed', '--facility is needed', '--map is needed', '--period']],
  ['record.ts', [], ['a file is missing']],
  ['demo.ts', ['--port', '99999'], ['--port']],
])('%s lists all bad arguments and ends with code 2', async (file, args, named) => {
  const { ended, lines } = run(file, args)
  expect(await ended).toBe(2)
  for (const text of named) expect(lines.join('\n')).toContain(text)
})

test.each(['simulate.ts', 'replay.ts', 'record.ts', 'demo.ts', 'drill.ts'])('%s explains itself', async (file) => {
  const { ended, lines } = run(file, ['--help'])
  expect(await ended).toBe(0)
  expect(lines[0]).toContain('Usage: npm run')
})

test('the simulator writes the city it would simulate', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'plant-'))
  const file = join(folder, 'plant.json')
  expect(await run('simulate.ts', ['--write', file]).ended).toBe(0)
  expect(existsSync(file)).toBe(true)
  expect(JSON.parse(readFileSync(file, 'utf8')).facilities.length).toBeGreaterThan(2060)
  rmSync(folder, { recursive: true })
})
