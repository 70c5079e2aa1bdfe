import { useEffect } from 'preact/hooks'
import { formatNumber } from '../../format.ts'
import { useKeys } from '../../shell/keys.ts'
import { navigate } from '../../shell/router.ts'
import { useAnswer } from '../../shell/use-answer.ts'
import { c } from '../../texts/select.ts'
import { layersOn, selection } from '../map-state.ts'
import type { MapView } from '../map-view.ts'
import { listen } from './gestures.ts'
import { RATE_PAUSE } from './rate-signs.ts'
import { RoadRates } from './road-rates.tsx'
import { getRates } from './select-api.ts'
import { attach, drawnLine, labelledRoadAt, roadAt } from './select-layer.ts'
import { choose, chooseNumbers, clear, followAddress, panel, roadRates, showPanel, tool, tools } from './select-state.ts'
import { SelectedPanel } from './selected-panel.tsx'
import './select.css'

/** What people do with facilities on the map: choose them, see what is known of all of them together, and act. */
export function SelectPanel({ view }: { view: MapView }) {
  useEffect(() => followAddress(), [])
  useEffect(() => attach(view), [view])
  useEffect(() => listenTo(view), [view])
  useRoadRates()
  const leave = () => {
    if (tool.peek() !== 'move') tool.value = 'move'
    else if (selection.peek().size > 0) clear()
    else showPanel(null)
  }
  useKeys({ Escape: leave, l: () => (tool.value = tool.peek() === 'lasso' ? 'move' : 'lasso') })
  useEffect(() => {
    view.map.getContainer().classList.toggle('is-drawing', tool.value !== 'move')
  }, [view, tool.value])
  return (
    <aside class={panel.value ? 'select-panel is-open' : 'select-panel'} aria-label={c().panel}>
      <Tabs />
      {panel.value === 'selection' && <SelectedPanel view={view} />}
      {panel.value === 'rates' && <RoadRates />}
    </aside>
  )
}

/** The rates of all roads, for the layer and the table, while one of them is there. */
function useRoadRates(): void {
  const isWanted = layersOn.value.has('lamp-on-rate') || panel.value === 'rates'
  const { answer } = useAnswer(
    async () => (isWanted ? await getRates('road') : null),
    `road rates ${isWanted}`,
    () => (isWanted ? RATE_PAUSE : null),
  )
  useEffect(() => {
    roadRates.value = answer
  }, [answer])
}

function listenTo(view: MapView): () => void {
  return listen(view, {
    tool: () => tool.peek(),
    onLine: (line) => (drawnLine.value = line ? [...line] : null),
    onDrawn: (inside, how) =>
      chooseNumbers(
        inside.map(({ number }) => number),
        how,
      ),
    onClick: (facility, event, { x, y }) => {
      const how = event.ctrlKey || event.metaKey ? 'toggle' : event.shiftKey ? 'add' : 'replace'
      const road = event.altKey ? (facility?.road ?? roadAt(view, x, y)) : facility ? null : labelledRoadAt(x, y)
      if (road) void choose({ by: 'road', text: road }, how)
      else if (facility) chooseNumbers([facility.number], how)
      return Boolean(road) || facility !== null
    },
    onDoubleClick: ({ id }) => navigate(`/facilities/${encodeURIComponent(id)}`),
  })
}

function Tabs() {
  return (
    <div class="select-tabs">
      <fieldset class="plain button-row" aria-label={c().tools}>
        {tools.map((name) => (
          <button key={name} type="button" class="button" aria-pressed={tool.value === name} onClick={() => (tool.value = name)}>
            {c().toolNames[name]}
            {name === 'lasso' && <kbd>L</kbd>}
          </button>
        ))}
      </fieldset>
      <div class="button-row">
        {(['selection', 'rates'] as const).map((name) => (
          <button
            key={name}
            type="button"
            class="button"
            aria-pressed={panel.value === name}
            onClick={() => showPanel(panel.peek() === name ? null : name)}
          >
            {name === 'rates' ? c().rates : c().selection(formatNumber(selection.value.size))}
          </button>
        ))}
      </div>
    </div>
  )
}
