import { describe, expect, test } from 'vitest'
import type { Alarm } from '../../src/alarms/alarm.ts'
import { AlarmMaker } from '../../src/alarms/alarm-maker.ts'
import { AlarmRegister } from '../../src/alarms/register.ts'
import { ruleBuilders } from '../../src/detection/builders.ts'
import type { DetectedFacility } from '../../src/detection/detected-facility.ts'
import type { ConditionChange } from '../../src/detection/detection.ts'
import { Detector } from '../../src/detection/detector.ts'
import { is } from '../../src/detection/expression.ts'
import type { Rule, RuleSetting } from '../../src/detection/rule.ts'
import { defaultSettings } from '../../src/detection/settings.ts'
import { isActive } from '../../src/detection/state.ts'
import { minutes } from '../../src/telemetry/duration.ts'
import { digital, text } from '../../src/telemetry/point.ts'
import { kindOf, texts } from '../detection/fixtures.ts'
import { evidence, memoryAlarmStore } from './fixtures.ts'

const build = ruleBuilders<string, never>()
const onOff = digital(text('x', 'x'), text('off', '关'), text('on', '开'))
const silence = build.silence({ ...texts, priority: 'high', period: minutes(9) })
const dark = build.condition({ ...texts, priority: 'medium', when: is('lit', 0), needs: ['supply'] })
const lampKind = kindOf('lamp', { lit: onOff }, { silence, dark })
const cabinetKind = kindOf('cabinet', { lit: onOff }, { silence })
const muteKind = kindOf('mute', { lit: onOff }, { dark })

interface Member extends DetectedFacility {
  readonly mode: 'auto' | 'out-of-service'
  readonly fedBy: string | null
  readonly circuit: number | null
}

/** A cabinet C with the lamps L and M, and a lamp N whose silence nobody judges; minutes are the time. */
function street() {
  const make = (number: number, id: string, more: Partial<Member> = {}): Member => ({
    id,
    number,
    kind: lampKind,
    mode: 'auto',
    fedBy: 'C',
    circuit: null,
    gateway: null,
    rated: {},
    ...more,
  })
  const members = [
    make(0, 'C', { kind: cabinetKind, fedBy: null }),
    make(1, 'L'),
    make(2, 'M', { mode: 'out-of-service' }),
    make(3, 'N', { kind: muteKind }),
  ]
  const facilities = new Map(members.map((member) => [member.id, member]))
  const store = memoryAlarmStore()
  const register = new AlarmRegister(store)
  const detector = new Detector()
  for (const member of members) detector.put(member)
  const activated: string[] = []
  const maker = new AlarmMaker<Member>({
    register,
    tree: {
      get: (id) => facilities.get(id),
      fedBy: (id) => [...facilities.values()].filter(({ fedBy }) => fedBy === id),
      behind: () => [],
    },
    detectionOf: ({ number }) => detector.state(number),
    onActivated: ({ facility, rule }, now) => activated.push(`${facility} ${rule} ${now / minutes(1)}`),
  })
  const found = (id: string, key: string, active: boolean, minute: number, more: Partial<ConditionChange> = {}) => {
    const facility = facilities.get(id) as Member
    const rule = facility.kind.rules.find((one) => one.key === key) as Rule
    const setting = defaultSettings(facility.kind, {})[facility.kind.rules.indexOf(rule)] as RuleSetting
    const change = { facility, rule, setting, active, at: minutes(minute), late: false, chattering: null, ...more }
    return maker.take({ change, now: minutes(minute), facility, evidence: active ? evidence : null })
  }
  return {
    maker,
    register,
    detector,
    activated,
    store,
    facility: (id: string) => facilities.get(id) as Member,
    forget: (id: string) => facilities.delete(id),
    raise: (id: string, key: string, minute: number, more: Partial<ConditionChange> = {}) => found(id, key, true, minute, more),
    end: (id: string, key: string, minute: number) => found(id, key, false, minute),
    report(id: string, minute: number, lit: number) {
      const facility = facilities.get(id) as Member
      const at = minutes(minute)
      detector.report({ facility, at, received: at, readings: [{ point: 0, value: lit, quality: 'good' }] }, () => {})
    },
    alarm: (id: string, key: string) => register.find(id, key) as Alarm,
  }
}

const named = (alarms: readonly Alarm[]) => alarms.map(({ facility, rule }) => `${facility} ${rule}`)

describe('a finding', () => {
  test('becomes an alarm with its proof, of a facility in service', () => {
    const { raise, alarm } = street()
    expect(named(raise('L', 'dark', 1))).toEqual(['L dark'])
    expect(alarm('L', 'dark')).toMatchObject({ evidence, outOfService: false, suppressed: null, affects: 0, raised: minutes(1) })
  })

  test('or out of it, and with how many it concerns', () => {
    const { raise, alarm } = street()
    raise('M', 'dark', 1)
    raise('C', 'silence', 2)
    expect(alarm('M', 'dark').outOfService).toBe(true)
    expect(alarm('C', 'silence').affects).toBe(3)
  })

  test('is told once for each activation', () => {
    const { raise, end, activated } = street()
    raise('L', 'dark', 1)
    raise('L', 'dark', 2, { chattering: { since: minutes(2), onDelay: minutes(1) } })
    end('L', 'dark', 3)
    raise('L', 'dark', 4)
    expect(activated).toEqual(['L dark 1', 'L dark 4'])
  })

  test('is explained by what is there, and explains what is there', () => {
    const { raise, alarm } = street()
    raise('L', 'dark', 1)
    expect(named(raise('C', 'silence', 2))).toEqual(['C silence', 'L dark'])
    raise('N', 'dark', 3)
    const { id } = alarm('C', 'silence')
    expect(alarm('L', 'dark').suppressed).toEqual({ cause: 'supply', by: id, since: minutes(2), until: null })
    expect(alarm('N', 'dark').suppressed).toEqual({ cause: 'supply', by: id, since: minutes(3), until: null })
  })

  test('is no alarm for people when it comes back under what explains it', () => {
    const { raise, end, alarm, store } = street()
    raise('L', 'dark', 1)
    raise('C', 'silence', 2)
    end('L', 'dark', 3)
    raise('L', 'dark', 4)
    const known = alarm('L', 'dark')
    expect(known).toMatchObject({ suppressed: { cause: 'supply', by: 2, since: minutes(4) }, toldSince: null, unanswered: true })
    const steps = store.records.filter((step) => step.alarm === known.id)
    expect(steps.map(({ type, announced }) => `${type} ${announced}`)).toEqual([
      'raise true',
      'suppress false',
      'return false',
      'activate false',
    ])
  })

  test('concerns as many as hang on it when it comes', () => {
    const { raise, end, forget, alarm } = street()
    raise('C', 'silence', 1)
    end('C', 'silence', 2)
    forget('M')
    raise('C', 'silence', 3)
    expect(alarm('C', 'silence').affects).toBe(2)
  })

  test('of the past is kept, told of, and is no live alarm', () => {
    const { raise, end, maker, facility, activated, store, register } = street()
    const historySince = minutes(1)
    expect(raise('L', 'dark', 1, { historySince, late: true })).toEqual([])
    const change = { facility: facility('L'), rule: lampKind.rules[1] as Rule, setting: {} as RuleSetting, active: false, at: minutes(2) }
    maker.take({
      change: { ...change, late: true, chattering: null, historySince },
      now: minutes(9),
      facility: facility('L'),
      evidence: null,
    })
    expect([...store.all.values()]).toMatchObject([{ historical: true, raised: minutes(1), returned: minutes(2) }])
    expect([...register.live()]).toEqual([])
    expect(activated).toEqual(['L dark 1'])
    expect(end('L', 'dark', 10)).toEqual([])
  })

  test('comes after what time has done until then', () => {
    const { raise, maker, store } = street()
    raise('L', 'silence', 0)
    expect([maker.isDue(minutes(10) - 1), maker.isDue(minutes(10))]).toEqual([false, true])
    expect(named(raise('L', 'dark', 12))).toEqual(['L silence', 'L dark'])
    expect(store.records.map(({ type, at }) => `${type} ${at / minutes(1)}`)).toEqual(['raise 0', 'escalate 10', 'raise 12'])
    expect(named(maker.passTime(minutes(15)))).toEqual(['L silence'])
  })

  test('that late data have caught up makes what they hid an alarm', () => {
    const { raise, maker, facility, alarm } = street()
    raise('L', 'dark', 1, { late: true })
    expect(alarm('L', 'dark').suppressed?.cause).toBe('late')
    const changed = maker.take({ change: null, now: minutes(2), facility: facility('L'), evidence: null })
    expect(named(changed)).toEqual(['L dark'])
    expect(alarm('L', 'dark').suppressed).toBeNull()
  })
})

describe('once its cause is gone, an alarm waits', () => {
  const waits = (id: string, prepare: (made: ReturnType<typeof street>) => void = () => {}) => {
    const made = street()
    prepare(made)
    made.raise('C', 'silence', 100)
    made.raise(id, 'dark', 101)
    made.end('C', 'silence', 102)
    return ((made.alarm(id, 'dark').suppressed?.until ?? Number.NaN) - minutes(102)) / minutes(1)
  }
  test('for two reports and the least there is', () => {
    expect(waits('L')).toBe(2 + 6)
  })

  test('longer where reports are usually rarer, by whole periods', () => {
    const seldom = ({ report }: ReturnType<typeof street>) => {
      for (let minute = 0; minute <= 90; minute += 6) report('L', minute, 1)
    }
    expect(waits('L', seldom)).toBe(2 + 12)
  })

  test('for the least there is, where nobody judges silence or nothing is known', () => {
    expect(waits('N')).toBe(2)
    expect(waits('L', ({ detector }) => detector.remove(1))).toBe(2)
  })

  test('and anew after a pause', () => {
    const { raise, end, maker, alarm } = street()
    raise('C', 'silence', 100)
    raise('L', 'dark', 101)
    end('C', 'silence', 102)
    expect(named(maker.resume(minutes(105)))).toContain('L dark')
    expect(alarm('L', 'dark').suppressed?.until).toBe(minutes(105 + 8))
  })
})

test('an alarm affects what hangs on its facility, if its rule says so', () => {
  const { raise, maker, alarm, forget } = street()
  raise('C', 'silence', 1)
  raise('L', 'dark', 2)
  expect(maker.affectedBy(alarm('C', 'silence')).map(({ id }) => id)).toEqual(['L', 'M', 'N'])
  expect(maker.affectedBy(alarm('L', 'dark'))).toEqual([])
  expect(maker.affectedBy({ ...alarm('C', 'silence'), rule: 'gone' })).toEqual([])
  forget('C')
  expect(maker.affectedBy(alarm('C', 'silence'))).toEqual([])
})

test('live alarms become as urgent as the settings say now', () => {
  const { raise, maker, facility, detector, alarm } = street()
  raise('L', 'silence', 1)
  raise('L', 'dark', 2)
  const settings = detector.state(1)!.settings
  detector.put(facility('L'), [settings[0] as RuleSetting, { ...(settings[1] as RuleSetting), priority: 'low' }])
  expect(named(maker.prioritise(facility('L'), minutes(3)))).toEqual(['L dark'])
  expect(alarm('L', 'dark').basePriority).toBe('low')
  expect(maker.prioritise(facility('L'), minutes(4))).toEqual([])
  detector.remove(1)
  expect(maker.prioritise(facility('L'), minutes(5))).toEqual([])
})

describe('what detection knows and alarms do not say', () => {
  const unknown = ({ maker, facility }: ReturnType<typeof street>, id: string) =>
    maker.unknownTo(facility(id), minutes(50)).map(({ rule, active, at }) => `${rule.key}${active ? '+' : '-'} ${at / minutes(1)}`)

  test('is found for both, by the time of the last judgement', () => {
    const made = street()
    made.report('L', 3, 0)
    expect(unknown(made, 'L')).toEqual(['dark+ 3'])
    made.raise('L', 'dark', 3)
    expect(unknown(made, 'L')).toEqual([])
    made.report('L', 4, 1)
    expect(unknown(made, 'L')).toEqual(['dark- 4'])
  })

  test('is nothing where no state was saved: its alarms stand until the first report', () => {
    const made = street()
    made.raise('L', 'dark', 3)
    expect(unknown(made, 'L')).toEqual([])
    expect(isActive(made.detector.state(1)!, 1)).toBe(true)
    made.detector.remove(2)
    expect(unknown(made, 'M')).toEqual([])
  })
})

test('alarms that nothing is the rule of any more are withdrawn', () => {
  const { raise, maker, register, facility, forget } = street()
  raise('C', 'silence', 1)
  raise('L', 'silence', 2)
  raise('N', 'dark', 3)
  forget('L')
  Object.assign(facility('N'), { kind: cabinetKind })
  maker.withdrawOrphans(minutes(4))
  expect(named([...register.live()])).toEqual(['C silence'])
})

test('a live alarm latches, and may be put aside, as its rule says now', () => {
  const { maker, register, facility, raise } = street()
  raise('C', 'silence', 1)
  raise('L', 'dark', 2)
  raise('N', 'dark', 2)
  expect(register.find('L', 'dark')?.suppressed).toMatchObject({ cause: 'supply' })
  const shelving = { type: 'shelve', at: minutes(3), by: 'li', until: minutes(9), reason: '' } as const
  register.act(register.find('C', 'silence')?.id as number, shelving)
  expect(maker.followRules(minutes(4))).toEqual([])

  for (const id of ['C', 'L']) {
    const { kind } = facility(id)
    Object.assign(facility(id), { kind: { ...kind, rules: kind.rules.map((rule) => ({ ...rule, latching: true, shelvable: false })) } })
  }
  expect(named(maker.followRules(minutes(5)))).toEqual(['C silence', 'L dark'])
  const now = { latching: true, latched: true, shelvable: false, shelved: null, suppressed: null, toldSince: minutes(5) }
  expect([register.find('C', 'silence'), register.find('L', 'dark')]).toMatchObject([now, now])
  expect(register.find('N', 'dark')).toMatchObject({ latching: false, shelvable: true })
  expect(maker.followRules(minutes(6))).toEqual([])
})

test('a live alarm follows its rule where one of both differs, and no rule that is no more', () => {
  const { maker, register, facility, forget, raise } = street()
  for (const id of ['L', 'M', 'N']) raise(id, 'dark', 1)
  const change = (id: string, more: Partial<Rule>) => {
    const { kind } = facility(id)
    Object.assign(facility(id), { kind: { ...kind, rules: kind.rules.map((rule) => ({ ...rule, ...more })) } })
  }
  change('L', { latching: true })
  change('M', { shelvable: false })
  change('N', { latching: true, key: 'other' })
  expect(named(maker.followRules(minutes(2)))).toEqual(['L dark', 'M dark'])
  expect(['L', 'M', 'N'].map((id) => register.find(id, 'dark'))).toMatchObject([
    { latching: true, shelvable: true },
    { latching: false, shelvable: false },
    { latching: false, shelvable: true },
  ])
  change('L', { latching: false })
  forget('L')
  expect(maker.followRules(minutes(3))).toEqual([])
})

test('what late data told of is known now, unless its facility is still behind, or hides it for that, or it is over', () => {
  const { maker, register, detector, facility, forget, raise, end } = street()
  const lives = { ...lampKind, rules: lampKind.rules.map((rule) => ({ ...rule, shelvable: false })) }
  for (const id of ['L', 'M']) Object.assign(facility(id), { kind: lives })
  for (const id of ['L', 'M']) for (const key of ['dark', 'silence']) raise(id, key, 1, { late: true })
  raise('N', 'dark', 1, { late: true })
  raise('C', 'silence', 1)
  end('L', 'silence', 2)
  Object.assign(detector.state(facility('M').number) ?? {}, { isBehind: true })
  expect(named(maker.endLateness(minutes(3)))).toEqual(['L dark'])
  expect([...register.live()].filter(({ historical }) => historical).map(({ facility, rule }) => `${facility} ${rule}`)).toEqual([
    'L silence',
    'M dark',
    'M silence',
    'N dark',
  ])
  // Of what is registered no more nobody says that it is behind.
  forget('M')
  expect(named(maker.endLateness(minutes(4)))).toEqual(['M dark', 'M silence'])
})
