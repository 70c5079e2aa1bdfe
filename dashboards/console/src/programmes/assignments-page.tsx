import { useState } from 'preact/hooks'
import type { ProgrammeAssignment } from '../../../../src/control/programme-set.ts'
import type { AssignmentsView, CalendarView } from '../../../../src/edges/http/programme-schemas.ts'
import { moved } from '../dispatch/moved.ts'
import { formatNumber } from '../format.ts'
import { giveLight } from '../light-changes/light-open.ts'
import { link } from '../live/live.ts'
import { t } from '../settings.ts'
import { mayWhole } from '../shell/access.ts'
import { Awaited } from '../shell/awaited.tsx'
import { Dialog } from '../shell/dialog.tsx'
import { tell } from '../shell/notice.tsx'
import { ScrollTable } from '../shell/scroll-table.tsx'
import { pr } from '../texts/programmes.ts'
import { NamedFields } from './named-fields.tsx'
import { nameIn, nameOf } from './programme-words.ts'
import { getAssignments, getCalendars } from './programmes-api.ts'
import { QueryField } from './query-field.tsx'
import { useProgrammeAnswer } from './use-programmes.ts'

type Items = readonly ProgrammeAssignment[]

const plain = ({ id, name, nameEn, query, calendar }: ProgrammeAssignment): ProgrammeAssignment => ({ id, name, nameEn, query, calendar })

/** Who has which calendar: the first line that finds a facility counts. Each change is kept at once, on the version that is shown. */
export function AssignmentsPage() {
  const { answer, problem, again } = useProgrammeAnswer(getAssignments, 'assignments')
  const { answer: calendars } = useProgrammeAnswer(getCalendars, 'calendars')
  const [edited, edit] = useState<{ place: number; before: ProgrammeAssignment | null } | null>(null)
  const [removed, remove] = useState<ProgrammeAssignment | null>(null)
  const mayEdit = mayWhole('programme.edit')
  const isOff = link.value === 'disconnected'
  const items: Items = answer?.items.map(plain) ?? []
  const keep = async (next: Items): Promise<boolean> => {
    const given = await giveLight({ type: 'assignments', assignments: [...next], version: answer?.version ?? 0 })
    again()
    return given !== null
  }
  const guarded = (work: () => void) => () => (isOff ? tell(t().refusedDisconnected, true) : work())
  return (
    <section class="panel">
      <header class="list-bar">
        <h1>{pr().tabs.assignments}</h1>
        <span class="muted">{pr().assignmentsAbout}</span>
        <span class="grow" />
        {mayEdit && calendars && calendars.items.length > 0 && (
          <button type="button" class="button" aria-disabled={isOff} onClick={guarded(() => edit({ place: items.length, before: null }))}>
            {pr().newAssignment}…
          </button>
        )}
      </header>
      <Awaited isThere={answer !== null} problem={problem} />
      {calendars?.items.length === 0 && <p class="muted">{pr().calendarsFirst}</p>}
      {answer && (
        <ScrollTable label={pr().tabs.assignments} titles={pr().assignmentColumns}>
          {answer.items.map((one, i) => (
            <AssignmentRow key={one.id} one={one} place={i} calendars={calendars?.items}>
              {mayEdit && (
                <>
                  <button
                    type="button"
                    class="button"
                    aria-label={`${pr().up}: ${nameOf(one)}`}
                    aria-disabled={isOff || i === 0}
                    onClick={guarded(() => i > 0 && void keep(moved(items, i, i - 1)))}
                  >
                    ↑
                  </button>{' '}
                  <button
                    type="button"
                    class="button"
                    aria-label={`${pr().down}: ${nameOf(one)}`}
                    aria-disabled={isOff || i === items.length - 1}
                    onClick={guarded(() => i < items.length - 1 && void keep(moved(items, i, i + 1)))}
                  >
                    ↓
                  </button>{' '}
                  <button
                    type="button"
                    class="button"
                    aria-disabled={isOff}
                    onClick={guarded(() => edit({ place: i, before: plain(one) }))}
                  >
                    {pr().change}…<span class="unseen"> {nameOf(one)}</span>
                  </button>{' '}
                  <button type="button" class="button" aria-disabled={isOff} onClick={guarded(() => remove(one))}>
                    {pr().remove}…<span class="unseen"> {nameOf(one)}</span>
                  </button>
                </>
              )}
            </AssignmentRow>
          ))}
          <tr>
            <td />
            <th scope="row">{pr().rest}</th>
            <td />
            <td>{pr().usual}</td>
            <td class="number">{formatNumber(answer.rest.lamps)}</td>
            <td class="number">{formatNumber(answer.rest.facilities - answer.rest.lamps)}</td>
            <td />
          </tr>
        </ScrollTable>
      )}
      {edited && calendars && (
        <AssignmentDialog
          before={edited.before}
          taken={items.map(({ id }) => id)}
          calendars={calendars.items}
          onSave={(one) => keep(items.toSpliced(edited.place, edited.before ? 1 : 0, one))}
          onClose={() => edit(null)}
        />
      )}
      {removed && (
        <Dialog
          title={pr().removeTitle(nameOf(removed))}
          confirm={pr().remove}
          onConfirm={() => keep(items.filter(({ id }) => id !== removed.id))}
          onClose={() => remove(null)}
        >
          <p>{pr().unassignMeans}</p>
        </Dialog>
      )}
    </section>
  )
}

interface AssignmentRowProps {
  one: AssignmentsView['items'][number]
  place: number
  calendars: readonly CalendarView[] | undefined
  children: preact.ComponentChildren
}

function AssignmentRow({ one, place, calendars, children }: AssignmentRowProps) {
  const { id, query, calendar, lamps, facilities } = one
  return (
    <tr data-assignment={id}>
      <td class="number">{place + 1}</td>
      <th scope="row">
        {nameOf(one)} <span class="muted">{id}</span>
      </th>
      <td>
        <a href={`/programmes?query=${encodeURIComponent(query)}`}>
          <code>{query === '' ? pr().all : query}</code>
        </a>
      </td>
      <td>{nameIn(calendars, calendar)}</td>
      <td class="number">{formatNumber(lamps)}</td>
      <td class="number">{formatNumber(facilities - lamps)}</td>
      <td class="nowrap">{children}</td>
    </tr>
  )
}

interface AssignmentDialogProps {
  /** Null for a new one. */
  before: ProgrammeAssignment | null
  taken: readonly string[]
  calendars: readonly CalendarView[]
  onSave: (assignment: ProgrammeAssignment) => Promise<boolean>
  onClose: () => void
}

function AssignmentDialog({ before, taken, calendars, onSave, onClose }: AssignmentDialogProps) {
  const [draft, change] = useState<ProgrammeAssignment>(
    before ?? { ...{ id: '', name: '', nameEn: '' }, query: 'kind=street-light', calendar: calendars[0]?.id ?? '' },
  )
  return (
    <Dialog title={before ? nameOf(before) : pr().newAssignment} confirm={t().save} onConfirm={() => onSave(draft)} onClose={onClose}>
      <NamedFields draft={draft} change={change} {...(!before && { taken })} />
      <QueryField label={pr().whose} value={draft.query} put={(query) => change({ ...draft, query })} />
      <label class="field">
        {pr().calendar}
        <select value={draft.calendar} onChange={({ currentTarget }) => change({ ...draft, calendar: currentTarget.value })}>
          {calendars.map((one) => (
            <option key={one.id} value={one.id} selected={one.id === draft.calendar}>
              {nameOf(one)}
            </option>
          ))}
        </select>
      </label>
      <p class="muted">{pr().countsAtOnce}</p>
    </Dialog>
  )
}
