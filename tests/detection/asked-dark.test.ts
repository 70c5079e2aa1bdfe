import { expect, test } from 'vitest'
import type { DetectedFacility } from '../../src/detection/detected-facility.ts'
import { Detector } from '../../src/detection/detector.ts'
import type { ProgrammeStep } from '../../src/detection/expected.ts'
import { lightCabinet } from '../../src/facilities/light-cabinet/index.ts'
import { streetLight } from '../../src/facilities/street-light/index.ts'
import { minutes } from '../../src/telemetry/duration.ts'
import { encodeValue, type PointValue } from '../../src/telemetry/point.ts'

const noon = Date.parse('2026-03-01T12:00:00+08:00')
const cabinet: DetectedFacility = { id: 'LC', number: 1, gateway: null, rated: {}, kind: lightCabinet }
const lamp = (number: number, more: Partial<DetectedFacility> = {}): DetectedFacility => ({
  ...{ id: `SL-${number}`, number, gateway: null, rated: {}, kind: streetLight, fedBy: 'LC', circuit: 1 },
  ...more,
})
const dark = { level: 0, isOwn: true }
const usual = { level: 0 }
const lit = { level: 1, isOwn: true }

/** Whether circuit 1, which is closed and draws nothing, is open to its cabinet after two minutes. */
function isOpen(
  lamps: readonly DetectedFacility[],
  step: Partial<ProgrammeStep> | undefined,
  says: Record<string, PointValue> = {},
): boolean {
  const programme = ({ kind }: DetectedFacility) =>
    kind === streetLight && step ? ({ from: noon - minutes(60), until: noon + minutes(60), ...step } as ProgrammeStep) : undefined
  const detector = new Detector({ programme })
  let open = false
  const report = (facility: DetectedFacility, values: Record<string, PointValue>, at: number) => {
    const { index, points } = facility.kind.table
    const readings = Object.entries(values).map(([key, value]) => {
      const point = index.get(key) as number
      return { point, value: encodeValue(points[point] as never, value) as number, quality: 'good' as const }
    })
    detector.report({ facility, at, received: at, readings }, ({ rule, active }) => {
      if (facility === cabinet && rule.key === 'open-circuit-1') open = active
    })
  }
  for (const facility of [cabinet, ...lamps]) detector.put(facility)
  for (let at = noon; at <= noon + minutes(2); at += minutes(1)) {
    for (const one of lamps) if (Object.keys(says).length > 0) report(one, says, at)
    report(cabinet, { 'circuit-1-current': 0, 'circuit-1-contactor': true, 'circuit-1-command': true, 'circuit-1-tripped': false }, at)
  }
  return open
}

test.each<[string, boolean, readonly DetectedFacility[], Partial<ProgrammeStep> | undefined, Record<string, PointValue>?]>([
  ['that feeds nobody known', true, [], dark],
  ['whose lamps keep dark by a programme of their own', false, [lamp(2), lamp(3)], dark],
  ['whose lamps burn whenever they are fed', true, [lamp(2), lamp(3)], usual],
  ['whose lamps should burn', true, [lamp(2), lamp(3)], lit],
  ['of which nobody knows the programme', true, [lamp(2)], undefined],
  ['with a lamp that has no controller', true, [lamp(2), lamp(3, { rated: { controller: 0 } })], dark],
  ['with something else on it', true, [lamp(2), lamp(3, { kind: lightCabinet })], dark],
  ['whose lamps a command holds dark', false, [lamp(2)], lit, { 'dim-command': 0, control: 'command' }],
  ['whose lamps a command holds lit', true, [lamp(2)], dark, { 'dim-command': 60, control: 'command' }],
  ['and is that of others', true, [lamp(2, { circuit: 2 })], dark],
])('a closed circuit without current %s is open: %s', (_, expected, lamps, step, says) => {
  expect(isOpen(lamps, step, says)).toBe(expected)
})
