import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { roomFor } from '../../../dashboards/console/src/map/ground/road-drawing.ts'
import { roadLine, roadLines, roadsAlong } from '../../../dashboards/console/src/map/ground/road-lines.ts'
import { weightsOf } from '../../../dashboards/console/src/map/ground/simplify.ts'
import { positionOf, worldOf } from '../../../dashboards/console/src/map/world.ts'

const coordinate = fc.double({ min: -100, max: 100, noNaN: true })

/** From a place to the nearest stretch of a line. */
function distance([x, y]: readonly [number, number], line: readonly (readonly [number, number])[]): number {
  return Math.min(
    ...line.slice(1).map(([bx, by], i) => {
      const [ax, ay] = line[i] as readonly [number, number]
      const square = (bx - ax) ** 2 + (by - ay) ** 2
      const along = square === 0 ? 0 : Math.min(1, Math.max(0, ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / square))
      return Math.hypot(x - ax - along * (bx - ax), y - ay - along * (by - ay))
    }),
  )
}

describe('lines made simpler', () => {
  it('keep corners and pass over what lies on the way', () => {
    const xs = Float64Array.of(0, 1, 2, 3, 3, 3)
    const ys = Float64Array.of(0, 0.01, 0, 0, 2, 4)
    const [first, small, straight, corner, on, last] = weightsOf(xs, ys)
    expect([first, last]).toEqual([Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY])
    expect(corner).toBeGreaterThan(1)
    expect(small).toBeLessThan(0.02)
    expect([straight, on]).toEqual([expect.closeTo(0, 1), 0])
  })

  it('never leave out a place that is farther away than the tolerance', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(coordinate, coordinate), { minLength: 2, maxLength: 40 }),
        fc.double({ min: 0, max: 20, noNaN: true }),
        (line, tolerance) => {
          const weights = weightsOf(Float64Array.from(line, ([x]) => x), Float64Array.from(line, ([, y]) => y)) // biome-ignore format: one line
          const kept = line.filter((_, i) => (weights[i] as number) >= tolerance)
          for (const place of line) expect(distance(place, kept)).toBeLessThanOrEqual(tolerance * 1.000_1 + 1e-4)
        },
      ),
    )
  })
})

describe('roads along lamps', () => {
  const [east, north] = [114.6, 37.9]
  const place = (x: number, y: number): [number, number] => [east + x / 87_840, north + y / 111_320]
  const metresOf = ({ xs, ys }: { xs: Float64Array; ys: Float64Array }) =>
    [...xs].map((x, i) => {
      const [longitude, latitude] = positionOf(x, ys[i] as number)
      return [Math.round((longitude - east) * 87_840), Math.round((latitude - north) * 111_320)]
    })

  it('run in the middle between both sides, around a corner, in order', () => {
    const lamps = Array.from({ length: 20 }, (_, i) => [
      { road: 'Main', roadClass: 'main', position: i < 10 ? place(i * 30, 9) : place(270 + 9, -(i - 9) * 30) },
      { road: 'Main', roadClass: 'main', position: i < 10 ? place(i * 30, -9) : place(270 - 9, -(i - 9) * 30) },
    ])
    const lines = roadsAlong(lamps.flat().sort((a, b) => a.position[1] - b.position[1]))
    expect(lines.map(({ name, width }) => [name, width])).toEqual([['Main', 'main']])
    const metres = metresOf(lines[0] as (typeof lines)[number])
    for (const [x, y] of metres) expect(Math.min(Math.abs(y as number), Math.abs((x as number) - 270))).toBeLessThanOrEqual(10)
    // One way, from end to end.
    const length = metres.slice(1).reduce((sum, [x, y], i) => sum + Math.hypot((x as number) - (metres[i]?.[0] as number), (y as number) - (metres[i]?.[1] as number)), 0) // biome-ignore format: a sum
    expect(length).toBeGreaterThan(480)
    expect(length).toBeLessThan(680)
  })

  it('do not join what lies far apart, and need a name and places', () => {
    const at = (x: number) => ({ road: 'Two parts', position: place(x, 0) })
    const lines = roadsAlong([
      ...[0, 40, 80].map(at),
      ...[900, 940].map(at),
      { road: '', position: place(0, 0) },
      { road: 'None', position: null },
    ])
    expect(lines.map((line) => metresOf(line).map(([x]) => x))).toEqual([
      [0, 40, 80],
      [900, 940],
    ])
  })
})

describe('roads of the server', () => {
  it('are ready to be drawn: each line with its box', () => {
    const coordinates = [[[114, 37], [115, 38]], [[114.2, 37], [114.3, 37]]] as const // biome-ignore format: one line
    const lines = roadLines({ features: [{ properties: { name: 'A', width: 'main' }, geometry: { coordinates } }] })
    expect(lines.map(({ name, xs }) => [name, xs.length])).toEqual([['A', 2], ['A', 2]]) // biome-ignore format: one line
    const [left, bottom] = worldOf([114, 37])
    const [right, top] = worldOf([115, 38])
    expect(lines[0]).toMatchObject({ left, right, top, bottom })
  })

  it('have room for their names where they are long and in sight, never upside down', () => {
    const line = roadLine('A', 'main', [positionOf(100, 50), positionOf(10, 50), positionOf(5, 50)])
    const frame = { scale: 4, left: 0, top: 100, width: 500, height: 300, margin: 100 }
    expect(roomFor(100, line, frame)).toMatchObject({ x: expect.closeTo(220), y: expect.closeTo(100), angle: expect.closeTo(0) })
    expect(roomFor(400, line, frame)).toBeNull()
    expect(roomFor(100, line, { ...frame, left: 1000 })).toBeNull()
  })
})
