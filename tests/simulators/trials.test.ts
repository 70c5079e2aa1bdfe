import { spawnSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { CITY_CENTRE } from '../../simulators/city.ts'
import { runTrial } from '../../simulators/trial-run.ts'
import { planTrials } from '../../simulators/trials.ts'
import { createWorld } from '../../simulators/world.ts'
import type { FacilityKind, SimulatedFault } from '../../src/facilities/facility-kind.ts'
import { kindByKey } from '../../src/facilities/index.ts'
import { days, hours, minutes } from '../../src/telemetry/duration.ts'
import { heatExchangerStation as station } from '../fixtures/heat-exchanger-station/index.ts'

const seed = 's'
const world = createWorld({ position: CITY_CENTRE, seed })
const valveShut = station.simulation.faults['valve-shut'] as SimulatedFault

const plan = (kind: FacilityKind, healthy = hours(6)) => planTrials({ kinds: [kind], world, seed, healthy })
async function run(kind: FacilityKind, fault: string | null) {
  const trial = plan(kind).find((trial) => trial.fault === fault)!
  const kinds = new Map([...kindByKey, [kind.key, kind]])
  return runTrial(trial, { kinds, world, seed, hold: minutes(10), recovery: minutes(60) })
}
const withFault = (fault: Partial<SimulatedFault>): FacilityKind => ({
  ...station,
  simulation: { ...station.simulation, faults: { 'valve-shut': { ...valveShut, ...fault } } },
})

describe('a drill tells', () => {
  test('a fault that is detected in its time', async () => {
    const { delay, ...result } = await run(station, 'valve-shut')
    expect(result).toMatchObject({ isInTime: true, following: [], falseAlarms: [] })
    expect(delay).toBeGreaterThan(minutes(3))
  })

  test('one that is detected too late', async () => {
    const { delay, isInTime } = await run(withFault({ within: minutes(3) }), 'valve-shut')
    expect(isInTime).toBe(false)
    expect(delay).toBeGreaterThan(minutes(3))
  })

  test('one that is missed, and the alarm that came instead', async () => {
    const kind = withFault({ raises: ['communication-loss'] })
    expect(await run(kind, 'valve-shut')).toMatchObject({ delay: null, isInTime: false, falseAlarms: ['supply-cold'] })
  })

  test('what followed from it', async () => {
    const kind = withFault({ raises: ['supply-cold', 'sensor-fault'] })
    const broken: FacilityKind = {
      ...kind,
      simulation: {
        ...kind.simulation,
        create(facility, random, grid) {
          const step = kind.simulation.create(facility, random, grid)
          return (moment) => {
            const values = step(moment)
            return values && moment.fault('valve-shut') > 0 ? { ...values, 'return-temperature': 746 } : values
          }
        },
      },
    }
    expect(await run(broken, 'valve-shut')).toMatchObject({ isInTime: true, following: ['sensor-fault'], falseAlarms: [] })
  })

  test('a false alarm of a healthy facility', async () => {
    const cold: FacilityKind = {
      ...station,
      simulation: {
        ...station.simulation,
        create(facility, random, grid) {
          const step = station.simulation.create(facility, random, grid)
          return (moment) => ({ ...step(moment), 'supply-temperature': 20 })
        },
      },
    }
    expect((await run(cold, null)).falseAlarms).toEqual(['supply-cold'])
    expect((await run(station, null)).falseAlarms).toEqual([])
  })
})

test('lamps that lose their supply with their cabinet are no false alarms, because nobody sees them', async () => {
  const trial = planTrials({ kinds: [kindByKey.get('light-cabinet')!], world, seed, healthy: days(1) }).find(
    ({ fault }) => fault === 'power-cut',
  )!
  // Dead for so long that every lamp has missed its reports.
  const options = { kinds: kindByKey, world, seed, hold: hours(2), recovery: hours(2) }
  const faultAt = nextEvening(trial.faultAt)
  const { isInTime, falseAlarms, suppressed } = await runTrial({ ...trial, faultAt, start: faultAt - hours(2) }, options)
  expect({ isInTime, falseAlarms }).toEqual({ isInTime: true, falseAlarms: [] })
  expect(suppressed).toBeGreaterThanOrEqual(48)
})

/** Seven in the evening by local time, when the lamps burn. */
const nextEvening = (at: number) => Math.ceil(at / days(1)) * days(1) + hours(11)

describe('the plan', () => {
  test('tries a fault on each variant that can have it, when it shows, after what it must learn', () => {
    const trials = plan(kindByKey.get('pump-station')!)
    const variantsOf = (fault: string) => trials.filter((trial) => trial.fault === fault).map(({ variant }) => variant.key)
    expect(variantsOf('communication-loss')).toEqual(['water-supply', 'drainage'])
    expect(variantsOf('burst')).toEqual(['water-supply'])
    for (const trial of plan(kindByKey.get('light-cabinet')!)) {
      const { shows, learning = 0 } = trial.kind.simulation.faults[trial.fault ?? ''] ?? {}
      if (trial.fault !== null) expect(trial.faultAt - trial.start).toBeGreaterThanOrEqual(learning + hours(2))
      if (shows) expect(world(trial.faultAt).daylight, trial.fault ?? '').toBe(shows === 'by-day' ? 1 : 0)
    }
  })

  test('puts lamps into a street of their cabinet', () => {
    const [healthy] = plan(kindByKey.get('street-light')!)
    expect(healthy!.facilities.map(({ kind }) => kind)).toEqual(['light-cabinet', ...Array(48).fill('street-light')])
  })
})

describe('npm run drill', () => {
  const drill = (...args: string[]) => spawnSync(process.execPath, ['simulators/drill.ts', ...args], { encoding: 'utf8' })

  test('ends with 0 when all is detected and nothing is false, and gives figures', () => {
    const { status, stdout } = drill('--quick', '--json', '--kind', 'waste-plant', '--fault', 'healthy', '--fault', 'fire')
    expect(status).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject([
      { kind: 'waste-plant', fault: null, falseAlarms: [] },
      { kind: 'waste-plant', fault: 'fire', detected: true, isInTime: true, falseAlarms: [] },
    ])
  })

  test('ends with 1 when something is wrong: so few messages come through that silence is false', () => {
    const { status, stdout } = drill('--days', '1', '--kind', 'waste-plant', '--fault', 'healthy', '--gaps', '0.95')
    expect(status).toBe(1)
    expect(stdout).toContain('FALSE: communication-loss')
  })

  test('ends with 2 when it is asked for what there is not', () => {
    expect(drill('--fault', 'nonsense')).toMatchObject({ status: 2, stderr: expect.stringContaining('no such fault') })
  })
})
