import type { FacilityState } from '../../../../src/edges/http/schemas.ts'
import { type Palette, symbolStates } from '../../../shared/palette.ts'
import { stateCodes, type WallFacility } from '../live/live-state.ts'
import { type Cluster, ClusterGrid, worstOf } from './clusters.ts'
import { LabelGrid } from './label-grid.ts'
import { Pixels, pixelOf, type Stamp } from './pixels.ts'
import { PlaceIndex } from './place-index.ts'
import type { Frame } from './surface.ts'
import { drawSymbol, EDGE, stampOf } from './symbol-drawing.ts'
import { worldOf } from './world.ts'

/** Kinds with more facilities than this are drawn small: lamps between cabinets and stations. */
const CROWD = 1000
const REACH = 14
/** Reach of the largest symbol beyond its place, pixels. */
const BRIM = 40
/** Zooms from which lamps have larger symbols and stand singly, large facilities have labels, and lamps too. */
const NEAR = 16
const LABELS_FROM = 15
const LAMP_LABELS_FROM = 18

export interface Scene {
  facilities: readonly WallFacility[]
  states: Uint8Array
  palette: Palette
  /** Id of the facility that the eye is to find. */
  selected: string | null
  /** Kinds whose facilities are drawn small. */
  crowds: ReadonlySet<string>
  /** Which states are drawn. */
  shownStates: ReadonlySet<FacilityState>
  /** Whether faulty lamps that lie close together are summed up. */
  clusters: boolean
  labels: boolean
}

/** Kinds of so many facilities that each is drawn small. */
export function crowdsOf(facilities: readonly WallFacility[]): ReadonlySet<string> {
  const counts = new Map<string, number>()
  for (const { kind } of facilities) counts.set(kind, (counts.get(kind) ?? 0) + 1)
  return new Set([...counts].filter(([, count]) => count > CROWD).map(([kind]) => kind))
}

/** Codes of states as they are drawn, the worst first. */
const order = symbolStates.map((state) => stateCodes.indexOf(state))
const NORMAL = stateCodes.indexOf('normal')

/** Facilities of one size with where they lie, pixels at zoom 0. */
class Group {
  readonly facilities: readonly WallFacility[]
  /** Of the facilities, as states are found by. */
  readonly numbers: Uint32Array
  readonly xs: Float64Array
  readonly ys: Float64Array
  readonly index: PlaceIndex
  /** Members to be drawn by state code, and how many of each list count. */
  readonly byState: readonly Uint32Array[]
  readonly counts = new Uint32Array(stateCodes.length)

  constructor(facilities: readonly WallFacility[]) {
    this.facilities = facilities
    this.numbers = Uint32Array.from(facilities, ({ number }) => number)
    this.xs = new Float64Array(facilities.length)
    this.ys = new Float64Array(facilities.length)
    facilities.forEach(({ position }, i) => {
      const [x, y] = worldOf(position as [number, number])
      this.xs[i] = x
      this.ys[i] = y
    })
    this.index = new PlaceIndex(this.xs, this.ys)
    this.byState = stateCodes.map(() => new Uint32Array(facilities.length))
  }

  inFrame({ scale, left, top, width, height, margin }: Frame, more: number): Uint32Array {
    const reach = margin + more
    return this.index.within((left - reach) / scale, (top - reach) / scale, (left + width + reach) / scale, (top + height + reach) / scale)
  }
}

/** Draws every facility onto one canvas, lamps below all others and the worst states on top. */
export class FacilityLayer {
  #scene: Scene
  #small = new Group([])
  #large = new Group([])
  #pixels = new Pixels(1, 1)
  readonly #sprites = new Map<string, HTMLCanvasElement>()
  readonly #stamps = new Map<string, Stamp>()
  #clusters: readonly Cluster[] = []
  #isShown: boolean[] = []

  constructor(scene: Scene) {
    this.#scene = scene
    this.#place()
  }

  get located(): readonly WallFacility[][] {
    return [this.#small.facilities as WallFacility[], this.#large.facilities as WallFacility[]]
  }

  /** Takes another scene; false when nothing that is in the frame looks other than before. */
  take(scene: Scene, frame: Frame): boolean {
    const before = this.#scene
    this.#scene = scene
    if (scene.facilities !== before.facilities || scene.crowds !== before.crowds) {
      this.#place()
      return true
    }
    if (scene.palette !== before.palette) {
      this.#sprites.clear()
      this.#stamps.clear()
      return true
    }
    const { shownStates, clusters, labels } = scene
    if (shownStates !== before.shownStates || clusters !== before.clusters || labels !== before.labels) return true
    return [this.#small, this.#large].some((group) => isChanged(group, frame, before.states, scene.states))
  }

  #place(): void {
    const located = this.#scene.facilities.filter(({ position }) => position !== null)
    this.#small = new Group(located.filter(({ kind }) => this.#scene.crowds.has(kind)))
    this.#large = new Group(located.filter(({ kind }) => !this.#scene.crowds.has(kind)))
  }

  /** Onto an empty canvas. */
  draw(context: CanvasRenderingContext2D, frame: Frame, zoom: number): void {
    const ratio = devicePixelRatio
    const { width, height } = context.canvas
    if (this.#pixels.width !== width || this.#pixels.height !== height) this.#pixels = new Pixels(width, height)
    else this.#pixels.clear()
    this.#isShown = stateCodes.map((state) => this.#scene.shownStates.has(state))
    this.#sort(this.#small, frame)
    this.#sort(this.#large, frame)
    const singly = this.#sumUp(frame, zoom)
    this.#lamps(frame, zoom, ratio, singly)
    // The pixels of this drawing, not those of the canvas's coordinates.
    context.putImageData(new ImageData(new Uint8ClampedArray(this.#pixels.data.buffer), width, height), 0, 0)
    for (const cluster of this.#clusters) this.#cluster(context, cluster, frame)
    this.#stations(context, frame, zoom)
    if (this.#scene.labels && zoom >= LABELS_FROM) this.#labels(context, frame, zoom)
  }

  /** The facility nearest to a point of the container, worse states first. */
  at(x: number, y: number, frame: Frame): WallFacility | null {
    let best: WallFacility | null = null
    let least = REACH
    for (const group of [this.#small, this.#large]) {
      for (const i of near(group, x, y, frame)) {
        const facility = group.facilities[i] as WallFacility
        const code = this.#scene.states[facility.number] ?? 0
        if (!this.#isShown[code]) continue
        const distance = Math.hypot(
          (group.xs[i] as number) * frame.scale - frame.left - x,
          (group.ys[i] as number) * frame.scale - frame.top - y,
        )
        // A worse state and a station count as nearer, as their larger symbols lie on top.
        const weighed = distance - severity(code) - (group === this.#large ? 1 : 0)
        if (distance < REACH && weighed < least) {
          least = weighed
          best = facility
        }
      }
    }
    return best
  }

  /** The cluster whose symbol is at a point of the container. */
  clusterAt(x: number, y: number, { left, top }: Frame): Cluster | null {
    return this.#clusters.find((cluster) => Math.abs(cluster.x - left - x) < 24 && Math.abs(cluster.y - top - y) < 12) ?? null
  }

  /** Those of the scene for which a point of the container holds. */
  facilitiesIn(holds: (x: number, y: number) => boolean, { scale, left, top }: Frame): WallFacility[] {
    return [this.#small, this.#large].flatMap(({ facilities, xs, ys }) =>
      facilities.filter((_, i) => holds((xs[i] as number) * scale - left, (ys[i] as number) * scale - top)),
    )
  }

  #sort(group: Group, frame: Frame): void {
    group.counts.fill(0)
    const { states } = this.#scene
    for (const i of group.inFrame(frame, BRIM)) {
      const code = states[group.numbers[i] as number] ?? 0
      if (!this.#isShown[code]) continue
      const at = group.counts[code] as number
      ;(group.byState[code] as Uint32Array)[at] = i
      group.counts[code] = at + 1
    }
  }

  /** Lamps of each state that are drawn singly; the others are in clusters. Null: all are. */
  #sumUp({ scale }: Frame, zoom: number): readonly Uint32Array[] {
    const { byState, counts, xs, ys } = this.#small
    const all = byState.map((members, code) => members.subarray(0, counts[code]))
    this.#clusters = []
    if (!this.#scene.clusters || zoom >= NEAR) return all
    const grid = new ClusterGrid(stateCodes.length)
    all.forEach((members, code) => {
      if (code !== NORMAL) for (const i of members) grid.add(i, (xs[i] as number) * scale, (ys[i] as number) * scale, code)
    })
    const { clusters, single } = grid.finish()
    this.#clusters = clusters
    const { states } = this.#scene
    const singly: number[][] = stateCodes.map(() => [])
    for (const i of single) singly[states[this.#small.numbers[i] as number] ?? 0]?.push(i)
    return all.map((members, code) => (code === NORMAL ? members : Uint32Array.from(singly[code] as number[])))
  }

  #lamps({ scale, left, top, margin, width, height }: Frame, zoom: number, ratio: number, singly: readonly Uint32Array[]): void {
    const { xs, ys } = this.#small
    const x = (i: number) => ((xs[i] as number) * scale - left + margin) * ratio
    const y = (i: number) => ((ys[i] as number) * scale - top + margin) * ratio
    const zoomed = zoom >= NEAR
    for (const code of order.toReversed()) {
      const members = singly[code] as Uint32Array
      const state = stateCodes[code] as FacilityState
      if (code === NORMAL) {
        // A whole city of lamps must not become one grey field.
        const fitting = Math.min(3, Math.max(1, 0.35 * Math.sqrt((width * height) / Math.max(1, members.length))))
        const side = Math.max(1, Math.round((fitting + (zoomed ? 3 : 0)) * ratio))
        const colour = pixelOf(this.#scene.palette.states.normal)
        for (const i of members) this.#pixels.square(x(i), y(i), side, colour)
      } else {
        const stamp = this.#stamp(state, (state === 'no-report' ? 7 : 9) + (zoomed ? 9 : 0))
        for (const i of members) this.#pixels.stamp(stamp, x(i), y(i))
      }
    }
  }

  #stations(c: CanvasRenderingContext2D, { scale, left, top }: Frame, zoom: number): void {
    const { byState, counts, xs, ys } = this.#large
    for (const code of order.toReversed()) {
      const members = (byState[code] as Uint32Array).subarray(0, counts[code])
      const side = code === NORMAL ? (zoom >= NEAR ? 9 : 5) : 22
      const sprite = code === NORMAL ? null : this.#sprite(stateCodes[code] as FacilityState, side)
      c.fillStyle = this.#scene.palette.states.normal
      const half = side / 2 + EDGE
      for (const i of members) {
        const x = (xs[i] as number) * scale - left
        const y = (ys[i] as number) * scale - top
        if (sprite) c.drawImage(sprite, x - half, y - half, half * 2, half * 2)
        else c.fillRect(x - side / 2, y - side / 2, side, side)
      }
    }
  }

  /** The worst state with its number, and how many more. */
  #cluster(c: CanvasRenderingContext2D, cluster: Cluster, { left, top }: Frame): void {
    const { palette } = this.#scene
    const { state, count, others } = worstOf(cluster, order)
    const text = others > 0 ? `${count} +${others}` : String(count)
    c.font = '600 12px system-ui, sans-serif'
    c.textBaseline = 'middle'
    c.textAlign = 'left'
    const width = c.measureText(text).width + 24
    const x = cluster.x - left - width / 2
    const y = cluster.y - top
    c.fillStyle = palette.panel
    c.strokeStyle = palette.muted
    c.lineWidth = 1
    c.beginPath()
    c.roundRect(x, y - 10, width, 20, 4)
    c.fill()
    c.stroke()
    c.drawImage(this.#sprite(stateCodes[state] as FacilityState, 14), x + 2, y - 9, 18, 18)
    c.fillStyle = palette.text
    c.fillText(text, x + 20, y + 0.5)
  }

  #labels(c: CanvasRenderingContext2D, frame: Frame, zoom: number): void {
    const { palette, states } = this.#scene
    const grid = new LabelGrid()
    c.font = '12px system-ui, sans-serif'
    c.textBaseline = 'middle'
    c.textAlign = 'left'
    c.lineJoin = 'round'
    c.lineWidth = 3
    c.strokeStyle = palette.ground
    c.fillStyle = palette.text
    const groups: [Group, number][] = [[this.#large, 14], ...(zoom >= LAMP_LABELS_FROM ? ([[this.#small, 11]] as [Group, number][]) : [])]
    for (const [{ facilities, byState, counts, xs, ys }, away] of groups) {
      for (const code of order) {
        for (const i of (byState[code] as Uint32Array).subarray(0, counts[code])) {
          const { id, name, number } = facilities[i] as WallFacility
          const x = (xs[i] as number) * frame.scale - frame.left + (states[number] === NORMAL ? away - 3 : away)
          const y = (ys[i] as number) * frame.scale - frame.top
          const text = name && name !== id && away === 14 ? `${id} ${name}` : id
          if (!grid.take(x, y - 7, c.measureText(text).width, 14)) continue
          c.strokeText(text, x, y)
          c.fillText(text, x, y)
        }
      }
    }
  }

  #sprite(state: FacilityState, size: number): HTMLCanvasElement {
    return kept(this.#sprites, `${state} ${size} ${devicePixelRatio}`, () => drawSymbol(state, size, this.#scene.palette))
  }

  #stamp(state: FacilityState, size: number): Stamp {
    return kept(this.#stamps, `${state} ${size} ${devicePixelRatio}`, () => stampOf(this.#sprite(state, size)))
  }
}

const severity = (code: number): number => symbolStates.length - order.indexOf(code)

function isChanged(group: Group, frame: Frame, before: Uint8Array, after: Uint8Array): boolean {
  if (before === after) return false
  for (const i of group.inFrame(frame, BRIM)) {
    const number = group.numbers[i] as number
    if (before[number] !== after[number]) return true
  }
  return false
}

function near({ index }: Group, x: number, y: number, { scale, left, top }: Frame): Uint32Array {
  return index.within((left + x - REACH) / scale, (top + y - REACH) / scale, (left + x + REACH) / scale, (top + y + REACH) / scale)
}

function kept<T>(memory: Map<string, T>, key: string, make: () => T): T {
  const known = memory.get(key)
  if (known) return known
  const made = make()
  memory.set(key, made)
  return made
}
