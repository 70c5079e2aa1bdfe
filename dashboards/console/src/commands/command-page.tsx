import { useEffect, useState } from 'preact/hooks'
import type { CommandView } from '../../../../src/edges/http/command-schemas.ts'
import { formatClock, formatDateTime, formatDuration, formatFull, formatNumber } from '../format.ts'
import { link, serverNow } from '../live/live.ts'
import { may } from '../shell/access.ts'
import { Awaited } from '../shell/awaited.tsx'
import { query, setQueries } from '../shell/router.ts'
import { ScrollTable } from '../shell/scroll-table.tsx'
import { useAnswer } from '../shell/use-answer.ts'
import { c } from '../texts/commands.ts'
import { type CommandTargetView, commandWords, stateWords } from './command-words.ts'
import { getCommand } from './commands-api.ts'
import { type ProgressPart, progressOf, progressParts, statesOf } from './progress.ts'
import { ProgressBar } from './progress-bar.tsx'
import { StopButton } from './stop-button.tsx'
import { useToldCommands } from './use-told.ts'

/** Facilities that are shown at a time. */
const SHOWN = 200

/** One command: who wanted what and why, how far it has come, and each facility of it. */
export function CommandPage({ id }: { id: string }) {
  const { answer, problem, again } = useAnswer(() => getCommand(id), `${id} ${link.value === 'disconnected'}`)
  useToldCommands((told) => told.id === id, again, id)
  if (!answer) {
    return (
      <section class="panel">
        <h1>{c().command}</h1>
        <Awaited isThere={false} problem={problem} />
      </section>
    )
  }
  return (
    <>
      <section class="panel">
        <header class="command-head">
          <h1>{commandWords(answer)}</h1>
          <span role="status" class="progress-words">
            {headline(answer)}
          </span>
          <span class="grow" />
          {may('command.send') && <StopButton command={answer} onStopped={again} />}
        </header>
        {problem && <p class="problem">{problem}</p>}
        <Facts command={answer} />
        <ProgressBar progress={progressOf(answer.counts)} />
      </section>
      <Targets command={answer} />
    </>
  )
}

function headline({ counts }: CommandView): string {
  const { total, underWay } = progressOf(counts)
  return underWay > 0 ? c().underWayOf(formatNumber(underWay), formatNumber(total)) : c().over(formatNumber(total))
}

function Facts({ command }: { command: CommandView }) {
  const { by, at, reason, order, ends, until, ended, elsewhere } = command
  return (
    <dl class="facts">
      <dt>{c().askedBy}</dt>
      <dd>
        {by === 'clock' ? c().clock : by}, {formatFull(at)}
      </dd>
      {reason && (
        <>
          <dt>{c().reason}</dt>
          <dd class="breakable-line">{reason}</dd>
        </>
      )}
      {order !== null && (
        <>
          <dt>{c().order}</dt>
          <dd>
            <a href={`/orders/${order}`}>{order}</a>
          </dd>
        </>
      )}
      {ends !== null && (
        <>
          <dt>{c().endsCommand}</dt>
          <dd>
            <a href={`/commands/${encodeURIComponent(ends)}`}>{ends}</a>
          </dd>
        </>
      )}
      <dt>{c().ends}</dt>
      <dd>{until === null ? c().endsNever : ended ? c().endedAt(formatDateTime(until)) : c().until(formatDateTime(until))}</dd>
      {elsewhere > 0 && (
        <>
          <dt>{c().elsewhere}</dt>
          <dd>{formatNumber(elsewhere)}</dd>
        </>
      )}
    </dl>
  )
}

function Targets({ command: { targets, counts } }: { command: CommandView }) {
  const progress = progressOf(counts)
  const part = progressParts.find((one) => one === query.value.get('part')) ?? null
  const [most, showMost] = useState(SHOWN)
  useEffect(() => showMost(SHOWN), [part])
  const wanted = part && new Set<string>(statesOf(part))
  const shown = wanted ? targets.filter(({ state }) => wanted.has(state)) : targets
  const choose = (to: ProgressPart | null) => setQueries({ part: to })
  return (
    <section class="panel">
      <fieldset class="plain button-row" aria-label={c().stateOf}>
        <button type="button" class="button" aria-pressed={part === null} onClick={() => choose(null)}>
          {c().allOf(formatNumber(progress.total))}
        </button>
        {progressParts
          .filter((one) => progress[one] > 0 || one === part)
          .map((one) => (
            <button key={one} type="button" class="button" aria-pressed={part === one} onClick={() => choose(one)}>
              {c().progress[one](formatNumber(progress[one]))}
            </button>
          ))}
      </fieldset>
      <ScrollTable label={c().targets} titles={c().targetColumns}>
        {shown.slice(0, most).map((target) => (
          <TargetRow key={target.facility} target={target} />
        ))}
      </ScrollTable>
      {shown.length > most && (
        <button type="button" class="button" onClick={() => showMost(most + SHOWN)}>
          {c().moreTargets(formatNumber(shown.length - most))}
        </button>
      )}
    </section>
  )
}

const clock = (at: number | null): string => (at === null ? '–' : formatClock(at))

function TargetRow({ target }: { target: CommandTargetView }) {
  const { facility, times, deadline, over, attempts } = target
  return (
    <tr data-target={facility} data-state={target.state}>
      <th scope="row">
        <a href={`/facilities/${encodeURIComponent(facility)}`}>{facility}</a>
      </th>
      <td>
        {stateWords(target)}
        {deadline !== null && <span class="muted"> · {c().deadline(formatDuration(Math.max(0, deadline - serverNow.value)))}</span>}
      </td>
      <td>{clock(times.accepted)}</td>
      <td>
        {clock(times.sent)}
        {attempts > 1 && <span class="muted"> ×{attempts}</span>}
      </td>
      <td>{clock(times.confirmed)}</td>
      <td>{clock(times.seen)}</td>
      <td>{clock(over)}</td>
    </tr>
  )
}
