import { expect, test } from 'vitest'
import { type CommandMapping, mappingFor, rawOf } from '../../src/telemetry/command-mapping.ts'
import { commandMappingIssues, commandMappingProblems, type MappableCommand } from '../../src/telemetry/command-mapping-issues.ts'
import type { DeviceProfile } from '../../src/telemetry/device-profile.ts'

const known: MappableCommand[] = [
  { key: 'on', parameter: null },
  { key: 'dim', parameter: { type: 'number' } },
  { key: 'mode', parameter: { type: 'choice', choices: { auto: 1, remote: 1 } } },
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
  ['an unknown command', profile('sparkplug', [{ command: 'explode', metric: 'X' }]), /no such command; there are on, dim, mode/],
  ['no way', profile('sparkplug', [{ command: 'on' }]), /needs "metric"/],
  ['the way of another dialect', profile('sparkplug', [{ command: 'dim', metric: 'X', downlink: { fPort: 1 } }]), /"downlink" is not of/],
  ['an unknown value', profile('sparkplug', [{ command: 'mode', when: 'off', metric: 'X' }]), /no such value; there are auto, remote/],
  ['a value of none', profile('sparkplug', [{ command: 'on', when: 1, metric: 'X' }]), /has no value/],
  ['a word for a number', profile('sparkplug', [{ command: 'dim', when: 'full', metric: 'X' }]), /is a number/],
  [
    'a line that is never reached',
    profile('sparkplug', [
      { command: 'dim', metric: 'X' },
      { command: 'dim', when: 100, metric: 'Y' },
    ]),
    /above takes it/,
  ],
  ['no time to answer', profile('sparkplug', [{ command: 'dim', metric: 'X', answerWithin: 2 }]), /whole seconds, 5 to 86400/],
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

test('says which line and field is wrong, in both languages', () => {
  const given = profile('lorawan', [
    { command: 'on', downlink: { fPort: 10, bytes: '01' } },
    { command: 'dim', downlink: { fPort: 0, bytes: 'zz' } },
  ])
  expect(commandMappingIssues(given, known)).toEqual([
    { line: 1, field: 'fPort', words: { en: 'fPort is from 1 to 223', zh: '端口应为 1 至 223' } },
    { line: 1, field: 'bytes', words: { en: 'bytes are 1 to 242 in hex', zh: '应为 1 至 242 个十六进制字节' } },
  ])
})
