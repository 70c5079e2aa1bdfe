import { formatDateTime, formatDuration, formatNumber } from '../format.ts'
import { serverNow } from '../live/live.ts'
import { t } from '../settings.ts'
import { useKeys } from '../shell/keys.ts'
import { navigate } from '../shell/router.ts'
import { useAnswer } from '../shell/use-answer.ts'
import { s } from '../texts/alarm-system.ts'
import { getFlood, getKpi } from './alarm-system-api.ts'
import { IncidentTree } from './incident-tree.tsx'
import { Proposals } from './proposals.tsx'
import { Sources } from './sources.tsx'

/** What was behind a flood and what to do about it; prints on one sheet of A4. */
export function FloodReview({ id }: { id: number }) {
  useKeys({ Escape: () => navigate('/alarm-system') })
  const { answer: found, problem } = useAnswer(() => getFlood(id), String(id))
  const flood = found?.flood
  const end = flood?.ended ?? serverNow.peek()
  if (problem) return <p class="problem">{problem}</p>
  if (!found || !flood) return <p class="muted hint">{t().loading}</p>
  const duration = formatDuration(end - flood.started)
  return (
    <div class="stack review">
      <div class="list-bar">
        <h1>{s().review(formatDateTime(flood.started))}</h1>
        <span class="grow" />
        <a class="button" href="/alarm-system">
          {s().title}
        </a>
        <button type="button" class="button" onClick={() => print()}>
          {s().print}
        </button>
      </div>
      <dl class="line">
        <dt>{s().reviewFacts.duration}</dt>
        <dd>{flood.ended === null ? s().goesOn(duration) : duration}</dd>
        <dt>{s().reviewFacts.alarms}</dt>
        <dd>{formatNumber(flood.alarms)}</dd>
        <dt>{s().reviewFacts.peak}</dt>
        <dd>
          {formatNumber(flood.peak)} ({formatDateTime(flood.peakAt)})
        </dd>
        {flood.ended !== null && (
          <>
            <dt>{s().reviewFacts.ended}</dt>
            <dd>{formatDateTime(flood.ended)}</dd>
          </>
        )}
      </dl>
      {!found.complete && <p class="problem">{s().incomplete}</p>}
      <IncidentTree incidents={found.incidents} count={found.count} />
      <Proposals flood={id} />
      <WorstActors from={flood.started} to={end} />
    </div>
  )
}

function WorstActors({ from, to }: { from: number; to: number }) {
  const { answer: kpi, problem } = useAnswer(() => getKpi(from, to), `${from}`)
  if (problem) return <p class="problem">{problem}</p>
  if (!kpi) return <p class="muted hint">{t().loading}</p>
  return (
    <div class="kpi-columns">
      <Sources title={s().worst} sources={kpi.top.sources} total={kpi.alarms} />
      <Sources title={s().chattering} sources={kpi.chattering} total={kpi.alarms} />
    </div>
  )
}
