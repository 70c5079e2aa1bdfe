import { targetStates } from '../../../../src/control/command.ts'
import type { CommandView } from '../../../../src/edges/http/command-schemas.ts'
import { formatFull, formatHour, formatNumber } from '../format.ts'
import { link, serverNow, toldCommands } from '../live/live.ts'
import { say } from '../settings.ts'
import { Awaited } from '../shell/awaited.tsx'
import { Pager, usePages } from '../shell/pages.tsx'
import { query, setQueries } from '../shell/router.ts'
import { ScrollTable } from '../shell/scroll-table.tsx'
import { useTold } from '../shell/use-told.ts'
import { useTyped } from '../shell/use-typed.ts'
import { c } from '../texts/commands.ts'
import { isWaiting } from './approval-state.ts'
import { commandWords } from './command-words.ts'
import { listCommands } from './commands-api.ts'
import { progressOf } from './progress.ts'
import { ProgressBar } from './progress-bar.tsx'

const PAGE = 50

/** What the city was told, newest first, and what became of it. */
export function CommandsPage() {
  const state = query.value.get('state') ?? ''
  const facility = query.value.get('facility') ?? ''
  const sought = useTyped(facility, (text) => setQueries({ facility: text.trim() || null }, false))
  const pages = usePages<CommandView>(
    (before) => listCommands({ state: state || undefined, facility: facility || undefined, limit: PAGE, before }),
    `${state} ${facility} ${link.value === 'disconnected'}`,
  )
  useTold(toldCommands, () => true, pages.again, '')
  const { page, problem } = pages
  return (
    <section class="panel">
      <header class="list-bar">
        <h1>{c().commands}</h1>
        <span class="grow" />
        <label>
          {c().stateOf}{' '}
          <select value={state} onChange={({ currentTarget }) => setQueries({ state: currentTarget.value || null }, false)}>
            <option value="">{c().anyState}</option>
            {Object.entries(targetStates).map(([key, title]) => (
              <option key={key} value={key}>
                {say(title)}
              </option>
            ))}
          </select>
        </label>
        <label>
          {c().target} <input type="search" {...sought} maxLength={64} />
        </label>
      </header>
      <Awaited isThere={page !== null} problem={problem} />
      {page?.items.length === 0 && !problem && <p class="muted">{c().noneFound}</p>}
      {page && page.items.length > 0 && !problem && (
        <ScrollTable label={c().commands} titles={c().columns}>
          {page.items.map((command) => (
            <CommandRow key={command.id} command={command} />
          ))}
        </ScrollTable>
      )}
      <Pager pages={pages} size={PAGE} />
    </section>
  )
}

function CommandRow({ command }: { command: CommandView }) {
  const { id, at, by, reason, targets, counts, purpose } = command
  const progress = progressOf(counts)
  return (
    <tr data-command={id}>
      <td class="command-times">{formatFull(at)}</td>
      <th scope="row">
        <a href={`/commands/${encodeURIComponent(id)}`}>{commandWords(command)}</a>
        {purpose !== 'direct' && <span class="muted"> · {c().purposes[purpose]}</span>}
      </th>
      <td>{progress.total === 1 ? targets[0]?.facility : c().facilities(formatNumber(progress.total))}</td>
      <td>
        <ProgressBar progress={progress} />
        {isWaiting(command, serverNow.value) && <span class="tag">{c().waitsUntil(formatHour(command.approval?.expires ?? 0))}</span>}
      </td>
      <td>{by === 'clock' ? c().clock : by}</td>
      <td class="command-reason">{reason}</td>
    </tr>
  )
}
