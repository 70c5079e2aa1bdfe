import { expect, test } from 'vitest'
import { type CommandMapping, commandMappingProblems, mappingFor, rawOf } from '../../src/telemetry/command-mapping.ts'
import type { DeviceProfile } from '../../src/telemetry/device-profile.ts'

const known = [
  { key: 'on', takesValue: false },
  { key: 'dim', takesValue: true },
]
const profile = (dialect: DeviceProfile['dialect'], commands: CommandMapping[], more: Partial<DeviceProfile> = {}): DeviceProfile => ({
  ...{ id: 'p', title: '', dialect, kind: 'street-light', codec: null, fields: [], commands, ...more },
})
const topics = { pattern: 'site/{site}/lamp/{id}/state', payload: 'json' } as const

test('the first line that fits tells how', () => {
  const commands: CommandMapping[] = [
    { command: 'dim', when: 100, metric: 'Full' },
    { command: 'dim', metric: 'Level' },
  ]
  const of = (command: string, value: number | null) => mappingFor(profile('sparkplug', commands), command, value)?.metric
  expect([of('dim', 100), of('dim', 40), of('on', null)]).toEqual(['Full', 'Level', undefined])
})

test.each<[CommandMapping, number | string | null, unknown]>([
  [{ command: 'dim' }, 40, 40],
  [{ command: 'dim', scale: 2.54 }, 50, 127],
  [{ command: 'dim', scale: 0.01, offset: 1 }, 50, 1.5],
  [{ command: 'on', write: true }, null, true],
  [{ command: 'mode', when: 'auto', write: 2 }, 'auto', 2],
  [{ command: 'mode' }, 'auto', 'auto'],
  [{ command: 'on' }, null, null],
])('%o of %s writes %s', (mapping, value, raw) => expect(rawOf(mapping, value)).toBe(raw))

test.each<[string, DeviceProfile, RegExp | null]>([
  ['a metric', profile('sparkplug', [{ command: 'dim', metric: 'Level' }]), null],
  ['bytes', profile('lorawan', [{ command: 'on', downlink: { fPort: 10, bytes: '01ff' } }]), null],
  ['a codec', profile('lorawan', [{ command: 'on', downlink: { fPort: 10 } }], { codec: 'acme' }), null],
  ['a message', profile('mapped', [{ command: 'on', message: { topic: 'site/{site}/lamp/{id}/set', payload: 'on' } }], { topics }), null],
  ['nothing', profile('sparkplug', []), null],
  ['an unknown command', profile('sparkplug', [{ command: 'explode', metric: 'X' }]), /no such command; there are on, dim/],
  ['no way', profile('sparkplug', [{ command: 'on' }]), /needs "metric"/],
  ['the way of another dialect', profile('sparkplug', [{ command: 'dim', metric: 'X', downlink: { fPort: 1 } }]), /"downlink" is not of/],
  ['no value', profile('sparkplug', [{ command: 'on', metric: 'Relay' }]), /has no value/],
  ['no bytes', profile('lorawan', [{ command: 'on', downlink: { fPort: 10 } }]), /needs a codec/],
  ['odd bytes', profile('lorawan', [{ command: 'on', downlink: { fPort: 10, bytes: '0' } }]), /in hex/],
  ['a port of the network', profile('lorawan', [{ command: 'on', downlink: { fPort: 224, bytes: '01' } }]), /fPort/],
  [
    'an unknown capture',
    profile('mapped', [{ command: 'on', message: { topic: 'x/{lamp}', payload: '' } }], { topics }),
    /lamp, no capture/,
  ],
  ['a wildcard', profile('mapped', [{ command: 'on', message: { topic: 'x/+', payload: '' } }], { topics }), /wildcards/],
  [
    'a topic of ours',
    profile('mapped', [{ command: 'on', message: { topic: 'facilities/street-light/{id}/commands', payload: '' } }], { topics }),
    /read in another way/,
  ],
])('%s', (_, given, problem) => {
  const problems = commandMappingProblems(given, known).join('; ')
  if (problem === null) expect(problems).toBe('')
  else expect(problems).toMatch(problem)
})
