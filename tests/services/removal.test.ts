import { expect, test } from 'vitest'
import type { Alarm } from '../../src/alarms/alarm.ts'
import { kindByKey } from '../../src/facilities/index.ts'
import { checkLiveAlarms } from '../../src/services/removal.ts'
import { aLiveAlarm } from '../alarms/fixtures.ts'
import { sampleFacility } from '../storage/state-store.contract.ts'

const kind = kindByKey.get('gas-station')!
const station = (mode: 'auto' | 'out-of-service') => ({ ...sampleFacility('GS-1'), number: 1, kind, mode })
const gas = (more: Partial<Alarm> = {}) => aLiveAlarm({ rule: 'ch4-alarm-1', shelvable: false, ...more })
const gone = { active: false, returned: 2 } as const

test.each<[string, 'auto' | 'out-of-service', Alarm[], RegExp | null]>([
  ['without alarms', 'auto', [], null],
  ['in service with an alarm', 'auto', [aLiveAlarm()], /has live alarms\. Take it out of service first/],
  ['out of service', 'out-of-service', [aLiveAlarm()], null],
  ['with gas', 'out-of-service', [gas()], /ch4-alarm-1 is active/],
  ['with gas to be reset', 'out-of-service', [gas({ ...gone, latched: true })], /ch4-alarm-1 is to be reset/],
  ['with gas that was and needs no reset', 'out-of-service', [gas(gone)], null],
  ['without eyes and ears', 'out-of-service', ['communication-loss', 'ch4-lost-1', 'ch4-frozen-2'].map((rule) => gas({ rule })), null],
  [
    'with many',
    'out-of-service',
    ['flame', 'ch4-alarm-1', 'ch4-alarm-2', 'ch4-alarm-3'].map((rule) => gas({ rule })),
    /\(flame is active, ch4-alarm-1 is active, ch4-alarm-2 is active, …\)/,
  ],
])('a station %s (%s)', (_, mode, alarms, problem) => {
  const check = () => checkLiveAlarms(station(mode), alarms)
  if (problem) expect(check).toThrow(expect.objectContaining({ code: 'action-refused', message: expect.stringMatching(problem) }))
  else expect(check).not.toThrow()
})
