import { useEffect, useState } from 'preact/hooks'
import { symbolStates } from '../../../../shared/palette.ts'
import { formatNumber } from '../../format.ts'
import { kinds } from '../../live/live.ts'
import { stateCodes } from '../../live/live-state.ts'
import { say, t } from '../../settings.ts'
import { useAnswer } from '../../shell/use-answer.ts'
import { StateSymbol } from '../../symbols.tsx'
import { c } from '../../texts/select.ts'
import { selection, slowStates } from '../map-state.ts'
import type { MapView } from '../map-view.ts'
import { boxOf } from '../world.ts'
import { countKinds } from './choice.ts'
import { ChooseForm } from './choose-form.tsx'
import { ChosenList } from './chosen-list.tsx'
import { FedCircuits } from './fed-circuits.tsx'
import { GroupActions, SelectedAlarms } from './group-actions.tsx'
import { RateSummary } from './rate.tsx'
import { RATE_PAUSE } from './rate-signs.ts'
import { getSelectionRate } from './select-api.ts'
import { chosen, clear, feeder, isAsking, problem, selectionRate } from './select-state.ts'

/** What the panel covers of the map's right side, pixels. */
const covered = () => document.querySelector('.select-panel')?.clientWidth ?? 0

function isAnySeen(view: MapView): boolean {
  const { width, height } = view.frame
  return chosen.peek().some(({ position }) => {
    if (!position) return false
    const { x, y } = view.toContainer(position)
    return x >= 0 && y >= 0 && x <= width - covered() && y <= height
  })
}

/** Shows all that is selected, clear of the panel. */
function fitTo(view: MapView): void {
  const box = boxOf(chosen.peek().map(({ position }) => position))
  if (!box) return
  const [west, south, east, north] = box
  const corners: [[number, number], [number, number]] = [
    [south, west],
    [north, east],
  ]
  view.map.fitBounds(corners, { paddingTopLeft: [40, 48], paddingBottomRight: [covered() + 40, 58], maxZoom: 17, animate: false })
}

/** Everything about the selected facilities together. */
export function SelectedPanel({ view }: { view: MapView }) {
  const count = selection.value.size
  useEffect(() => {
    if (chosen.value.length > 0 && !isAnySeen(view)) fitTo(view)
  }, [chosen.value, view])
  return (
    <div class="select-body">
      <h2>
        <span role="status">{isAsking.value ? c().selecting : count > 0 ? c().selected(formatNumber(count)) : c().nothingSelected}</span>
      </h2>
      {problem.value && (
        <p class="problem" role="alert">
          {problem.value}
        </p>
      )}
      {count > 0 && (
        <>
          <div class="buttons">
            <button type="button" class="button" onClick={clear}>
              {c().clear} <kbd>Esc</kbd>
            </button>
            <button type="button" class="button" onClick={() => fitTo(view)}>
              {c().showAll}
            </button>
          </div>
          <GroupActions />
        </>
      )}
      <ChooseForm isOpen={count === 0} />
      {count > 0 && (
        <>
          <Kinds />
          <SelectionRate />
          {feeder.value && <FedCircuits key={feeder.value.id} feeder={feeder.value} />}
          <SelectedAlarms />
          <ChosenList view={view} />
        </>
      )}
      <HelpLines />
    </div>
  )
}

function Kinds() {
  const rows = countKinds(chosen.value, slowStates.value, stateCodes.length)
  return (
    <section>
      <h3>{c().kindsAndStates}</h3>
      <ul class="chosen-kinds">
        {rows.map(({ kind, total, counts }) => (
          <li key={kind}>
            <b>{formatNumber(total)}</b> {say(kinds.value.get(kind)?.title ?? { en: kind, zh: kind })}:{' '}
            {symbolStates
              .map((state) => ({ state, count: counts[stateCodes.indexOf(state)] ?? 0 }))
              .filter(({ count }) => count > 0)
              .map(({ state, count }) => (
                <span key={state} class="with-symbol">
                  <StateSymbol state={state} size={14} />
                  {t().facilityStates[state]} {formatNumber(count)}
                </span>
              ))}
          </li>
        ))}
      </ul>
    </section>
  )
}

function SelectionRate() {
  const lamps = chosen.value.filter(({ kind }) => kinds.value.get(kind)?.light)
  const key = lamps.map(({ number }) => number).join(' ')
  const [asked, ask] = useState(key)
  // A selection that grows click by click is asked for when it rests.
  useEffect(() => {
    const timer = setTimeout(() => ask(key), 150)
    return () => clearTimeout(timer)
  }, [key])
  const { answer, problem } = useAnswer(
    async () => (lamps.length === 0 ? null : await getSelectionRate(lamps.map(({ id }) => id))),
    `rate of ${asked}`,
    () => RATE_PAUSE,
  )
  useEffect(() => {
    selectionRate.value = answer && { key: asked, answer }
  }, [answer])
  if (lamps.length === 0) return null
  return (
    <section>
      <h3>{c().rateOf}</h3>
      {problem && <p class="problem">{problem}</p>}
      {answer ? <RateSummary row={answer.total} /> : <p class="muted">{t().loading}</p>}
    </section>
  )
}

function HelpLines() {
  return (
    <details class="more">
      <summary>{c().help}</summary>
      <dl class="facts keys">
        {c().helpLines.map(([key = '', does]) => (
          <>
            <dt key={key}>
              <kbd>{key}</kbd>
            </dt>
            <dd>{does}</dd>
          </>
        ))}
      </dl>
    </details>
  )
}
