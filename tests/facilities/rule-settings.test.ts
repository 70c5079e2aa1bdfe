import { describe, expect, test } from 'vitest'
import type { Hours } from '../../src/detection/hours.ts'
import { defaultSettings } from '../../src/detection/settings.ts'
import { changeProblems } from '../../src/facilities/change-problems.ts'
import { type Facility, Plant } from '../../src/facilities/plant.ts'
import { RuleBook } from '../../src/facilities/rule-book.ts'
import {
  applyOverrides,
  effectiveSettings,
  type FacilityGroup,
  type RuleOverride,
  settingProblems,
} from '../../src/facilities/rule-settings.ts'
import { days, minutes, seconds } from '../../src/telemetry/duration.ts'
import { sampleFacility } from '../storage/state-store.contract.ts'
import { tankKind } from '../tank-kind.ts'

let next = 1
function override(rule: string, changes: RuleOverride['changes'], scope: { group?: string; facility?: string } = {}): RuleOverride {
  const id = next++
  return { id, version: 100 + id, kind: 'tank', group: null, facility: null, ...scope, rule, changes, reason: 'tuned', by: 'li', at: 1 }
}
const night: Hours = { from: 1320, until: 360, weekdays: [1, 2, 3, 4, 5, 6, 7] }
const words = (zh: string, en = zh) => ({ zh, en })
const group = (name: string, rank: number, query: string): FacilityGroup => ({ name, rank, query, reason: '', by: 'li', at: 1 })
const tank = (id: string, more: Partial<Facility> = {}): Facility => ({ ...sampleFacility(id), number: next++, ...more, kind: tankKind })

describe('the settings in force', () => {
  const groups = [group('main roads', 5, 'roadClass=main'), group('key', 9, 'keyArea=yes'), group('also key', 9, 'keyArea=yes')]
  const overrides = [
    override('low', { parameters: { low: 5 } }, { facility: 'T-1' }),
    override('low', { parameters: { low: 4 }, onDelay: seconds(4) }, { group: 'key' }),
    override('low', { parameters: { low: 3 }, onDelay: seconds(3), offDelay: seconds(3) }, { group: 'main roads' }),
    override('low', { parameters: { low: 2 }, onDelay: seconds(2), offDelay: seconds(2), priority: 'high' }),
    override('low', { onDelay: seconds(44) }, { group: 'also key' }),
  ]
  const book = new RuleBook(groups, overrides)

  test('come from the kind, groups by rising rank and the facility, the last to speak wins', () => {
    const low = book.effective(tank('T-1', { roadClass: 'main', keyArea: true })).find(({ rule }) => rule.key === 'low')
    expect(low).toMatchObject({
      enabled: { value: true, usual: true, source: { from: 'default', override: null } },
      priority: { value: 'high', usual: 'medium', source: { from: 'kind', override: overrides[3]?.id } },
      offDelay: { value: seconds(3), usual: seconds(5), source: { from: 'group', group: 'main roads' } },
      onDelay: { value: seconds(4), source: { from: 'group', group: 'key', override: overrides[1]?.id } },
      parameters: { low: { value: 5, usual: 1, source: { from: 'facility' } }, deadband: { value: 0, source: { from: 'default' } } },
    })
    expect(book.groupsOf(tank('T-1', { roadClass: 'main', keyArea: true }))).toEqual(['main roads', 'also key', 'key'])
  })

  test('of those outside of all groups are those of the kind', () => {
    const settings = book.settingsOf(tank('T-2', { keyArea: false }))
    const low = settings[tankKind.rules.findIndex(({ key }) => key === 'low')]
    const changed = { priority: 'high', onDelay: seconds(2), offDelay: seconds(2), parameters: { deadband: 0, low: 2 } }
    const usual = defaultSettings(tankKind, {})[tankKind.rules.findIndex(({ key }) => key === 'low')]
    expect(low).toEqual({ ...usual, ...changed, version: `1+${overrides[3]?.version}` })
  })

  test('follow rated values, which an override goes before', () => {
    const high = (overrides: RuleOverride[]) =>
      effectiveSettings(tankKind, { height: 6 }, overrides).find(({ rule }) => rule.key === 'high')
    expect(high([])?.parameters.high).toEqual({
      value: 6,
      usual: 6,
      source: { from: 'rated', override: null, group: null, activation: null },
    })
    expect(high([override('high', { parameters: { high: 7 } })])?.parameters.high).toMatchObject({
      value: 7,
      usual: 6,
      source: { from: 'kind' },
    })
  })

  test('say the same with and without their sources', () => {
    for (const facility of [tank('T-1'), tank('T-2', { keyArea: false, roadClass: 'main', rated: { height: 3 } })]) {
      const effective = book
        .effective(facility)
        .map(({ version, enabled, priority, onDelay, offDelay, modes, hours, parameters, texts }) => ({
          enabled: enabled.value,
          priority: priority.value,
          onDelay: onDelay.value,
          offDelay: offDelay.value,
          modes: modes.value,
          hours: hours.value,
          version,
          texts: Object.fromEntries(Object.entries(texts).map(([name, { value }]) => [name, value])),
          parameters: Object.fromEntries(Object.entries(parameters).map(([name, { value }]) => [name, value])),
        }))
      expect(book.settingsOf(facility)).toMatchObject(effective)
    }
  })

  test('take modes, hours and texts one by one, and say which change bears on them', () => {
    const title = { zh: '水位低', en: 'Level low' }
    const step = { zh: '开泵', en: 'Start the pump' }
    const own = [
      override('low', { modes: ['auto'], hours: night, texts: { title, timeToAct: 3 } }),
      override('low', { hours: null, texts: { response: [step] } }, { facility: 'T-1' }),
      override('high', { texts: { title } }),
    ]
    const settings = applyOverrides(tankKind, {}, own)
    const [high, low] = ['high', 'low'].map((key) => settings[tankKind.rules.findIndex((rule) => rule.key === key)])
    const usual = defaultSettings(tankKind, {})[0]
    expect(low).toMatchObject({
      modes: ['auto'],
      hours: null,
      texts: { ...usual?.texts, title, timeToAct: 3, response: [step] },
      version: `1+${own[1]?.version}`,
    })
    expect(high).toMatchObject({ modes: null, hours: null, texts: { ...usual?.texts, title }, version: `1+${own[2]?.version}` })
    expect(applyOverrides(tankKind, {}, [{ ...(own[0] as RuleOverride), version: null }])[1]?.version).toBe('1+proposed')
    expect(effectiveSettings(tankKind, {}, own)[1]).toMatchObject({
      version: `1+${own[1]?.version}`,
      modes: { value: ['auto'], usual: null, source: { from: 'kind' } },
      hours: { value: null, usual: null, source: { from: 'facility' } },
      texts: {
        title: { value: title, usual: usual?.texts.title, source: { from: 'kind', override: own[0]?.id } },
        response: { value: [step], source: { from: 'facility' } },
        cause: { value: usual?.texts.cause, source: { from: 'default' } },
        timeToAct: { value: 3, usual: 10 },
      },
    })
  })

  test('are shared by all who have the same, also over changes', () => {
    const plant = new Plant()
    for (let number = 1; number <= 20_000; number++)
      plant.put({
        ...sampleFacility(`L-${number}`, { keyArea: number % 2 === 0, rated: { height: 4 + (number % 3) } }),
        number,
        kind: tankKind,
      })
    const all = new Set([...plant].map((facility) => book.settingsOf(facility)))
    expect(all.size).toBe(6)
    const later = new RuleBook(groups, overrides)
    const before = later.settingsOf(tank('T-9'))
    later.replace(groups, [...overrides, override('high', { onDelay: 1 }, { facility: 'other' })])
    expect(later.settingsOf(tank('T-9'))).toBe(before)
    later.replace([], [])
    expect(later.settingsOf(tank('T-9'))).toBe(defaultSettings(tankKind, {}))
    expect(later.settingsOf(tank('T-9'))).not.toBe(before)
  })

  test('are given up when no change asks for them any more, be it replaced or refused', () => {
    const [asked, kept] = [override('high', { onDelay: 1 }, { facility: 'T-1' }), override('high', { onDelay: 3 }, { facility: 'T-2' })]
    const later = new RuleBook([], [asked, kept])
    const [one, two] = [later.settingsOf(tank('T-1')), later.settingsOf(tank('T-2'))]
    const other = { ...asked, version: 9, changes: { onDelay: 2 } }
    const refused = () => later.with([], [other, kept]).settingsOf(tank('T-1'))
    const first = refused()
    expect(later.settingsOf(tank('T-1'))).toBe(one)
    expect(refused()).not.toBe(first)
    expect(refused()).toEqual(first)
    later.replace([], [other, kept])
    later.replace([], [asked, kept])
    expect(later.settingsOf(tank('T-1'))).not.toBe(one)
    expect(later.settingsOf(tank('T-1'))).toEqual(one)
    expect(later.settingsOf(tank('T-2'))).toBe(two)
  })

  test('of a change that is tried and then made are one object', () => {
    const made = [override('high', { onDelay: 1 }, { facility: 'T-1' })]
    const later = new RuleBook()
    const tried = later.with([], made).settingsOf(tank('T-1'))
    later.replace([], made)
    expect(later.settingsOf(tank('T-1'))).toBe(tried)
  })

  test('of an older program: what is no more has no effect, and safety comes first', () => {
    const old = [
      override('left-open', { enabled: false, priority: 'low', onDelay: 7, modes: ['manual'], hours: night, texts: { timeToAct: 2 } }),
      override('low', { parameters: { lowest: 3 } }),
      override('gone', {}),
    ]
    const settings = applyOverrides(tankKind, {}, old)
    expect(settings.map(({ enabled, priority, onDelay }) => [enabled, priority, onDelay])).toEqual(
      defaultSettings(tankKind, {}).map(({ enabled, priority, onDelay }, i) => [
        enabled,
        priority,
        tankKind.rules[i]?.key === 'left-open' ? 7 : onDelay,
      ]),
    )
    expect(settings[1]?.parameters).toEqual({ deadband: 0, low: 1 })
    expect(settings[2]).toMatchObject({ modes: null, hours: null, texts: { timeToAct: 2 } })
    expect(new RuleBook([group('bad', 1, 'colour=red')], []).groupsOf(tank('T-1'))).toEqual([])
  })
})

describe('changes', () => {
  test.each<[string, RuleOverride['changes'], RegExp | null]>([
    ['low', { enabled: false }, null],
    ['low', { parameters: { low: 0 }, onDelay: 0, offDelay: days(7), priority: 'critical' }, null],
    ['low', { parameters: { low: -2 } }, /low is -2, and Level can only be 0 to 10 m/],
    ['high', { parameters: { high: 10.1 } }, /high is 10.1, and Level can only be/],
    ['high', { parameters: { high: 10, deadband: 99 } }, null],
    ['left-open', { priority: 'critical', enabled: true, onDelay: 5 }, null],
    ['hihg', { enabled: false }, /a tank has no rule hihg; it has high, low, left-open/],
    ['low', {}, /nothing is changed; give enabled/],
    ['low', { parameters: {} }, /nothing is changed/],
    ['low', { onDelay: -1 }, /onDelay is -1 ms; give 0 to 604800000/],
    ['low', { offDelay: days(7) + 1 }, /offDelay is .* \(7 days\)/],
    ['low', { onDelay: Number.NaN }, /onDelay is NaN/],
    ['low', { priority: 'urgent' as never }, /priority is urgent; give critical, high/],
    ['low', { parameters: { high: 4 } }, /high is no parameter of it; there are deadband, low/],
    ['low', { parameters: { low: Number.POSITIVE_INFINITY } }, /low is Infinity; give a number/],
    ['high', { parameters: { high: 4, deadband: -1 } }, /deadband is -1; give a number from 0 up/],
    ['silence', { parameters: { period: minutes(60 * 24 * 8) } }, /period is .*give at most 604800000/],
    ['left-open', { enabled: false }, /protects lives and cannot be switched off/],
    ['left-open', { onDelay: 2001 }, /protects lives and waits at most 2000 ms/],
    ['left-open', { onDelay: 2000, offDelay: minutes(1) }, null],
    ['left-open', { offDelay: minutes(1) + 1 }, /protects lives and outlasts its fault by at most 60000 ms/],
    ['left-open', { priority: 'high' }, /protects lives and stays at least critical/],
    ['low', { modes: null, hours: null }, null],
    ['low', { modes: ['auto', 'maintenance'], hours: night }, null],
    ['low', { texts: {} }, /nothing is changed/],
    ['low', { modes: [] }, /modes is empty; give at least one, or null/],
    ['low', { modes: ['auto', 'manual', 'auto'] }, /modes names one of them twice/],
    ['low', { modes: ['auto', 'asleep' as never] }, /there is no mode asleep; there are auto, manual/],
    ['low', { hours: { ...night, from: 1440 } }, /hours begin at 1440; give whole minutes from 0 to 1439/],
    ['low', { hours: { ...night, from: 0.5 } }, /hours begin at 0.5/],
    ['low', { hours: { ...night, until: 0 } }, /hours end at 0; give whole minutes from 1 to 1440/],
    ['low', { hours: { ...night, until: 1441 } }, /hours end at 1441/],
    ['low', { hours: { ...night, weekdays: [] } }, /on the weekdays \(none\); give some of 1/],
    ['low', { hours: { ...night, weekdays: [1, 1] } }, /on the weekdays 1, 1/],
    ['low', { hours: { ...night, weekdays: [0] } }, /on the weekdays 0;/],
    ['low', { hours: { ...night, weekdays: [8] } }, /on the weekdays 8;/],
    ['low', { texts: { title: words('x'.repeat(80)), cause: words('x'.repeat(500)), timeToAct: 0.5 } }, null],
    ['low', { texts: { title: words('  ', 'Low') } }, /title says nothing in zh/],
    ['low', { texts: { title: words('低', '\t') } }, /title says nothing in en/],
    ['low', { texts: { title: words('x'.repeat(81)) } }, /title has 81 characters in zh; give at most 80/],
    ['low', { texts: { cause: words('x', 'x'.repeat(501)) } }, /^cause has 501 characters in en/],
    ['low', { texts: { consequence: words('') } }, /consequence says nothing in zh; consequence says nothing in en/],
    ['low', { texts: { response: [] } }, /response has 0 steps; give 1 to 10/],
    ['low', { texts: { response: Array(10).fill(words('x')), timeToAct: 43_200 } }, null],
    ['low', { texts: { response: Array(11).fill(words('x')) } }, /response has 11 steps/],
    ['low', { texts: { response: [words('x'), words(' ', 'x')] } }, /step 2 of the response says nothing in zh/],
    ['low', { texts: { timeToAct: 0.4 } }, /timeToAct is 0.4 min; give 0.5 to 43200/],
    ['low', { texts: { timeToAct: 43_201 } }, /timeToAct is 43201/],
    ['low', { texts: { timeToAct: Number.NaN } }, /timeToAct is NaN/],
    ['left-open', { texts: { title: words('x') }, modes: null, hours: null }, null],
    ['left-open', { modes: ['auto', 'manual', 'maintenance'] }, /protects lives and is judged in every mode/],
    ['left-open', { modes: ['out-of-service', 'auto', 'manual', 'maintenance'] }, null],
    ['left-open', { hours: night }, /protects lives and is judged at all its hours/],
    ['left-open', { hours: { ...night, from: 0, until: 1440 } }, null],
  ])('of %s to %j', (rule, changes, problem) => {
    const problems = changeProblems(tankKind, rule, changes).join('; ')
    if (problem) expect(problems).toMatch(problem)
    else expect(problems).toBe('')
  })

  test('of what protects lives by day alone may leave none of its day out', () => {
    const day: Hours = { from: 480, until: 1080, weekdays: [1, 2, 3, 4, 5] }
    const rules = tankKind.rules.map((rule) => (rule.shelvable ? rule : { ...rule, hours: day, modes: ['auto', 'manual'] as const }))
    const problems = (changes: RuleOverride['changes']) => changeProblems({ ...tankKind, rules }, 'left-open', changes)
    expect(problems({ hours: day, modes: ['manual', 'auto'] })).toEqual([])
    expect(problems({ hours: { ...day, from: 479, weekdays: [1, 2, 3, 4, 5, 6] } })).toEqual([])
    expect(problems({ hours: { ...day, from: 481 } })).toHaveLength(1)
    expect(problems({ hours: { ...day, weekdays: [1, 2, 3, 4] } })).toHaveLength(1)
    expect(problems({ modes: ['auto'] })).toEqual(['it protects lives and is judged in auto, manual'])
  })

  test('that would put low above high are told', () => {
    const settings = defaultSettings(tankKind, {}).map((setting) => ({ ...setting, parameters: { low: 5, high: 4 } }))
    expect(settingProblems(tankKind, settings)[0]).toBe('high would have its low limit 5 above its high limit 4')
    expect(
      settingProblems(
        tankKind,
        settings.map((setting) => ({ ...setting, enabled: false })),
      ),
    ).toEqual([])
  })
})
