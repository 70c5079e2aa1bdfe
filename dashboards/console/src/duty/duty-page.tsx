import { useState } from 'preact/hooks'
import type { Rotation } from '../../../../src/dispatch/duty.ts'
import type { DutyView, RosterView } from '../../../../src/edges/http/roster-schemas.ts'
import { cityOffset } from '../city-time.ts'
import { formatDue, formatFull } from '../format.ts'
import { serverNow } from '../live/live.ts'
import { mayWhole } from '../shell/access.ts'
import { Awaited } from '../shell/awaited.tsx'
import { guarded } from '../shell/guarded.tsx'
import { useKeys } from '../shell/keys.ts'
import { navigate, query, setQueries } from '../shell/router.ts'
import { useAnswer } from '../shell/use-answer.ts'
import { du } from '../texts/duty.ts'
import { qh } from '../texts/quiet-hours.ts'
import { wallText, wallTime } from '../time/wall-time.ts'
import { Crews } from './crews.tsx'
import './duty.css'
import { getDuty, getRoster } from './duty-api.ts'
import { HandoverPart } from './handover.tsx'
import { Plan } from './plan.tsx'
import { RotationForm } from './rotation-form.tsx'
import { type Chosen, SubstituteButton, SubstituteDialog } from './substitute.tsx'

const REFRESH = 30_000
const views = ['plan', 'crews', 'handover'] as const

export const DutyPage = guarded('order.read', Page)

/** Who is on duty, who will be, and what one shift tells the next. */
function Page() {
  const named = query.value.get('rotation')
  const isForm = query.value.get('view') === 'rotation' && mayWhole('roster.manage')
  useKeys(isForm ? {} : { Escape: () => navigate('/') })
  const asked = Number(query.value.get('at')) || null
  const duty = useAnswer(
    () => getDuty(asked),
    String(asked),
    () => REFRESH,
  )
  const roster = useAnswer(getRoster, '', () => REFRESH)
  const mine = views.filter((one) => one !== 'handover' || mayWhole('order.read'))
  const view = mine.find((one) => one === query.value.get('view')) ?? 'plan'
  const again = () => {
    duty.again()
    roster.again()
  }
  if (isForm) {
    const rotation = (roster.answer?.rotations as readonly Rotation[] | undefined)?.find(({ id }) => id === named) ?? null
    return (
      <div class="stack duty">
        <Awaited isThere={roster.answer !== null} problem={roster.problem} />
        {roster.answer && <RotationForm key={named} rotation={rotation} roster={roster.answer} onDone={again} />}
      </div>
    )
  }
  return (
    <div class="stack duty">
      <section class="panel no-print">
        <div class="list-bar">
          <h1>{du().title}</h1>
          <span class="grow" />
          <label class="together">
            {du().moment}
            <input
              type="datetime-local"
              value={wallText(asked ?? serverNow.value, cityOffset())}
              onChange={({ currentTarget }) => {
                const at = wallTime(currentTarget.value, cityOffset())
                if (at !== null) setQueries({ at: String(at) })
              }}
            />
          </label>
          {asked !== null && (
            <button type="button" class="button" onClick={() => setQueries({ at: null })}>
              {du().backToNow}
            </button>
          )}
        </div>
        <Awaited isThere={duty.answer !== null} problem={duty.problem || roster.problem} />
        {duty.answer && <Now duty={duty.answer} asked={asked} roster={roster.answer} again={again} />}
        <nav class="tabs" aria-label={du().title}>
          {mine.map((one) => (
            <a
              key={one}
              href={`/duty?${new URLSearchParams({ view: one, ...(asked !== null && { at: String(asked) }) })}`}
              aria-current={one === view ? 'page' : undefined}
            >
              {du().tabs[one]}
            </a>
          ))}
        </nav>
      </section>
      {roster.answer && view === 'plan' && <Plan roster={roster.answer} again={again} />}
      {roster.answer && view === 'crews' && <Crews roster={roster.answer} again={again} />}
      {roster.answer && view === 'handover' && <HandoverPart rotations={roster.answer.rotations} />}
    </div>
  )
}

interface NowProps {
  duty: DutyView
  /** Null: as it is now. */
  asked: number | null
  roster: RosterView | null
  again: () => void
}

function Now({ duty: { items, handovers, quietUntil }, asked, roster, again }: NowProps) {
  const [chosen, choose] = useState<Chosen | null>(null)
  const when = (at: number) => (asked === null ? formatDue(at, serverNow.value) : formatFull(at))
  const title = asked === null ? du().now : du().dutyAt(formatFull(asked))
  /** Whoever is of the team, and not there for another one, can be replaced where they stand. */
  const named = (shift: DutyView['items'][number]) =>
    shift.people.map((person, i) => {
      const team = roster?.rotations.find(({ id }) => id === shift.rotation)?.teams.find(({ key }) => key === shift.team)
      const isOwn = team?.people.includes(person.account) && mayWhole('roster.manage') && shift.to > serverNow.value
      return (
        <span key={person.account}>
          {i > 0 && ', '}
          {isOwn ? <SubstituteButton name={person.name} when={shift.shiftName} onClick={() => choose({ shift, person })} /> : person.name}
        </span>
      )
    })
  return (
    <section aria-label={title}>
      <h2>{title}</h2>
      {quietUntil !== null && <p class="hint">{qh().until(when(quietUntil))}</p>}
      {items.length === 0 && <p role="status">{handovers.length === 0 ? du().noRotation : du().nobody}</p>}
      <ul class="plain-list on-duty">
        {items.map((shift) => (
          <li key={`${shift.rotation}/${shift.team}`}>
            <b>
              {shift.rotationName} · {shift.teamName}
            </b>
            <span>{shift.people.length > 0 ? named(shift) : du().noPeople}</span>
            <span class="muted">
              {shift.shiftName}, {du().until(when(shift.to))}
              {shift.crew === null && ` · ${du().controlRoom}`}
            </span>
          </li>
        ))}
      </ul>
      {chosen && roster && <SubstituteDialog {...chosen} roster={roster} onDone={again} onClose={() => choose(null)} />}
      {handovers.map(
        ({ rotation, name, at }) =>
          at !== null && (
            <p key={rotation} class="muted">
              {name}: {du().next(when(at))}
            </p>
          ),
      )}
    </section>
  )
}
