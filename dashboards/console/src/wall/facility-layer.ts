import type { Map as LeafletMap, Point } from 'leaflet'
import { stateCodes, type WallFacility } from '../live/live-state.ts'
import { dark, hollow, numbers, type Palette, shapes, symbolStates } from '../palette.ts'

/** Kinds with more facilities than this are drawn small: lamps between cabinets and stations. */
const CROWD = 1000
const REACH = 14

export interface Scene {
  facilities: readonly WallFacility[]
  states: Uint8Array
  palette: Palette
  selected: string | null
}

/** Draws every facility on one canvas over a Leaflet map; only when told that something changed, at most once a frame. */
export class FacilityLayer {
  readonly #map: LeafletMap
  readonly #canvas: HTMLCanvasElement
  readonly #context: CanvasRenderingContext2D
  readonly #sprites = new Map<string, HTMLCanvasElement>()
  #scene: Scene
  #located: readonly WallFacility[] = []
  /** Map pixels at zoom 0. */
  #world = new Float64Array()
  #large = new Uint8Array()
  #frame = 0

  constructor(map: LeafletMap, canvas: HTMLCanvasElement, scene: Scene) {
    this.#map = map
    this.#canvas = canvas
    this.#context = canvas.getContext('2d') as CanvasRenderingContext2D
    this.#scene = scene
    this.#place()
    map.on('move zoom resize viewreset', this.redraw, this)
  }

  remove(): void {
    cancelAnimationFrame(this.#frame)
    this.#map.off('move zoom resize viewreset', this.redraw, this)
  }

  show(scene: Scene): void {
    const before = this.#scene
    this.#scene = scene
    if (scene.facilities !== before.facilities) this.#place()
    if (scene.palette !== before.palette) this.#sprites.clear()
    this.redraw()
  }

  redraw(): void {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0
      this.#draw()
    })
  }

  /** Shows all facilities. */
  fit(): void {
    const positions = this.#located.map(({ position }) => position as [number, number])
    if (positions.length === 0) return
    const [west, south, east, north] = positions.reduce(
      ([w, s, e, n], [x, y]) => [Math.min(w, x), Math.min(s, y), Math.max(e, x), Math.max(n, y)],
      [180, 90, -180, -90],
    ) as [number, number, number, number]
    this.#map.fitBounds(
      [
        [south, west],
        [north, east],
      ],
      // Clear of the chips at the top and the legend at the bottom.
      { paddingTopLeft: [28, 48], paddingBottomRight: [28, 58], maxZoom: 17, animate: false },
    )
  }

  /** The facility nearest to a point of the container, worse states first. */
  at(x: number, y: number): WallFacility | null {
    const { scale, left, top } = this.#view()
    let best: WallFacility | null = null
    let least = REACH
    this.#located.forEach((facility, i) => {
      const distance = Math.hypot((this.#world[i * 2] as number) * scale - left - x, (this.#world[i * 2 + 1] as number) * scale - top - y)
      // A worse state counts as nearer, as its larger symbol lies on top.
      const weighed = distance - (distance < REACH ? severity(this.#scene.states[facility.number]) : 0)
      if (distance < REACH && weighed < least) {
        least = weighed
        best = facility
      }
    })
    return best
  }

  #view(): { scale: number; left: number; top: number } {
    const { x, y } = this.#map.getPixelBounds().min as Point
    return { scale: 2 ** this.#map.getZoom(), left: x, top: y }
  }

  #place(): void {
    const { facilities } = this.#scene
    const count = new Map<string, number>()
    for (const { kind } of facilities) count.set(kind, (count.get(kind) ?? 0) + 1)
    this.#located = facilities.filter(({ position }) => position !== null)
    this.#world = new Float64Array(this.#located.length * 2)
    this.#large = new Uint8Array(this.#located.length)
    this.#located.forEach(({ position, kind }, i) => {
      const [longitude, latitude] = position as [number, number]
      const { x, y } = this.#map.project([latitude, longitude], 0)
      this.#world[i * 2] = x
      this.#world[i * 2 + 1] = y
      this.#large[i] = (count.get(kind) ?? 0) <= CROWD ? 1 : 0
    })
  }

  #draw(): void {
    const { clientWidth: width, clientHeight: height } = this.#canvas
    const ratio = devicePixelRatio
    if (this.#canvas.width !== width * ratio || this.#canvas.height !== height * ratio) {
      this.#canvas.width = width * ratio
      this.#canvas.height = height * ratio
    }
    const c = this.#context
    c.setTransform(ratio, 0, 0, ratio, 0, 0)
    c.clearRect(0, 0, width, height)
    const { scale, left, top } = this.#view()
    const buckets: [number, number, number][][] = stateCodes.map(() => [])
    const zoomed = this.#map.getZoom() >= 16
    this.#located.forEach(({ number }, i) => {
      const x = (this.#world[i * 2] as number) * scale - left
      const y = (this.#world[i * 2 + 1] as number) * scale - top
      if (x < -20 || y < -20 || x > width + 20 || y > height + 20) return
      buckets[this.#scene.states[number] ?? 0]?.push([x, y, this.#large[i] as number])
    })
    for (const large of [0, 1]) {
      for (const state of symbolStates.toReversed()) {
        const list = buckets[stateCodes.indexOf(state)] ?? []
        if (state === 'normal') this.#dots(list, large, zoomed)
        else this.#symbols(state, list, large, zoomed)
      }
    }
    this.#mark(scale, left, top)
  }

  #dots(list: readonly [number, number, number][], large: number, zoomed: boolean): void {
    const { clientWidth, clientHeight } = this.#canvas
    // A whole city of lamps must not become one grey field.
    const fitting = Math.min(3, Math.max(1, 0.35 * Math.sqrt((clientWidth * clientHeight) / Math.max(1, list.length))))
    const size = (large ? 5 : fitting) + (zoomed ? 3 : 0)
    this.#context.fillStyle = this.#scene.palette.states.normal
    for (const [x, y, own] of list) if (own === large) this.#context.fillRect(x - size / 2, y - size / 2, size, size)
  }

  #symbols(state: (typeof symbolStates)[number], list: readonly [number, number, number][], large: number, zoomed: boolean): void {
    const size = (large ? 22 : state === 'no-report' ? 6 : 9) + (zoomed && !large ? 9 : 0)
    const sprite = this.#sprite(state, size)
    const half = size / 2 + 2
    for (const [x, y, own] of list) if (own === large) this.#context.drawImage(sprite, x - half, y - half, half * 2, half * 2)
  }

  #sprite(state: (typeof symbolStates)[number], size: number): HTMLCanvasElement {
    const key = `${state} ${size} ${devicePixelRatio}`
    const known = this.#sprites.get(key)
    if (known) return known
    const sprite = drawSymbol(state, size, this.#scene.palette)
    this.#sprites.set(key, sprite)
    return sprite
  }

  /** Ring and cross hairs around the facility of the selected alarm. */
  #mark(scale: number, left: number, top: number): void {
    const i = this.#scene.selected === null ? -1 : this.#located.findIndex(({ id }) => id === this.#scene.selected)
    if (i < 0) return
    const x = (this.#world[i * 2] as number) * scale - left
    const y = (this.#world[i * 2 + 1] as number) * scale - top
    const c = this.#context
    c.beginPath()
    c.arc(x, y, 18, 0, Math.PI * 2)
    for (const [dx, dy] of [
      [1, 0],
      [-1, 0],
      [0, 1],
      [0, -1],
    ] as const) {
      c.moveTo(x + dx * 14, y + dy * 14)
      c.lineTo(x + dx * 28, y + dy * 28)
    }
    for (const [colour, width] of [
      [this.#scene.palette.ground, 5],
      [this.#scene.palette.text, 2],
    ] as const) {
      c.strokeStyle = colour
      c.lineWidth = width
      c.stroke()
    }
  }
}

const severity = (code = 0): number => symbolStates.length - symbolStates.indexOf(stateCodes[code] ?? 'normal')

function drawSymbol(state: (typeof symbolStates)[number], size: number, palette: Palette): HTMLCanvasElement {
  const sprite = document.createElement('canvas')
  sprite.width = sprite.height = Math.ceil((size + 4) * devicePixelRatio)
  const c = sprite.getContext('2d') as CanvasRenderingContext2D
  const unit = (size / 24) * devicePixelRatio
  c.setTransform(unit, 0, 0, unit, 2 * devicePixelRatio, 2 * devicePixelRatio)
  const path = new Path2D(shapes[state])
  const thin = 24 / size
  if (hollow[state]) {
    c.lineWidth = Math.max(3, 1.2 * thin)
    c.strokeStyle = palette.states[state]
    c.stroke(path)
    return sprite
  }
  c.fillStyle = palette.states[state]
  c.fill(path)
  c.lineWidth = Math.min(1.5, size / 10) * thin
  c.strokeStyle = palette.outline ?? dark
  c.stroke(path)
  const number = numbers[state]
  if (number && size >= 16) {
    c.fillStyle = palette.inks[state as keyof Palette['inks']]
    c.font = 'bold 14px system-ui, sans-serif'
    c.textAlign = 'center'
    c.fillText(number, 12, state === 'high' ? 19 : 17)
  }
  return sprite
}
