import { type TargetState, targetStates } from '../../../../src/control/command.ts'
import type { CommandView } from '../../../../src/edges/http/command-schemas.ts'
import { formatClock, formatDateTime, formatDuration, formatFull, formatHour, formatMinutes, formatNumber } from '../format.ts'
import { link, serverNow, toldCommands } from '../live/live.ts'
import { say } from '../settings.ts'
import { may } from '../shell/access.ts'
import { Awaited } from '../shell/awaited.tsx'
import { Pager, usePages } from '../shell/pages.tsx'
import { query, setQueries } from '../shell/router.ts'
import { ScrollTable } from '../shell/scroll-table.tsx'
import { useAnswer } from '../shell/use-answer.ts'
import { useTold } from '../shell/use-told.ts'
import { c } from '../texts/commands.ts'
import { ApprovalPart } from './approval.tsx'
import { isWaiting } from './approval-state.ts'
import { type CommandTargetView, commandWords, stateWords } from './command-words.ts'
import { getCommand, getTargets } from './commands-api.ts'
import { progressOf } from './progress.ts'
import { ProgressBar } from './progress-bar.tsx'
import { StopButton } from './stop-button.tsx'

const PAGE = 100

/** One command: who wanted what and why, how far it has come, and each facility of it. */
export function CommandPage({ id }: { id: string }) {
  const { answer, problem, again } = useAnswer(() => getCommand(id), `${id} ${link.value === 'disconnected'}`)
  useTold(toldCommands, (told) => told.id === id, again, id)
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
          <b role="status">{headline(answer)}</b>
          <span class="grow" />
          {may('command.send') && <StopButton command={answer} onStopped={again} />}
        </header>
        {problem && <p class="problem">{problem}</p>}
        <ApprovalPart command={answer} onDecided={again} />
        <Facts command={answer} />
        <ProgressBar progress={progressOf(answer.counts)} />
      </section>
      <Targets command={answer} />
    </>
  )
}

function headline(command: CommandView): string {
  const { total, underWay } = progressOf(command.counts)
  if (isWaiting(command, serverNow.value)) return c().waitsUntil(formatHour(command.approval?.expires ?? 0))
  return underWay > 0 ? c().underWayOf(formatNumber(underWay), formatNumber(total)) : c().over(formatNumber(total))
}

function endWords({ until, ended, approval }: CommandView): string {
  // The time runs from when it is approved.
  if (until === null) return approval?.lasts ? c().endsAfter(formatMinutes(approval.lasts / 60_000)) : c().endsNever
  return ended ? c().endedAt(formatDateTime(until)) : c().until(formatDateTime(until))
}

function Facts({ command }: { command: CommandView }) {
  const { by, at, reason, order, ends, elsewhere } = command
  return (
    <dl class="facts">
      <dt>{c().askedBy}</dt>
      <dd>
        {by === 'clock' ? c().clock : by}, {formatFull(at)}
      </dd>
      {reason && (
        <>
          <dt>{c().reason}</dt>
          <dd class="command-reason">{reason}</dd>
        </>
      )}
      {command.query !== null && (
        <>
          <dt>{c().liveGroup}</dt>
          <dd>
            <a href={`/facilities?query=${encodeURIComponent(command.query)}`}>{command.query}</a>
          </dd>
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
      <dd>{endWords(command)}</dd>
      {elsewhere > 0 && (
        <>
          <dt>{c().elsewhere}</dt>
          <dd>{formatNumber(elsewhere)}</dd>
        </>
      )}
    </dl>
  )
}

function Targets({ command: { id, counts, total } }: { command: CommandView }) {
  const state = query.value.get('state') ?? ''
  const pages = usePages<CommandTargetView>((after) => getTargets(id, state || undefined, PAGE, after), `${id} ${state}`)
  useTold(toldCommands, (told) => told.id === id, pages.again, id)
  const present = (Object.keys(targetStates) as TargetState[]).filter((one) => (counts[one] ?? 0) > 0 || one === state)
  const choose = (to: TargetState | null) => setQueries({ state: to })
  return (
    <section class="panel">
      <fieldset class="plain button-row" aria-label={c().stateOf}>
        <button type="button" class="button" aria-pressed={state === ''} onClick={() => choose(null)}>
          {c().allOf(formatNumber(total))}
        </button>
        {present.map((one) => (
          <button key={one} type="button" class="button" aria-pressed={state === one} onClick={() => choose(one)}>
            {say(targetStates[one])} {formatNumber(counts[one] ?? 0)}
          </button>
        ))}
      </fieldset>
      <Awaited isThere={pages.page !== null} problem={pages.problem} />
      {pages.page && (
        <ScrollTable label={c().targets} titles={c().targetColumns}>
          {pages.page.items.map((target) => (
            <TargetRow key={target.facility} target={target} />
          ))}
        </ScrollTable>
      )}
      <Pager pages={pages} size={PAGE} />
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
