import { describe, expect, test } from 'vitest'
import { defaultSettings } from '../../src/detection/settings.ts'
import { type Facility, Plant } from '../../src/facilities/plant.ts'
import { RuleBook } from '../../src/facilities/rule-book.ts'
import {
  applyOverrides,
  changeProblems,
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
  return { id: next++, kind: 'tank', group: null, facility: null, ...scope, rule, changes, reason: 'tuned', by: 'li', at: 1 }
}
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
    expect(low).toEqual({ ...usual, ...changed })
  })

  test('follow rated values, which an override goes before', () => {
    const high = (overrides: RuleOverride[]) =>
      effectiveSettings(tankKind, { height: 6 }, overrides).find(({ rule }) => rule.key === 'high')
    expect(high([])?.parameters.high).toEqual({ value: 6, usual: 6, source: { from: 'rated', override: null, group: null } })
    expect(high([override('high', { parameters: { high: 7 } })])?.parameters.high).toMatchObject({
      value: 7,
      usual: 6,
      source: { from: 'kind' },
    })
  })

  test('say the same with and without their sources', () => {
    for (const facility of [tank('T-1'), tank('T-2', { keyArea: false, roadClass: 'main', rated: { height: 3 } })]) {
      const effective = book.effective(facility).map(({ enabled, priority, onDelay, offDelay, parameters }) => ({
        enabled: enabled.value,
        priority: priority.value,
        onDelay: onDelay.value,
        offDelay: offDelay.value,
        parameters: Object.fromEntries(Object.entries(parameters).map(([name, { value }]) => [name, value])),
      }))
      expect(book.settingsOf(facility)).toMatchObject(effective)
    }
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
  })

  test('of an older program: what is no more has no effect, and safety comes first', () => {
    const old = [
      override('left-open', { enabled: false, priority: 'low', onDelay: 7 }),
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
    expect(new RuleBook([group('bad', 1, 'colour=red')], []).groupsOf(tank('T-1'))).toEqual([])
  })
})

describe('changes', () => {
  test.each<[string, RuleOverride['changes'], RegExp | null]>([
    ['low', { enabled: false }, null],
    ['low', { parameters: { low: -2 }, onDelay: 0, offDelay: days(7), priority: 'critical' }, null],
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
    ['left-open', { onDelay: 2000 }, null],
    ['left-open', { priority: 'high' }, /protects lives and stays at least critical/],
  ])('of %s to %j', (rule, changes, problem) => {
    const problems = changeProblems(tankKind, rule, changes).join('; ')
    if (problem) expect(problems).toMatch(problem)
    else expect(problems).toBe('')
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
