import { expect, test } from 'vitest'
import { type Pole, suggest, wordsOf } from '../../dashboards/console/src/reports/find-poles.ts'

const pole = (id: string, road: string, position: [number, number] | null = [114.6, 37.9]): Pole => ({
  ...{ id, road, position },
  name: `Lamp of ${road}`,
  district: 'Harbour',
})
const poles = [
  pole('SL-12', 'Quay road', [114.61, 37.9]),
  pole('SL-2', 'Quay road', [114.62, 37.9]),
  pole('SL-212', 'Quay road', [114.63, 37.9]),
  pole('SL-7', 'Bell lane'),
  pole('SL-8', 'Dark lane', null),
]
const words = wordsOf(poles)
const found = (typed: string) => suggest(typed, poles, words).map((one) => (one.type === 'pole' ? one.pole.id : one.road))

test.each([
  ['', []],
  ['sl-2', ['SL-2', 'SL-212']],
  ['ｓｌ－２', ['SL-2', 'SL-212']],
  ['QUAY 12', ['SL-12', 'SL-212']],
  ['quay', ['Quay road', 'SL-2', 'SL-12', 'SL-212']],
  ['lane', ['Bell lane', 'SL-7', 'SL-8']],
  ['nowhere', []],
])('%j finds %j', (typed, expected) => {
  expect(found(typed)).toEqual(expected)
})

test('a road is not suggested where it will not do', () => {
  expect(suggest('bell', poles, words, false)).toEqual([{ type: 'pole', pole: poles[3] }])
})

test('a road stands where its middle pole does', () => {
  expect(suggest('quay', poles, words)[0]).toEqual({ type: 'road', road: 'Quay road', district: 'Harbour', position: [114.62, 37.9] })
})

test('no more are suggested than can be looked over while somebody waits', () => {
  const many = Array.from({ length: 2000 }, (_, i) => pole(`SL-${i}`, 'Quay road'))
  expect(suggest('sl', many, wordsOf(many))).toHaveLength(8)
})
