import { describe, expect, test } from 'vitest'
import { CITY_CENTRE } from '../../simulators/city.ts'
import { Fleet } from '../../simulators/fleet.ts'
import { encodeMessages } from '../../simulators/messages.ts'
import { simulatedFacilities } from '../../simulators/plant-source.ts'
import { variantsOf } from '../../simulators/variants.ts'
import { createWorld } from '../../simulators/world.ts'
import type { CommandValue } from '../../src/control/command.ts'
import type { KindCommand } from '../../src/facilities/commands.ts'
import type { FacilityKind } from '../../src/facilities/facility-kind.ts'
import { facilityKinds, kindByKey } from '../../src/facilities/index.ts'
import type { Registration } from '../../src/facilities/registration.ts'
import { replay } from '../../src/replay.ts'
import { LONGEST_TEST } from '../../src/services/control/command-services.ts'
import { days, hours, minutes, seconds } from '../../src/telemetry/duration.ts'
import { encodeValue, type Point } from '../../src/telemetry/point.ts'

const SEED = 'commands'
const world = createWorld({ position: CITY_CENTRE, seed: SEED })
const moments = { night: Date.parse('2026-03-02T01:00:00+08:00'), day: Date.parse('2026-03-02T13:00:00+08:00') }

/** Every choice, and of numbers both ends and one between. */
function valuesOf({ parameter }: KindCommand): CommandValue[] {
  if (parameter === null) return [null]
  if (parameter.type === 'choice') return Object.keys(parameter.choices)
  const middle = (parameter.least + parameter.greatest) / 2
  return [parameter.least, parameter.isWhole ? Math.round(middle) : middle, parameter.greatest]
}

let given = 0
const tell = (fleet: Fleet, facility: string, command: string, value: CommandValue, until: number | null = null) =>
  fleet.command(
    facility,
    { id: `c${++given}`, command, value, at: fleet.now, expires: fleet.now + seconds(30), until },
    fleet.now,
    (at) => at,
  )

const cases = facilityKinds.flatMap((kind) =>
  variantsOf(kind).flatMap(({ key, rated }) =>
    [...kind.commands.values()].flatMap((command) =>
      valuesOf(command)
        .filter((value) => command.has({ ...kind.rated, ...rated }, value))
        .flatMap((value) => (Object.keys(moments) as (keyof typeof moments)[]).map((when) => ({ kind, key, rated, command, value, when }))),
    ),
  ),
)

describe('each command of each kind', () => {
  test('has texts in both languages, an effect on a point that exists, and is taken back by one that exists', () => {
    for (const { kind, rated, command, value } of cases) {
      const texts = [command.title, ...(command.parameter ? [command.parameter.title] : [])]
      for (const { zh } of texts) expect(zh).toMatch(/\p{Script=Han}|^pH/u)
      const effect = command.effect(value, { ...kind.rated, ...rated }, null)
      expect(kind.table.keys[effect.point], command.key).toBeDefined()
      expect(effect.low, command.key).toBeLessThanOrEqual(effect.high)
      expect(effect.within).toBeGreaterThan(0)
      expect(Object.keys(command.channels(value)).length).toBeGreaterThan(0)
      const undo = command.undo(value)
      if (undo) expect(kind.commands.get(undo.command)?.channels(undo.value), command.key).toBeDefined()
    }
  })

  test.each(cases.map((one) => [one.kind.key, one.key, one.command.key, one.value, one.when, one] as const))(
    '%s %s: %s %s by %s has its effect in the simulation',
    (_kind, _key, _command, _value, _when, { kind, rated, command, value, when }) => {
      const facility = { id: 'X-1', kind: kind.key, rated }
      const start = moments[when]
      const fleet = new Fleet({ facilities: simulatedFacilities([facility], kindByKey), seed: SEED, world, start })
      fleet.step(start + minutes(12))
      expect(tell(fleet, 'X-1', command.key, value)).toMatchObject({ done: true })
      const level = when === 'night' ? 1 : 0
      const { point, low, high, within } = command.effect(value, { ...kind.rated, ...rated }, level)
      const after = fleet.step(fleet.now + within)
      const seen = after.map(({ values }) => encodeValue(kind.table.points[point] as Point, values[kind.table.keys[point] as string]))
      expect(
        seen.some((one) => one !== undefined && one >= low && one <= high),
        `saw ${seen}`,
      ).toBe(true)
    },
  )
})

const STEP = seconds(30)
/** Alarms of a plant over which time passes, with what its facilities are told in between. */
async function alarmsOf(plant: Registration[], start: number, end: number, told: readonly { at: number; tell: (fleet: Fleet) => void }[]) {
  const fleet = new Fleet({ facilities: simulatedFacilities(plant, kindByKey), seed: SEED, world, start })
  const raised = new Set<string>()
  async function* messages() {
    let position = 0
    for (let at = start + STEP; at <= end; at += STEP) {
      for (const one of told) if (one.at > at - STEP && one.at <= at) one.tell(fleet)
      for (const report of fleet.step(at)) {
        for (const { topic, payload } of encodeMessages([report], 'gateways')) {
          yield { topic, payload: new TextEncoder().encode(payload), received: report.sent, position: position++ }
        }
      }
      yield { topic: 'gateways/none/telemetry', payload: new TextEncoder().encode('[]'), received: at, position: position++ }
    }
  }
  await replay(messages(), {
    kinds: kindByKey,
    facilities: plant,
    onChange: ({ alarms }) => {
      for (const { facility, rule, active, suppressed } of alarms) if (active && !suppressed) raised.add(`${facility} ${rule}`)
    },
  })
  return [...raised]
}

const position = CITY_CENTRE
const place = { position: [...position] as [number, number] }
const switched: Registration[] = [
  { id: 'LC-1', kind: 'light-cabinet', ...place, rated: { circuits: 3 } },
  ...Array.from({ length: 6 }, (_, i) => ({ id: `SL-${i + 1}`, kind: 'street-light', fedBy: 'LC-1', circuit: 1 + (i % 3), ...place })),
]
const alone: Registration[] = [{ id: 'SL-9', kind: 'street-light', ...place }]

describe('a test of the longest time raises no alarm', () => {
  const start = Date.parse('2026-03-02T12:00:00+08:00')
  const testAt = (plant: Registration[], at: number, command: string, value: CommandValue, ids: string[]) =>
    alarmsOf(plant, start - (plant.length > 1 ? days(5) : hours(4)), at + LONGEST_TEST + hours(1), [
      {
        at,
        tell: (fleet) => {
          for (const id of ids) expect(tell(fleet, id, command, value, at + LONGEST_TEST)).toMatchObject({ done: true })
        },
      },
    ])
  test.each([
    ['a lamp that is lit by day', alone, start, 'on', null, ['SL-9']],
    ['a lamp that is dimmed by day', alone, start, 'dim', 30, ['SL-9']],
    ['a lamp that is put out by night', alone, start + hours(12), 'off', null, ['SL-9']],
    ['a circuit that is energised by day', switched, start, 'circuit-on', 2, ['LC-1']],
    ['a circuit that is put out by night', switched, start + hours(12), 'circuit-off', 2, ['LC-1']],
    ['a lamp of a circuit that is put out by night', switched, start + hours(12), 'off', null, ['SL-1']],
  ] as const)('%s', async (_, plant, at, command, value, ids) => {
    expect(await testAt([...plant], at, command, value, [...ids])).toEqual([])
  })

  test('and nor does an override of an hour, because the lamp says that it is held', async () => {
    const told = (channel: string) => (fleet: Fleet) => void tell(fleet, 'SL-9', channel, null, start + hours(1))
    expect(await alarmsOf(alone, start - hours(4), start + hours(2), [{ at: start, tell: told('on') }])).toEqual([])
  })

  test('a lamp that lights by day and says nothing of a command does', async () => {
    const burner = (fleet: Fleet) => void fleet.inject({ where: 'id=SL-9', fault: 'day-burner', after: 0, for: hours(1), size: 1 })
    expect(await alarmsOf(alone, start - hours(4), start + hours(2), [{ at: start, tell: burner }])).toContain('SL-9 day-burner')
  })
})

test('kinds that are only watched take no commands', () => {
  const silent = (kind: FacilityKind) => kind.commands.size === 0
  expect(facilityKinds.filter(silent).map(({ key }) => key)).toEqual(
    expect.arrayContaining(['server', 'gateway', 'sewage-plant', 'waste-plant']),
  )
})
