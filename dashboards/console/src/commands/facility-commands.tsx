import { useEffect } from 'preact/hooks'
import type { CommandView } from '../../../../src/edges/http/command-schemas.ts'
import type { FacilityDetail, KindView } from '../../../../src/edges/http/schemas.ts'
import { latestOf } from '../facility/use-facility.ts'
import { formatDateTime, formatWithUnit } from '../format.ts'
import { toldCommands } from '../live/live.ts'
import { language } from '../settings.ts'
import { may } from '../shell/access.ts'
import { act } from '../shell/notice.tsx'
import { Pager, usePages } from '../shell/pages.tsx'
import { c } from '../texts/commands.ts'
import { CommandButtons } from './command-buttons.tsx'
import { commandWords, stateWords } from './command-words.ts'
import { cancelCommand, listCommands } from './commands-api.ts'
import { isHeld } from './stop-button.tsx'

const PAGE = 5

interface FacilityCommandsProps {
  detail: FacilityDetail
  kind: KindView
}

/** What a facility was told and what became of it; single lamps can be told more from here. */
export function FacilityCommands({ detail, kind }: FacilityCommandsProps) {
  const { id } = detail.facility
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
      {may('command.send') && kind.light && (
        <CommandButtons facility={id} commands={kind.commands} present={presentOf(detail, kind)} onSent={pages.again} />
      )}
      {problem && <p class="problem">{problem}</p>}
      {page?.items.length === 0 && <p class="muted">{c().none}</p>}
      <ul class="alarm-lines">
        {page?.items.map((command) => (
          <CommandLine key={command.id} facility={id} command={command} onChanged={pages.again} />
        ))}
      </ul>
      <Pager pages={pages} size={PAGE} />
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

/** Headline of the facility in words. */
function presentOf(detail: FacilityDetail, kind: KindView): string {
  const point = kind.points.find(({ key }) => key === kind.panel.headline)
  const said = point && latestOf(detail).get(point.key)
  return point && said ? `${point.title[language.value]} ${formatWithUnit(point, said.value)}` : '—'
}
