import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { WallFacility } from '../../../dashboards/console/src/live/live-state.ts'
import { roadLine } from '../../../dashboards/console/src/map/ground/road-lines.ts'
import { cablesOf, dashOf, shortestCable } from '../../../dashboards/console/src/map/select/cables.ts'
import {
  type Choice,
  choiceOf,
  combined,
  countKinds,
  facilitiesOf,
  howOf,
  isInside,
  rectangle,
  textOfChoice,
} from '../../../dashboards/console/src/map/select/choice.ts'
import { linesByRoad, roadNear } from '../../../dashboards/console/src/map/select/road-layer.ts'

const facility = (number: number, more: Partial<WallFacility> = {}): WallFacility => ({
  ...{ number, id: `F-${number}`, kind: 'street-light', name: '', district: 'North', road: 'Main', roadClass: 'main', keyArea: false },
  ...{ position: [114 + number / 1000, 38], fedBy: null, circuit: null, gateway: null },
  ...more,
})
const ids = (list: readonly WallFacility[]) => list.map(({ id }) => id)

describe('a choice', () => {
  test.each<[string, Choice]>([
    ['road:Main Road: east', { by: 'road', text: 'Main Road: east' }],
    ['district:新华区', { by: 'district', text: '新华区' }],
    ['query:kind=street-light road="a b"', { by: 'query', text: 'kind=street-light road="a b"' }],
    ['feeder:LC-1', { by: 'feeder', id: 'LC-1', circuit: null }],
    ['feeder:LC-1/3', { by: 'feeder', id: 'LC-1', circuit: 3 }],
    ['ids:A,B', { by: 'ids', ids: ['A', 'B'] }],
    ['kept:4', { by: 'kept', key: 4 }],
  ])('%s is read as it is written', (text, choice) => {
    expect(choiceOf(text)).toEqual(choice)
    expect(textOfChoice(choice)).toBe(text)
  })

  test.each([null, '', 'road:', 'everything', 'feeder:/3', 'kept:x', 'color:red'])('%j is none', (text) => {
    expect(choiceOf(text)).toBeNull()
  })

  test('finds facilities by road, district, name and feeder', () => {
    const all = [
      facility(0, { kind: 'light-cabinet', id: 'LC' }),
      facility(1, { fedBy: 'LC', circuit: 1 }),
      facility(2, { fedBy: 'LC', circuit: 2, road: 'Side' }),
      facility(3, { district: 'South', road: 'Side' }),
    ]
    expect(ids(facilitiesOf({ by: 'road', text: 'Side' }, all))).toEqual(['F-2', 'F-3'])
    expect(ids(facilitiesOf({ by: 'district', text: 'South' }, all))).toEqual(['F-3'])
    expect(ids(facilitiesOf({ by: 'feeder', id: 'LC', circuit: null }, all))).toEqual(['LC', 'F-1', 'F-2'])
    expect(ids(facilitiesOf({ by: 'feeder', id: 'LC', circuit: 2 }, all))).toEqual(['F-2'])
    expect(ids(facilitiesOf({ by: 'ids', ids: ['F-3', 'F-9'] }, all))).toEqual(['F-3'])
  })

  test.each([
    ['replace', [2, 3]],
    ['add', [1, 2, 3]],
    ['remove', [1]],
    ['toggle', [1, 3]],
  ] as const)('%s', (how, expected) => {
    expect([...combined(new Set([1, 2]), [2, 3], how)].sort()).toEqual(expected)
  })

  test('keys say how', () => {
    const none = { ctrlKey: false, metaKey: false, shiftKey: false }
    expect([howOf(none), howOf({ ...none, shiftKey: true }), howOf({ ...none, ctrlKey: true }), howOf({ ...none, metaKey: true })]).toEqual(
      ['replace', 'add', 'toggle', 'toggle'],
    )
  })

  test('is counted by kind and state', () => {
    const chosen = [facility(0), facility(1, { kind: 'light-cabinet' }), facility(2)]
    expect(countKinds(chosen, new Uint8Array([0, 5, 1]), 7)).toEqual([
      { kind: 'street-light', total: 2, counts: [1, 1, 0, 0, 0, 0, 0] },
      { kind: 'light-cabinet', total: 1, counts: [0, 0, 0, 0, 0, 1, 0] },
    ])
  })
})

describe('a line drawn by hand', () => {
  const horseshoe = [0, 0, 10, 0, 10, 10, 7, 10, 7, 3, 3, 3, 3, 10, 0, 10].reduce<{ x: number; y: number }[]>((spots, value, i, list) => {
    if (i % 2 === 0) spots.push({ x: value, y: list[i + 1] as number })
    return spots
  }, [])
  test.each([
    [1.5, 8, true],
    [8.5, 8, true],
    [5, 8, false],
    [5, 1.5, true],
    [11, 5, false],
    [-1, 5, false],
  ])('a horseshoe around %d, %d: %s', (x, y, inside) => {
    expect(isInside(horseshoe, x, y)).toBe(inside)
  })

  test('a rectangle, from whichever corner it is drawn, holds what lies between its sides', () => {
    const number = fc.integer({ min: -50, max: 50 })
    fc.assert(
      fc.property(number, number, number, number, number, number, (ax, ay, bx, by, px, py) => {
        // Half pixels never lie on a side.
        const [x, y] = [px + 0.5, py + 0.5]
        const holds = x > Math.min(ax, bx) && x < Math.max(ax, bx) && y > Math.min(ay, by) && y < Math.max(ay, by)
        expect(isInside(rectangle({ x: ax, y: ay }, { x: bx, y: by }), x, y)).toBe(holds)
      }),
    )
  })

  test('a line of fewer than three points holds nothing', () => {
    expect([isInside([], 0, 0), isInside([{ x: 0, y: 0 }], 0, 0)]).toEqual([false, false])
  })
})

describe('the cable', () => {
  test('along a row of lamps goes from one to the next', () => {
    expect(shortestCable([0, 30, 10, 20], [0, 0, 0, 0])).toEqual([
      [0, 2],
      [2, 3],
      [3, 1],
    ])
  })

  test('reaches every one once, and is never longer than straight lines', () => {
    const plane = fc.array(fc.record({ x: fc.integer({ min: 0, max: 1000 }), y: fc.integer({ min: 0, max: 1000 }) }), {
      minLength: 1,
      maxLength: 40,
    })
    fc.assert(
      fc.property(plane, (spots) => {
        const xs = spots.map(({ x }) => x)
        const ys = spots.map(({ y }) => y)
        const stretches = shortestCable(xs, ys)
        expect(stretches).toHaveLength(spots.length - 1)
        const reached = new Set([0])
        const length = (from: number, to: number) => Math.hypot(xs[from]! - xs[to]!, ys[from]! - ys[to]!)
        for (const [from, to] of stretches) {
          expect([reached.has(from), reached.has(to)]).toEqual([true, false])
          reached.add(to)
        }
        const star = spots.reduce((sum, _, i) => sum + length(0, i), 0)
        expect(stretches.reduce((sum, [from, to]) => sum + length(from, to), 0)).toBeLessThanOrEqual(star + 1e-6)
      }),
    )
  })

  test('there is one for each circuit, from the cabinet, of what has a place', () => {
    const cabinet = facility(0, { id: 'LC' })
    const all = [
      cabinet,
      facility(1, { fedBy: 'LC', circuit: 2 }),
      facility(2, { fedBy: 'LC', circuit: 1 }),
      facility(3, { fedBy: 'LC', circuit: 1, position: null }),
      facility(4, { fedBy: 'LC' }),
      facility(5, { fedBy: 'other', circuit: 1 }),
    ]
    const found = cablesOf(cabinet, all)
    expect(found.map(({ circuit, members }) => [circuit, ids(members)])).toEqual([
      [1, ['LC', 'F-2']],
      [2, ['LC', 'F-1']],
      [null, ['LC', 'F-4']],
    ])
    expect(cablesOf({ ...cabinet, position: null }, all)).toEqual([])
  })

  test('circuits side by side have other dashes', () => {
    const dashes = [1, 2, 3, 4, 5, 6, null].map((circuit) => dashOf(circuit).join(' '))
    expect(new Set(dashes).size).toBe(dashes.length)
  })
})

describe('the roads of the layer', () => {
  const road = (name: string, from: [number, number], to: [number, number]) => roadLine(name, 'branch', [from, to])
  const lamps = [1, 2, 3].map((i) => facility(i, { road: 'Lane' }))

  test('are those of the ground, and lines along the lamps where the ground has none of that name', () => {
    const found = linesByRoad([road('Main', [114, 38], [114.1, 38]), road('', [1, 1], [2, 2])], [facility(0), ...lamps], () => true)
    expect([...found.keys()]).toEqual(['Main', 'Lane'])
    expect(found.get('Main')).toHaveLength(1)
    expect([...linesByRoad([], lamps, () => false).keys()]).toEqual([])
  })

  test('the nearest one within reach is found at a point', () => {
    const frame = { scale: 2 ** 14, left: 0, top: 0, width: 800, height: 600, margin: 0 }
    const lines = linesByRoad([road('Main', [114, 38], [114.1, 38]), road('Lane', [114, 38.01], [114.1, 38.01])], [], () => true)
    const main = lines.get('Main')?.[0]
    const [x, y] = [((main?.left ?? 0) + 0.001) * frame.scale, (main?.top ?? 0) * frame.scale]
    expect([roadNear(lines, x, y + 5, frame), roadNear(lines, x, y + 40, frame)]).toEqual(['Main', null])
  })
})
