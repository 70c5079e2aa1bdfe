import type { WallFacility } from '../../live/live-state.ts'
import type { MapView } from '../map-view.ts'
import { type How, howOf, isInside, rectangle, type Spot } from './choice.ts'
import type { Tool } from './select-state.ts'

/** A pointer that moved less was held still, pixels. */
const STILL = 4
/** Nearer points of a line drawn by hand are left out, pixels. */
const STEP = 3

export interface Gestures {
  tool: () => Tool
  /** A facility was clicked; null: the ground. True when that was all: the map does nothing more then. */
  onClick: (facility: WallFacility | null, event: MouseEvent, spot: Spot) => boolean
  onDoubleClick: (facility: WallFacility) => void
  /** What lies within a closed line is chosen. */
  onDrawn: (inside: WallFacility[], how: How) => void
  /** The line as it is drawn; null when it is done. */
  onLine: (line: readonly Spot[] | null) => void
}

/** Takes clicks and lassos from the map; the answer ends it. Plain dragging stays the map's. */
export function listen(view: MapView, { tool, onClick, onDoubleClick, onDrawn, onLine }: Gestures): () => void {
  const box = view.map.getContainer()
  const drawing: { start: Spot; line: Spot[]; pointer: number }[] = []
  let pressed: Spot | null = null
  const spotOf = (event: MouseEvent): Spot => {
    const { left, top } = box.getBoundingClientRect()
    return { x: event.clientX - left, y: event.clientY - top }
  }
  // Buttons that lie on the map are their own.
  const isGround = ({ target }: Event) =>
    target instanceof Element && target.closest('.leaflet-container') === box && !target.closest('button, a')
  const isDrawing = (event: PointerEvent) => event.button === 0 && (tool() !== 'move' || event.shiftKey)

  const down = (event: PointerEvent) => {
    if (!isGround(event)) return
    const spot = spotOf(event)
    pressed = spot
    if (!isDrawing(event)) return
    // The map must not take it for its own dragging.
    event.stopImmediatePropagation()
    view.map.dragging?.disable()
    box.setPointerCapture(event.pointerId)
    drawing.push({ start: spot, line: [spot], pointer: event.pointerId })
  }
  const move = (event: PointerEvent) => {
    const now = drawing[0]
    if (!now || event.pointerId !== now.pointer) return
    const spot = spotOf(event)
    const last = now.line.at(-1) as Spot
    if (event.altKey || tool() === 'rectangle') now.line = rectangle(now.start, spot)
    else if (Math.hypot(spot.x - last.x, spot.y - last.y) >= STEP) now.line.push(spot)
    onLine(now.line)
  }
  const up = (event: PointerEvent) => {
    const now = drawing[0]
    if (!now || event.pointerId !== now.pointer) return
    drawing.length = 0
    view.map.dragging?.enable()
    onLine(null)
    const spot = spotOf(event)
    if (Math.hypot(spot.x - now.start.x, spot.y - now.start.y) <= STILL && now.line.length < 4) return
    pressed = null
    onDrawn(
      view.facilitiesIn((x, y) => isInside(now.line, x, y)),
      howOf(event),
    )
  }
  const click = (event: MouseEvent) => {
    if (!pressed || !isGround(event)) return
    const spot = spotOf(event)
    if (Math.hypot(spot.x - pressed.x, spot.y - pressed.y) > STILL) return
    if (onClick(view.at(spot.x, spot.y), event, spot)) event.stopImmediatePropagation()
  }
  const twice = (event: MouseEvent) => {
    const { x, y } = spotOf(event)
    const facility = isGround(event) && tool() === 'move' ? view.at(x, y) : null
    if (facility) onDoubleClick(facility)
  }
  const taken = [
    ['pointerdown', down],
    ['pointermove', move],
    ['pointerup', up],
    ['pointercancel', up],
    ['click', click],
    ['dblclick', twice],
  ] as const
  for (const [name, take] of taken) box.addEventListener(name, take as EventListener, { capture: true })
  return () => {
    for (const [name, take] of taken) box.removeEventListener(name, take as EventListener, { capture: true })
    view.map.dragging?.enable()
  }
}
