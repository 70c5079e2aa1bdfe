import type { LatLngExpression } from 'leaflet'
import { Map as LeafletMap } from 'leaflet/src/map/Map.js'
import 'leaflet/src/layer/Layer.js'
import 'leaflet/src/map/handler/Map.Drag.js'
import 'leaflet/src/map/handler/Map.Keyboard.js'
import 'leaflet/src/map/handler/Map.ScrollWheelZoom.js'
import 'leaflet/src/map/handler/Map.TouchZoom.js'
import type { WallFacility } from '../live/live-state.ts'
import type { Cluster } from './clusters.ts'
import { FacilityLayer, type Scene } from './facility-layer.ts'
import { covers, type Frame, frameOf, Surface } from './surface.ts'
import { type Box, boxOf, type Position, worldOf } from './world.ts'

/** Draws on a canvas of the map in container coordinates; a little around the container is drawn too (`frame.margin`). */
export type Overlay = (context: CanvasRenderingContext2D, view: MapView) => void

/** A Leaflet map with the facilities on a canvas, and overlays below and above them. Draws at most once a frame, and only what changed. */
export class MapView {
  readonly map: LeafletMap
  readonly #facilities: FacilityLayer
  readonly #ground: Surface
  readonly #middle: Surface
  readonly #top: Surface
  readonly #below = new Set<Overlay>()
  readonly #above = new Set<Overlay>()
  readonly #observer: ResizeObserver
  #scene: Scene
  /** What the surfaces show; null when they have to be drawn anew. */
  #drawn: Frame | null = null
  #isMiddleOld = true
  #areOverlaysOld = true
  #waiting = 0

  constructor(box: HTMLElement, scene: Scene) {
    this.#scene = scene
    this.map = new LeafletMap(box, {
      center: [0, 0],
      zoom: 2,
      minZoom: 3,
      maxZoom: 20,
      zoomSnap: 0.25,
      zoomAnimation: false,
      attributionControl: false,
      zoomControl: false,
    })
    this.#ground = new Surface(this.map, 'roads', 250)
    this.#middle = new Surface(this.map, 'facilities', 450)
    this.#top = new Surface(this.map, 'overlays', 460)
    this.#facilities = new FacilityLayer(scene)
    this.map.on('move zoom viewreset resize', this.#whenMoved, this)
    this.#observer = new ResizeObserver(() => this.map.invalidateSize({ pan: false }))
    this.#observer.observe(box)
  }

  remove(): void {
    cancelAnimationFrame(this.#waiting)
    this.#observer.disconnect()
    this.map.off('move zoom viewreset resize', this.#whenMoved, this)
    this.map.remove()
  }

  /** Where the map is now. */
  get frame(): Frame {
    return frameOf(this.map)
  }

  get scene(): Scene {
    return this.#scene
  }

  /** Shows other facilities, states or colours. */
  show(scene: Scene): void {
    const before = this.#scene
    this.#scene = scene
    if (scene.palette !== before.palette || scene.selected !== before.selected || scene.facilities !== before.facilities)
      this.#areOverlaysOld = true
    if (this.#facilities.take(scene, this.frame)) this.#isMiddleOld = true
    if (this.#isMiddleOld || this.#areOverlaysOld) this.#schedule()
  }

  /** Draws the overlays anew. */
  redraw(): void {
    this.#areOverlaysOld = true
    this.#schedule()
  }

  /** Adds a drawing above the facilities, or below them; the answer takes it away. */
  addOverlay(draw: Overlay, place: 'above' | 'below' = 'above'): () => void {
    const list = place === 'above' ? this.#above : this.#below
    list.add(draw)
    this.redraw()
    return () => {
      list.delete(draw)
      this.redraw()
    }
  }

  /** Pixels from the upper left corner of the container. */
  toContainer(position: Position): { x: number; y: number } {
    const [x, y] = worldOf(position)
    const { scale, left, top } = this.frame
    return { x: x * scale - left, y: y * scale - top }
  }

  /** Facilities of the map whose place in the container is as wanted. */
  facilitiesIn(holds: (x: number, y: number) => boolean): WallFacility[] {
    return this.#facilities.facilitiesIn(holds, this.frame)
  }

  /** The facility nearest to a point of the container, within reach of a finger. */
  at(x: number, y: number): WallFacility | null {
    return this.clusterAt(x, y) ? null : this.#facilities.at(x, y, this.frame)
  }

  clusterAt(x: number, y: number): Cluster | null {
    return this.#facilities.clusterAt(x, y, this.frame)
  }

  /** Shows a box, or all facilities. */
  fit(box: Box | null = this.#box()): void {
    if (!box) return
    const [west, south, east, north] = box
    this.map.fitBounds(
      [
        [south, west],
        [north, east],
      ],
      // Clear of the chips at the top and the legend at the bottom.
      { paddingTopLeft: [28, 48], paddingBottomRight: [28, 58], maxZoom: 17, animate: false },
    )
  }

  /** Goes to a place; nearer only, never farther away. */
  goTo([longitude, latitude]: Position, zoom = 17): void {
    this.map.setView([latitude, longitude] as LatLngExpression, Math.max(zoom, this.map.getZoom()), { animate: false })
  }

  #box(): Box | null {
    return boxOf(this.#facilities.located.flat().map(({ position }) => position))
  }

  #whenMoved(): void {
    if (!this.#drawn || !covers(this.#drawn, this.frame)) this.#schedule()
  }

  #schedule(): void {
    this.#waiting ||= requestAnimationFrame(() => {
      this.#waiting = 0
      this.#draw()
    })
  }

  #draw(): void {
    const frame = this.frame
    if (frame.width === 0 || frame.height === 0) return
    const isMoved = !this.#drawn || !covers(this.#drawn, frame) || this.#drawn.left !== frame.left || this.#drawn.top !== frame.top
    if (isMoved || this.#areOverlaysOld) {
      const ground = this.#ground.begin(frame)
      for (const draw of this.#below) draw(ground, this)
      const top = this.#top.begin(frame)
      this.#mark(top)
      for (const draw of this.#above) draw(top, this)
    }
    if (isMoved || this.#isMiddleOld) this.#facilities.draw(this.#middle.begin(frame), frame, this.map.getZoom())
    this.#drawn = frame
    this.#isMiddleOld = this.#areOverlaysOld = false
  }

  /** Ring and cross hairs around the facility of the selected alarm. */
  #mark(c: CanvasRenderingContext2D): void {
    const { selected, facilities, palette } = this.#scene
    const position = selected === null ? null : facilities.find(({ id }) => id === selected)?.position
    if (!position) return
    const { x, y } = this.toContainer(position)
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
      [palette.ground, 5],
      [palette.text, 2],
    ] as const) {
      c.strokeStyle = colour
      c.lineWidth = width
      c.stroke()
    }
  }
}
