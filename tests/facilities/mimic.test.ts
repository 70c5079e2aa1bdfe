import { describe, expect, test } from 'vitest'
import { type Box, drawn, hasWord, layoutOf, TITLE } from '../../dashboards/console/src/mimic/layout.ts'
import { type MimicView, mimicView } from '../../src/edges/http/mimic-schemas.ts'
import type { FacilityKind } from '../../src/facilities/facility-kind.ts'
import { facilityKinds } from '../../src/facilities/index.ts'
import { isDrawn, type MimicElement, pointsOfElement } from '../../src/facilities/mimic.ts'
import type { Text } from '../../src/telemetry/point.ts'

const withMimic = facilityKinds.filter(({ panel }) => panel.mimic)

/** Rated values under which different things are drawn: the kind's own, its variants, and both sides of every condition. */
function ratedOf({ rated, variants, panel }: FacilityKind): Readonly<Record<string, number>>[] {
  const { elements = [], lines = [] } = panel.mimic ?? {}
  const edges = [...elements, ...lines].flatMap(({ only }) =>
    only
      ? [only.atLeast, only.atMost].flatMap((edge) => (edge === undefined ? [] : [{ [only.rated]: edge }, { [only.rated]: edge + 1 }]))
      : [],
  )
  return [{}, ...Object.values(variants).map((variant) => variant.rated), ...edges].map((own) => ({ ...rated, ...own }))
}

const overlap = (a: Box, b: Box): boolean => a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height

/** Width of a text of so many units' height, as wide as the fonts of the console make it at most. */
const widthOf = (text: string, size: number): number =>
  [...text].reduce((sum, letter) => sum + (/[\u2E80-\uFFEF]/.test(letter) ? size : size * 0.58), 0)
const widest = ({ en, zh }: Text, size: number): number => Math.max(widthOf(en, size), widthOf(zh, size))

describe.each(withMimic.map((kind) => [kind.key, kind] as const))('mimic of %s', (_key, kind) => {
  const mimic = mimicView(kind.panel.mimic!) as MimicView
  const cases = ratedOf(kind).map((rated) => drawn(mimic, rated))

  test('shows points that exist, each element under a key of its own', () => {
    const keys = mimic.elements.map(({ key }) => key)
    expect(new Set(keys).size).toBe(keys.length)
    for (const element of kind.panel.mimic!.elements)
      for (const point of [...pointsOfElement(element), ...(element.alarmsOf ?? [])]) expect(kind.table.keys, element.key).toContain(point)
    for (const { only } of [...mimic.elements, ...mimic.lines]) if (only) expect(Object.keys(kind.rated)).toContain(only.rated)
  })

  test('elements and lines lie inside the grid', () => {
    for (const { key, at, size } of mimic.elements) {
      expect(Math.min(...at), key).toBeGreaterThanOrEqual(0)
      expect(at[0] + size[0], key).toBeLessThanOrEqual(mimic.columns)
      expect(at[1] + size[1], key).toBeLessThanOrEqual(mimic.rows)
    }
    for (const [column, row] of mimic.lines.flatMap(({ path }) => path)) {
      expect(column).toBeGreaterThanOrEqual(0)
      expect(column).toBeLessThanOrEqual(mimic.columns)
      expect(row).toBeGreaterThanOrEqual(0)
      expect(row).toBeLessThanOrEqual(mimic.rows)
    }
  })

  test('no two elements that are drawn together overlap', () => {
    for (const { elements } of cases) {
      for (const [i, one] of elements.entries())
        for (const other of elements.slice(i + 1))
          expect(overlap(layoutOf(one).box, layoutOf(other).box), `${one.key} and ${other.key}`).toBe(false)
    }
  })

  test('every element has room for its symbol, its title and its values', () => {
    for (const element of mimic.elements) {
      const { box, symbol, word, values } = layoutOf(element)
      expect(Math.min(symbol.width, symbol.height), `symbol of ${element.key}`).toBeGreaterThanOrEqual(20)
      expect(widest(element.title, 11.5), `title of ${element.key}`).toBeLessThanOrEqual(box.width - 8)
      const last = values.at(-1) ?? word ?? { ...symbol, y: box.y + TITLE }
      expect(last.y + last.height, `values of ${element.key}`).toBeLessThanOrEqual(box.y + box.height)
      for (const { point, label } of element.values ?? []) {
        const value = kind.table.points[kind.table.index.get(point) as number]!
        const digits = value.type === 'number' ? value.digits : 0
        const reach =
          value.type === 'number'
            ? Math.max(...(value.normal ?? value.plausible).map((end) => Math.abs(Math.trunc(end)).toString().length))
            : 1
        const number = widthOf(`${'0'.repeat(Math.min(reach, 6))}${digits > 0 ? `.${'0'.repeat(digits)}` : ''}`, 13.5)
        const total = widest(label, 11) + number + widthOf(value.unit && ` ${value.unit}`, 11)
        expect(total, `${point} in ${element.key}`).toBeLessThanOrEqual(values[0]!.width)
      }
    }
  })

  test('has a state wherever a word is written, in both languages', () => {
    for (const element of mimic.elements.filter(hasWord)) {
      const point = kind.table.points[kind.table.index.get((element.state ?? element.trip) as string) as number]!
      expect(point.type, element.key).not.toBe('number')
    }
  })
})

test('a condition takes both its ends, and nothing is drawn by a rated value that is missing', () => {
  expect(isDrawn(undefined, {})).toBe(true)
  expect([2, 3, 5, 6].map((circuits) => isDrawn({ rated: 'circuits', atLeast: 3, atMost: 5 }, { circuits }))).toEqual([
    false,
    true,
    true,
    false,
  ])
  expect(isDrawn({ rated: 'circuits', atLeast: 3 }, {})).toBe(false)
})

test('cabinet, pump station, gas station, sewage plant and waste plant have one', () => {
  expect(withMimic.map(({ key }) => key)).toEqual(['light-cabinet', 'pump-station', 'gas-station', 'sewage-plant', 'waste-plant'])
})

test('a mimic that names an undeclared point or rated value does not compile', () => {
  type Element = MimicElement<'level', 'depth'>
  const place = { key: 'well', symbol: 'well', title: { en: 'Well', zh: '井' }, at: [0, 0], size: [5, 5] } as const
  // @ts-expect-error there is no such point
  const wrong: Element = { ...place, level: 'levle' }
  // @ts-expect-error there is no such rated value
  const elsewhere: Element = { ...place, only: { rated: 'width', atLeast: 1 } }
  expect([wrong, elsewhere].flatMap(pointsOfElement)).toEqual(['levle'])
})
