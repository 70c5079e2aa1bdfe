import { expect, test } from 'vitest'
import { objectionTo, type Subject } from '../../src/control/admission.ts'
import type { CommandPurpose, CommandValue } from '../../src/control/command.ts'
import type { FacilityKind } from '../../src/facilities/facility-kind.ts'
import { gasStation } from '../../src/facilities/gas-station/index.ts'
import { lightCabinet } from '../../src/facilities/light-cabinet/index.ts'
import { pumpStation } from '../../src/facilities/pump-station/index.ts'
import { streetLight } from '../../src/facilities/street-light/index.ts'

/** A facility of a kind of which these values are known. */
function subject(kind: FacilityKind, known: Record<string, number> = {}, more: Partial<Subject> = {}): Subject {
  const values = kind.table.keys.map((key) => known[key] ?? Number.NaN)
  return { mode: 'auto', isReached: true, isLocal: false, isFed: true, commands: kind.commands, rated: kind.rated, values, ...more }
}
const objection = (of: Subject, command: string, value: CommandValue = null, purpose: CommandPurpose = 'direct') =>
  objectionTo(of, { command, value, purpose, approval: null })?.problem ?? null

test.each<[string, Partial<Subject>, string | null]>([
  ['running', {}, null],
  ['reached by nobody', { isReached: false }, 'not-commandable'],
  ['without commands', { commands: new Map() }, 'not-commandable'],
  ['out of service', { mode: 'out-of-service' }, 'out-of-service'],
  ['run by hand', { mode: 'manual' }, 'local-mode'],
  ['run on site, as it says', { isLocal: true }, 'local-mode'],
  ['on a circuit that is off', { isFed: false }, 'circuit-off'],
])('a lamp that is %s', (_, more, problem) => expect(objection(subject(streetLight, {}, more), 'on')).toBe(problem))

test('a cabinet one of whose circuits leaks is not left to itself, also not by two people', () => {
  const approval = { reasons: [], expires: 0, lasts: null, decision: null }
  const mode = (value: string) =>
    objectionTo(subject(lightCabinet, { 'circuit-2-leakage': 300 }), { command: 'mode', value, purpose: 'direct', approval })?.problem ??
    null
  expect([mode('auto'), mode('remote')]).toEqual(['interlock', null])
})

test('a facility that is worked on is told something by those who work on it alone', () => {
  const lamp = subject(streetLight, {}, { mode: 'maintenance' })
  expect((['direct', 'test', 'end'] as const).map((purpose) => objection(lamp, 'on', null, purpose))).toEqual(['maintenance', null, null])
})

test.each<[FacilityKind, string, CommandValue, string | null]>([
  [streetLight, 'dim', 50, null],
  [streetLight, 'dim', 5, 'value-out-of-range'],
  [streetLight, 'dim', 101, 'value-out-of-range'],
  [streetLight, 'dim', '50', 'value-out-of-range'],
  [streetLight, 'dim', null, 'value-out-of-range'],
  [streetLight, 'on', 1, 'value-out-of-range'],
  [streetLight, 'explode', null, 'unknown-command'],
  [lightCabinet, 'circuit-on', 6, null],
  [lightCabinet, 'circuit-on', 7, 'unknown-command'],
  [lightCabinet, 'circuit-on', 1.5, 'value-out-of-range'],
  [lightCabinet, 'mode', 'auto', 'second-person'],
  [lightCabinet, 'mode', 'manual', 'value-out-of-range'],
  [gasStation, 'close-valve', 'inlet', 'second-person'],
  [gasStation, 'open-valve', 'inlet', 'unknown-command'],
])('%o %s %s: %s', (kind, command, value, problem) => expect(objection(subject(kind), command, value)).toBe(problem))

test.each<[string, FacilityKind, Record<string, number>, string, CommandValue, string | null]>([
  ['no lamp is lit at a pole that kills', streetLight, { 'leakage-current': 30 }, 'on', null, 'interlock'],
  ['it may be switched off', streetLight, { 'leakage-current': 30 }, 'off', null, null],
  ['nor given back to a programme that lights it', streetLight, { 'leakage-current': 30 }, 'follow-programme', null, 'interlock'],
  ['nor by a controller that starts anew', streetLight, { 'leakage-current': 30 }, 'reset', null, 'interlock'],
  ['no circuit that leaks is given back', lightCabinet, { 'circuit-2-leakage': 300 }, 'circuit-follow', 2, 'interlock'],
  ['it may be switched off', lightCabinet, { 'circuit-2-leakage': 300 }, 'circuit-off', 2, null],
  ['no circuit is fed that leaks', lightCabinet, { 'circuit-2-leakage': 300 }, 'circuit-on', 2, 'interlock'],
  ['another one is', lightCabinet, { 'circuit-2-leakage': 300 }, 'circuit-on', 3, null],
  ['nor one whose breaker tripped', lightCabinet, { 'circuit-2-tripped': 1 }, 'circuit-on', 2, 'interlock'],
  ['no pump is started dry', pumpStation, { 'wet-well-level': 0.4 }, 'start', null, 'interlock'],
  ['nor without suction', pumpStation, { 'inlet-pressure': 0.04 }, 'start', null, 'interlock'],
  ['it may be stopped', pumpStation, { 'inlet-pressure': 0.04 }, 'stop', null, null],
  [
    'the fan is not left to detectors that show gas',
    gasStation,
    { 'ch4-1': 25, 'ch4-2': 0, 'ch4-3': 0, 'ch4-4': 0 },
    'fan',
    'off',
    'interlock',
  ],
  ['nor to those that show nothing', gasStation, { 'ch4-1': 0, 'ch4-2': 0, 'ch4-3': 0 }, 'fan', 'off', 'interlock'],
  ['it is left to sound ones', gasStation, { 'ch4-1': 0, 'ch4-2': 0, 'ch4-3': 0, 'ch4-4': 0 }, 'fan', 'off', null],
])('%s', (_, kind, known, command, value, problem) => expect(objection(subject(kind, known), command, value)).toBe(problem))
