import type { VisitsView } from '../../../../src/edges/http/round-schemas.ts'
import { days, seconds } from '../../../../src/telemetry/duration.ts'
import type { Palette } from '../../../shared/palette.ts'
import { get } from '../live/api.ts'
import { toldRounds } from '../live/live.ts'
import type { MapView } from '../map/map-view.ts'
import { explain, tell } from '../shell/notice.tsx'

/** Visits are shown for so long, ms. */
const SHOWN = days(1)
/** Rounds become late without that anybody tells. */
const PAUSE = seconds(30)
/** Visits that come together are fetched once, ms. */
const TOGETHER = seconds(1)
const SIZE = 7

/** Draws where somebody was on a round in the last day, and where somebody is to go now; the answer ends it. */
export function showVisits(view: MapView, palette: () => Palette): () => void {
  let told: VisitsView = { visits: [], open: [] }
  let isOver = false
  const look = async () => {
    try {
      const answer = await get<VisitsView>('/api/round-visits', { since: Date.now() - SHOWN })
      if (isOver) return
      told = answer
      view.redraw()
    } catch (problem) {
      if (!isOver) tell(explain(problem), true)
    }
  }
  void look()
  const looking = setInterval(() => void look(), PAUSE)
  let soon: ReturnType<typeof setTimeout> | undefined
  const stopHearing = toldRounds.subscribe((plans) => {
    if (plans.length === 0) return
    soon ??= setTimeout(() => {
      soon = undefined
      void look()
    }, TOGETHER)
  })
  const remove = view.addOverlay((context) => {
    const { text, ground, states } = palette()
    context.lineWidth = 2
    const open = new Set(told.open.map(({ place }) => place))
    for (const { position, place } of told.visits) {
      if (open.has(place)) continue
      const { x, y } = view.toContainer(position)
      circle(context, x, y)
      context.fillStyle = ground
      context.fill()
      context.strokeStyle = text
      context.stroke()
      context.beginPath()
      context.moveTo(x - 3.5, y)
      context.lineTo(x - 1, y + 3)
      context.lineTo(x + 4, y - 3)
      context.stroke()
    }
    for (const { position, late } of told.open) {
      const { x, y } = view.toContainer(position)
      if (late) {
        context.beginPath()
        context.rect(x - SIZE, y - SIZE, 2 * SIZE, 2 * SIZE)
      } else circle(context, x, y)
      context.fillStyle = late ? states.medium : ground
      context.fill()
      context.setLineDash(late ? [] : [3, 2])
      context.strokeStyle = text
      context.stroke()
      context.setLineDash([])
    }
  })
  return () => {
    isOver = true
    clearInterval(looking)
    clearTimeout(soon)
    stopHearing()
    remove()
  }
}

function circle(context: CanvasRenderingContext2D, x: number, y: number): void {
  context.beginPath()
  context.arc(x, y, SIZE, 0, 2 * Math.PI)
}
