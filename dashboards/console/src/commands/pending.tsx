import type { CommandView } from '../../../../src/edges/http/command-schemas.ts'
import { formatDuration, formatHour, formatNumber } from '../format.ts'
import { link, serverNow, toldCommands } from '../live/live.ts'
import { useAnswer } from '../shell/use-answer.ts'
import { useTold } from '../shell/use-told.ts'
import { c } from '../texts/commands.ts'
import { isWaiting } from './approval-state.ts'
import { stateWords } from './command-words.ts'
import { getCommand } from './commands-api.ts'
import { progressOf } from './progress.ts'
import { ProgressBar } from './progress-bar.tsx'

/** Events may be lost with the connection, ms. */
const LOOK_AGAIN = 5000
/** Facilities that did not do it and are named. */
const NAMED = 20

/** What becomes of a command that was just given. */
export function Pending({ command: given }: { command: CommandView }) {
  const { answer, again } = useAnswer(
    () => getCommand(given.id),
    `${given.id} ${link.value === 'disconnected'}`,
    () => LOOK_AGAIN,
  )
  useTold(toldCommands, (told) => told.id === given.id, again, given.id)
  const command = answer ?? given
  const progress = progressOf(command.counts)
  const waits = isWaiting(command, serverNow.value)
  const deadlines = command.targets.flatMap(({ deadline }) => deadline ?? [])
  const wrong = command.targets.filter(({ problem }) => problem !== null).slice(0, NAMED)
  const only = progress.total === 1 ? command.targets[0] : undefined
  return (
    <div class="pending" data-command={command.id}>
      <ProgressBar progress={progress} />
      <p role="status">
        {waits
          ? c().waitsUntil(formatHour(command.approval?.expires ?? 0))
          : only
            ? stateWords(only)
            : progress.underWay > 0
              ? c().underWayOf(formatNumber(progress.underWay), formatNumber(progress.total))
              : c().over(formatNumber(progress.total))}
        {!waits && progress.underWay > 0 && deadlines.length > 0 && (
          <span class="muted"> · {c().deadline(formatDuration(Math.max(0, Math.min(...deadlines) - serverNow.value)))}</span>
        )}
      </p>
      {!only && wrong.length > 0 && (
        <ul class="log">
          {wrong.map((target) => (
            <li key={target.facility}>
              {target.facility}: {stateWords(target)}
            </li>
          ))}
        </ul>
      )}
      <a class="button" href={`/commands/${encodeURIComponent(command.id)}`}>
        {c().follow}
      </a>
    </div>
  )
}
