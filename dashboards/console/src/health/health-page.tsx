import type { Health } from '../../../../src/edges/health.ts'
import { formatClock, formatDuration, formatFull, formatWhen } from '../format.ts'
import { serverNow } from '../live/live.ts'
import { say } from '../settings.ts'
import { may } from '../shell/access.ts'
import { Awaited } from '../shell/awaited.tsx'
import { useKeys } from '../shell/keys.ts'
import { navigate } from '../shell/router.ts'
import { useAnswer } from '../shell/use-answer.ts'
import { StateSymbol } from '../symbols.tsx'
import { h } from '../texts/health.ts'
import { getHealth, getTrends } from './health-api.ts'
import { ruleOf } from './measure-text.ts'
import { ConditionTag, PartPanel } from './part-panel.tsx'
import { SettingsPanel } from './settings-panel.tsx'
import './health.css'

const REFRESH = 5_000
const TREND_REFRESH = 60_000

/** Whether the service itself is well: first in one line, then by parts with what to do. */
export function HealthPage() {
  useKeys({ Escape: () => navigate('/administration') })
  const { answer, problem } = useAnswer(getHealth, '', () => REFRESH)
  return (
    <div class="stack health">
      <div class="list-bar">
        <h1>{h().title}</h1>
        {answer && <span class="muted">{h().asOf(formatClock(answer.at))}</span>}
        <span class="grow" />
        {may('storage.read') && (
          <a class="button" href="/storage">
            {h().more}
          </a>
        )}
      </div>
      <Awaited isThere={answer !== null} problem={problem} />
      {answer && <Found health={answer} isStale={problem !== ''} />}
    </div>
  )
}

function Found({ health, isStale }: { health: Health; isStale: boolean }) {
  const points = health.parts.flatMap(({ measures }) =>
    measures.flatMap(({ key, unit, value }) => (unit === 'point' && typeof value === 'number' ? [key] : [])),
  )
  const { facility } = health
  const trends = useAnswer(
    async () => (facility === null || points.length === 0 ? null : await getTrends(facility, points)),
    `${facility} ${points.join()}`,
    () => TREND_REFRESH,
  )
  return (
    <div class={isStale ? 'stack old-figures' : 'stack'}>
      <Verdict health={health} />
      <div class="parts">
        {health.parts.map((part) => (
          <PartPanel key={part.key} part={part} trends={trends.answer} now={health.at} />
        ))}
      </div>
      {trends.problem && (
        <p class="muted small">
          {h().noTrends} {trends.problem}
        </p>
      )}
      <OwnAlarms health={health} />
      <SettingsPanel settings={health.settings} />
    </div>
  )
}

function Verdict({ health: { condition, parts, problems, version, runtime, started } }: { health: Health }) {
  const named = (wanted: Health['condition']) =>
    parts
      .filter((part) => part.condition === wanted)
      .map(({ key }) => h().parts[key])
      .join(h().and)
  const line = condition === 'bad' ? h().bad(named('bad')) : condition === 'look' ? h().look(named('look')) : h().well
  return (
    <section class={`panel health-verdict ${condition}`}>
      <p class="line" role="status">
        <ConditionTag condition={condition} /> <b>{line}</b>
      </p>
      <p class="muted small">
        {h().running(version, formatDuration(serverNow.value - started), formatFull(started))} {runtime}
      </p>
      {problems.length > 0 && (
        <details>
          <summary>{h().says}</summary>
          <ul>
            {problems.map((one) => (
              <li key={one} class="breakable">
                {one}
              </li>
            ))}
          </ul>
        </details>
      )}
    </section>
  )
}

function OwnAlarms({ health: { alarms, facility, at } }: { health: Health }) {
  return (
    <section class="panel">
      <div class="list-bar">
        <h2>{h().alarms}</h2>
        {facility !== null && <a href={`/facilities/${encodeURIComponent(facility)}`}>{facility}</a>}
      </div>
      {facility === null && <p class="muted">{h().notItself}</p>}
      {facility !== null && alarms.length === 0 && <p class="muted">{h().noAlarms}</p>}
      <ul class="alarm-lines">
        {alarms.map(({ id, rule, priority, raised, active, acknowledged }) => (
          <li key={id}>
            <StateSymbol state={priority} look={acknowledged ? 'acknowledged' : active ? 'unacknowledged' : 'returned'} />
            <a href={`/alarms/${id}`}>{say(ruleOf(rule)?.title ?? { en: rule, zh: rule })}</a>
            <span class="muted">{formatWhen(raised, at)}</span>
            {!active && <span class="tag">{h().returned}</span>}
          </li>
        ))}
      </ul>
    </section>
  )
}
