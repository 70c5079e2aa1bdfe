import { computed, effect, signal } from '@preact/signals'
import type { LampOnRowView } from '../../../../../src/edges/http/lamp-on-schemas.ts'
import { facilities, kinds } from '../../live/live.ts'
import { roads } from '../ground/roads.ts'
import { layersOn } from '../map-state.ts'
import type { MapView } from '../map-view.ts'
import { cablesOf } from './cables.ts'
import type { Spot } from './choice.ts'
import { drawCables, drawHalo, drawLine, drawRates, labelCables, labelRates, type RoadLabel } from './drawing.ts'
import { byNeed } from './rate-words.ts'
import { linesByRoad, roadNear } from './road-layer.ts'
import { chosen, circuits, feeder, roadRates } from './select-state.ts'

/** The line that is being drawn. */
export const drawnLine = signal<readonly Spot[] | null>(null)

/** Kinds of lamps; they alone belong to lines of roads. */
const isLamp = (kind: string): boolean => kinds.value.get(kind)?.light ?? false
const lines = computed(() => linesByRoad(roads.value, facilities.value, isLamp))
const ratesOn = computed(() => layersOn.value.has('lamp-on-rate'))
const sortedRows = computed((): LampOnRowView[] => [...(roadRates.value?.rows ?? [])].sort(byNeed))
const cables = computed(() => (layersOn.value.has('feeds') && feeder.value ? cablesOf(feeder.value, facilities.value) : []))

function circuitState(circuit: number | null) {
  const known = circuits.value?.feeder === feeder.value?.id ? circuits.value?.answer.circuits : undefined
  return known?.find((one) => one.circuit === circuit)?.state ?? 'unknown'
}

let labels: readonly RoadLabel[] = []

/** The road whose label is at a point of the map. */
export const labelledRoadAt = (x: number, y: number): string | null =>
  labels.find((label) => Math.abs(label.x - x) <= label.width / 2 && Math.abs(label.y - y) <= 12)?.road ?? null

/** The road that runs at a point of the map. */
export const roadAt = (view: MapView, x: number, y: number): string | null => roadNear(lines.peek(), x, y, view.frame)

/** Draws what is chosen onto a map; the answer takes it away. */
export function attach(view: MapView): () => void {
  const ends = [
    view.addOverlay((context) => {
      if (ratesOn.peek()) drawRates(context, view, lines.peek(), sortedRows.peek())
      if (chosen.peek().length > 0) drawHalo(context, view, chosen.peek())
      if (cables.peek().length > 0) drawCables(context, view, cables.peek(), circuitState)
    }, 'below'),
    view.addOverlay((context) => {
      labels = ratesOn.peek() ? labelRates(context, view, lines.peek(), sortedRows.peek()) : []
      if (cables.peek().length > 0) labelCables(context, view, cables.peek(), circuitState)
      const line = drawnLine.peek()
      if (line) drawLine(context, view, line)
    }),
    effect(() => {
      void [ratesOn.value && lines.value, sortedRows.value, cables.value, circuits.value, chosen.value, drawnLine.value]
      view.redraw()
    }),
  ]
  return () => {
    for (const end of ends) end()
  }
}
