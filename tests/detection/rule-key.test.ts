import { expect, test } from 'vitest'
import { findRule, instanceKey, partsOfKey, ruleIndex } from '../../src/detection/rule-key.ts'

test('an alarm of one of many conditions is found by the rule that stands for them', () => {
  const rules = [{ key: 'high' }, { key: 'alert-high' }]
  const key = instanceKey('alert-high', '00ff:1')
  expect(partsOfKey(key)).toEqual({ rule: 'alert-high', instance: '00ff:1' })
  expect(partsOfKey('high')).toEqual({ rule: 'high', instance: null })
  expect([ruleIndex(rules, key), ruleIndex(rules, 'high'), ruleIndex(rules, 'low:1')]).toEqual([1, 0, -1])
  expect([findRule(rules, key), findRule(rules, 'low')]).toEqual([rules[1], undefined])
})
