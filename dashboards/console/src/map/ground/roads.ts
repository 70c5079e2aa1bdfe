import { effect, signal } from '@preact/signals'
import type { MapGround } from '../../../../../src/edges/http/map-schemas.ts'
import { get } from '../../live/api.ts'
import { facilities, link } from '../../live/live.ts'
import { crowdsOf } from '../facility-layer.ts'
import type { MapView } from '../map-view.ts'
import { drawRoadNames, drawRoads } from './road-drawing.ts'
import { type RoadCollection, type RoadLine, roadLines, roadsAlong } from './road-lines.ts'

/** What the map stands on; null until the server has told it. */
export const ground = signal<MapGround | null>(null)
/** The roads, those that the server has or those along the lamps. */
export const roads = signal<readonly RoadLine[]>([])

let shown: string | null = null
let along: unknown = null

/** Fetches what the map stands on, and roads that are other than those shown. Rejects with an `ApiProblem`. */
export async function loadGround(): Promise<void> {
  const next = await get<MapGround>('/api/map')
  const tag = next.roads?.tag ?? null
  if (tag !== null && tag !== shown) roads.value = roadLines(await get<RoadCollection>('/api/map/roads'))
  shown = tag
  ground.value = next
  if (tag === null) followLamps()
}

/** Roads along the lamps, as long as the server has none. */
function followLamps(): void {
  const list = facilities.peek()
  if (shown !== null || along === list) return
  along = list
  const crowds = crowdsOf(list)
  const lamps = list.filter(({ kind }) => crowds.has(kind) || kind === 'street-light')
  roads.value = roadsAlong(lamps)
}

/** Draws the roads below the facilities of a map and keeps them as the server has them; the answer ends it. */
export function showRoads(view: MapView, layers: () => { roads: boolean; names: boolean }): () => void {
  const remove = view.addOverlay((context) => {
    const { roads: isOn, names } = layers()
    if (!isOn) return
    const { frame, scene } = view
    const zoom = view.map.getZoom()
    drawRoads(context, roads.peek(), frame, zoom, scene.palette)
    if (names) drawRoadNames(context, roads.peek(), frame, zoom, scene.palette)
  }, 'below')
  const stopDrawing = effect(() => {
    layers()
    if (roads.value) view.redraw()
  })
  const stopFollowing = effect(() => {
    if (facilities.value && ground.value) followLamps()
  })
  const stopLoading = effect(() => {
    // After an outage others may be there.
    if (link.value === 'live') loadGround().catch(() => undefined)
  })
  return () => {
    stopLoading()
    stopFollowing()
    stopDrawing()
    remove()
  }
}
