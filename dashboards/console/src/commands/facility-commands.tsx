import { useEffect } from 'preact/hooks'
import type { CommandView } from '../../../../src/edges/http/command-schemas.ts'
import type { FacilityDetail, KindView } from '../../../../src/edges/http/schemas.ts'
import { formatDateTime } from '../format.ts'
import { link, toldCommands } from '../live/live.ts'
import { say } from '../settings.ts'
import { may } from '../shell/access.ts'
import { useKeys } from '../shell/keys.ts'
import { act } from '../shell/notice.tsx'
import { Pager, usePages } from '../shell/pages.tsx'
import { c } from '../texts/commands.ts'
import { commandOpen } from './command-open.ts'
import { commandWords, stateWords } from './command-words.ts'
import { cancelCommand, listCommands } from './commands-api.ts'
import { isHeld } from './stop-button.tsx'

const PAGE = 5

interface FacilityCommandsProps {
  detail: FacilityDetail
  kind: KindView
}

/** What a facility was told and what became of it; it can be told more from here, with the key `c` too. */
export function FacilityCommands({ detail, kind }: FacilityCommandsProps) {
  const { id } = detail.facility
  useKeys({ c: () => (commandOpen.value = { ids: [id], query: null }) })
  const pages = usePages((before) => listCommands({ facility: id, limit: PAGE, before }), id)
  useEffect(() => {
    // Of a large group an event names the first facilities only.
    const isOurs = ({ targets, counts }: CommandView) =>
      targets.some(({ facility }) => facility === id) || Object.values(counts).reduce((sum, count) => sum + count, 0) > targets.length
    return toldCommands.subscribe((told) => told.some(isOurs) && pages.again())
  }, [id])
  const { page, problem } = pages
  return (
    <section class="panel commands">
      <h2>{c().commands}</h2>
      {may('command.send') && (
        <div class="buttons">
          {kind.commands.map(({ key, title }) => (
            <button
              key={key}
              type="button"
              class="button"
              aria-disabled={link.value !== 'live'}
              onClick={() => (commandOpen.value = { ids: [id], query: null, command: key })}
            >
              {c().arm(say(title))}
            </button>
          ))}
        </div>
      )}
      {problem && <p class="problem">{problem}</p>}
      {page?.items.length === 0 && <p class="muted">{c().none}</p>}
      <ul class="alarm-lines">
        {page?.items.map((command) => (
          <CommandLine key={command.id} facility={id} command={command} onChanged={pages.again} />
        ))}
      </ul>
      <Pager pages={pages} size={PAGE} />
      {(page?.items.length ?? 0) > 0 && <a href={`/commands?facility=${encodeURIComponent(id)}`}>{c().every}</a>}
    </section>
  )
}

interface CommandLineProps {
  facility: string
  command: CommandView
  onChanged: () => void
}

function CommandLine({ facility, command, onChanged }: CommandLineProps) {
  const target = command.targets.find((one) => one.facility === facility)
  if (!target) return null
  const purpose = c().purposes[command.purpose]
  const callBack = async () => {
    if (await act(() => cancelCommand(command.id))) onChanged()
  }
  return (
    <li data-command={command.id} data-state={target.state}>
      <a href={`/commands/${encodeURIComponent(command.id)}`}>{commandWords(command)}</a>
      <span>{stateWords(target)}</span>
      <span class="muted">
        {c().by(command.by, formatDateTime(command.at))}
        {purpose && ` · ${purpose}`}
        {isHeld(command) && ` · ${c().until(formatDateTime(command.until as number))}`}
      </span>
      {isHeld(command) && command.elsewhere === 0 && may('command.send') && (
        <button type="button" class="button" onClick={callBack}>
          {c().cancel}
        </button>
      )}
    </li>
  )
}
