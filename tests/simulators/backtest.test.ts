import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { generateCity } from '../../simulators/city.ts'
import { byId } from '../../simulators/fault-arguments.ts'
import { Fleet } from '../../simulators/fleet.ts'
import { labelWriter } from '../../simulators/labels.ts'
import { encodeMessages } from '../../simulators/messages.ts'
import { simulatedFacilities } from '../../simulators/plant-source.ts'
import { createWorld } from '../../simulators/world.ts'
import type { BacktestResult } from '../../src/backtest/backtest.ts'
import { kindByKey } from '../../src/facilities/index.ts'
import { hours, minutes, seconds } from '../../src/telemetry/duration.ts'

const root = join(import.meta.dirname, '..', '..')
const data = join(root, '..', 'shared', 'data')
const folder = mkdtempSync(join(tmpdir(), 'lamplighter-backtest-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

interface Ended {
  code: number
  stdout: string
  stderr: string
}

function run(...args: string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(process.execPath, ['launch.mjs', 'simulators/backtest.ts', ...args], { cwd: root, maxBuffer: 1e8 }, (error, stdout, stderr) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr }),
    )
  })
}

const json = async (...args: string[]): Promise<BacktestResult> => JSON.parse((await run(...args, '--json')).stdout)

function write(name: string, ...lines: unknown[]): string {
  writeFileSync(join(folder, name), lines.map((line) => JSON.stringify(line)).join('\n'))
  return join(folder, name)
}

const overrides = (kind: string, rule: string, changes: object) => ({ overrides: [{ kind, rule, changes }] })

describe('npm run backtest', () => {
  test.skipIf(!existsSync(data))('on a real run of a pump whose valve closes, against its labels', async () => {
    const table = [
      join(data, 'skab', 'valve1', '0.csv'),
      ...['--as', 'pump-station', '--facility', 'PS-1', '--time', 'datetime', '--utc-offset', '0'],
      ...['--map', 'Volume Flow RateRMS=flow:scale=0.06,Current=current-a,Temperature=winding-temperature'],
      ...['--rated', 'flow=1.92,current=1.7,steady-duty=1'],
    ]
    // As the recording marks it itself.
    const labels = write('valve.jsonl', { facility: 'PS-1', from: '2020-03-09T10:24:33Z', to: '2020-03-09T10:31:33Z' })
    const off = (...rules: string[]) => ({
      overrides: rules.map((rule) => ({ kind: 'pump-station', rule, changes: { enabled: false } })),
    })
    // What the pump's learned behaviour finds as well is left out, so that the one rule makes all the difference.
    const sets = [
      ...['--before', write('before.json', off('out-of-pattern'))],
      ...['--after', write('after.json', off('out-of-pattern', 'flow-below-usual'))],
    ]
    const { before, after, difference } = await json(...table, '--labels', labels, ...sets)
    expect(before.score).toMatchObject({ precision: 1, recall: 1 })
    expect(after.score).toMatchObject({ alarms: 0, recall: 0, precision: null })
    expect(difference.changes).toMatchObject([{ type: 'lost', before: { rule: 'flow-below-usual' }, after: null }])
    const strict = await run(...table, ...sets, '--strict')
    expect(strict.code).toBe(1)
    expect(strict.stdout).toMatch(/lost\s+medium\s+PS-1 flow-below-usual/)
  })

  test('on a recording of a simulated city, against the labels of its simulator', async () => {
    const start = Date.parse('2026-03-01T12:00:00Z')
    const city = generateCity({
      seed: 'backtest',
      lamps: 20,
      cabinets: 2,
      pumpStations: 2,
      gasStations: 2,
      sewagePlants: 0,
      wastePlants: 0,
    })
    const world = createWorld({ position: [114.6, 37.9], seed: 'backtest' })
    const fleet = new Fleet({ facilities: simulatedFacilities(city, kindByKey), seed: 'backtest', world, start })
    const label = labelWriter(join(folder, 'faults.jsonl'))
    for (const { id } of city.filter(({ kind }) => kind === 'gas-station')) {
      for (const record of fleet.inject({ where: byId(id), fault: 'leak', after: minutes(10), for: minutes(15), size: 1 })) label(record)
    }
    const lines: object[] = []
    for (let at = start; at < start + hours(1); at += seconds(1)) {
      for (const { topic, payload } of encodeMessages(fleet.step(at), 'gateways')) lines.push({ received: at, topic, payload })
    }
    const files = [write('night.jsonl', ...lines), '--plant', write('plant.json', { facilities: city })]
    const slower = write('slower.json', overrides('gas-station', 'ch4-alarm-1', { onDelay: 2000 }))
    const result = await json(...files, '--labels', join(folder, 'faults.jsonl'), '--after', slower)
    expect(result).toMatchObject({ facilities: city.length, messages: lines.length, rejected: 0 })
    expect(result.before.score).toMatchObject({ labels: 2, detected: 2, recall: 1 })
    expect(result.difference.counts.lost).toBe(0)
    expect((await run(...files)).stdout).toContain('gas-station')
  })

  test.each([
    [[], 'name FILEs or a data folder'],
    [['--data', '/nowhere'], 'is no data folder'],
    [['x.jsonl'], '--plant or --data is needed'],
    [['x.csv', '--as', 'pump-station'], '--facility is needed'],
    [['x.jsonl', '--plant', join(root, 'package.json')], 'is not {"facilities": [...]}'],
    [['--from', 'yesterday'], 'must be a time with its zone'],
  ])('%j is refused with code 2', async (args, problem) => {
    const { code, stderr } = await run(...args)
    expect([code, stderr]).toEqual([2, expect.stringContaining(problem)])
  })
})
