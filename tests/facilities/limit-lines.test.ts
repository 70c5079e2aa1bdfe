import { describe, expect, test } from 'vitest'
import { limitLines, overridesOver } from '../../src/facilities/limit-lines.ts'
import type { Facility } from '../../src/facilities/plant.ts'
import type { RuleChanges, RuleOverride } from '../../src/facilities/rule-settings.ts'
import type { RuleVersion } from '../../src/facilities/rule-version.ts'
import { sampleFacility } from '../storage/state-store.contract.ts'
import { tankKind } from '../tank-kind.ts'

const facility: Facility = { ...sampleFacility('T-1'), number: 1, kind: tankKind }
const why = { reason: 'tuned', by: 'li' }
const place = { kind: 'tank', group: null, facility: null, rule: 'low' }

const version = (
  id: number,
  at: number,
  before: RuleChanges | null,
  after: RuleChanges | null,
  more: Partial<RuleVersion> = {},
): RuleVersion => ({
  ...{ ...place, id, at, before, after, action: 'put', revertsTo: null, ...why },
  ...more,
})
const override = (changes: RuleChanges, more: Partial<RuleOverride> = {}): RuleOverride => ({
  ...{ ...place, id: 1, version: 1, changes, at: 1, ...why },
  ...more,
})
const linesOf = (overrides: readonly RuleOverride[], versions: readonly RuleVersion[], from = 0, to = 1000) =>
  limitLines({ facility, groups: [], overrides, versions, from, to })
const low = (...asked: Parameters<typeof linesOf>) => linesOf(...asked).find(({ rule }) => rule === 'low')

describe('limits over a time', () => {
  test('are the usual ones where nobody changed them, high and low', () => {
    expect(linesOf([], [])).toEqual([
      { rule: 'high', point: 'level', side: 'high', steps: [{ at: 0, value: 8, priority: 'high' }] },
      { rule: 'low', point: 'level', side: 'low', steps: [{ at: 0, value: 1, priority: 'medium' }] },
    ])
  })

  test('step where they were changed, and are undone to what counted before', () => {
    const versions = [
      version(2, 600, { parameters: { low: 2 } }, { parameters: { low: 3 } }),
      version(1, 300, null, { parameters: { low: 2 } }),
    ]
    expect(low([override({ parameters: { low: 3 } })], versions)?.steps).toEqual([
      { at: 0, value: 1, priority: 'medium' },
      { at: 300, value: 2, priority: 'medium' },
      { at: 600, value: 3, priority: 'medium' },
    ])
    expect(low([override({ parameters: { low: 3 } })], versions, 700)?.steps).toEqual([{ at: 700, value: 3, priority: 'medium' }])
  })

  test('are none while the rule is switched off', () => {
    const versions = [version(2, 600, { enabled: false }, null, { action: 'remove' }), version(1, 300, null, { enabled: false })]
    expect(low([], versions)?.steps.map(({ at, value }) => [at, value])).toEqual([
      [0, 1],
      [300, null],
      [600, 1],
    ])
    expect(low([override({ enabled: false })], [])).toBeUndefined()
  })

  test('do not step at changes of other facilities, of other kinds, or of what is no limit', () => {
    const versions = [
      version(3, 700, null, { onDelay: 9 }),
      version(2, 600, null, { parameters: { low: 7 } }, { facility: 'T-2' }),
      version(1, 300, null, { parameters: { low: 7 } }, { kind: 'well' }),
    ]
    expect(low([override({ onDelay: 9 })], versions)?.steps).toHaveLength(1)
  })

  test('overrides of other facilities and of groups it is not in are not even looked into, as a city has thousands', () => {
    const foreign = { facility: 'T-2', get changes(): RuleChanges { throw new Error('looked into') } } // biome-ignore format: one line
    const ofOther = Object.defineProperties(override({}), Object.getOwnPropertyDescriptors(foreign))
    const inNoGroup = Object.defineProperties(override({}), { ...Object.getOwnPropertyDescriptors(foreign), group: { value: 'wells' } })
    const groups = [{ name: 'wells', query: 'kind=well', rank: 1, reason: '', by: 'li', at: 1 }]
    const versions = [version(2, 600, null, { parameters: { low: 7 } }, { group: 'wells' })]
    const lines = limitLines({ facility, groups, overrides: [ofOther, inNoGroup], versions, from: 0, to: 1000 })
    expect(lines.map(({ rule, steps }) => [rule, steps.length])).toEqual([['high', 1], ['low', 1]]) // biome-ignore format: one line
  })

  test('a change at one place leaves those of other places alone, however many times are asked for', () => {
    const own = override({ parameters: { low: 5 } }, { id: 2, facility: 'T-1' })
    const versions = [
      version(3, 600, { parameters: { low: 2 } }, { parameters: { low: 3 } }),
      version(2, 300, null, { parameters: { low: 2 } }),
    ]
    const over = [...overridesOver([override({ parameters: { low: 3 } }), own], versions, [600, 599, 299])]
    const lowsOf = (inForce: readonly RuleOverride[]) => inForce.map(({ changes }) => changes.parameters?.low)
    expect(over.map(([at, inForce]) => [at, lowsOf(inForce)])).toEqual([
      [600, [3, 5]],
      [599, [2, 5]],
      [299, [5]],
    ])
  })
})
