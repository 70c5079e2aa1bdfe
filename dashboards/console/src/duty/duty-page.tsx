import type { Rotation } from '../../../../src/dispatch/duty.ts'
import type { DutyView } from '../../../../src/edges/http/roster-schemas.ts'
import { cityOffset } from '../city-time.ts'
import { formatFull, formatWhen } from '../format.ts'
import { serverNow } from '../live/live.ts'
import { mayWhole } from '../shell/access.ts'
import { Awaited } from '../shell/awaited.tsx'
import { guarded } from '../shell/guarded.tsx'
import { useKeys } from '../shell/keys.ts'
import { navigate, query, setQueries } from '../shell/router.ts'
import { useAnswer } from '../shell/use-answer.ts'
import { du } from '../texts/duty.ts'
import { wallText, wallTime } from '../time/wall-time.ts'
import { Crews } from './crews.tsx'
import './duty.css'
import { getDuty, getRoster } from './duty-api.ts'
import { HandoverPart } from './handover.tsx'
import { Plan } from './plan.tsx'
import { RotationForm } from './rotation-form.tsx'

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
        {duty.answer && <Now duty={duty.answer} asked={asked} />}
        <nav class="tabs" aria-label={du().title}>
          {mine.map((one) => (
            <a key={one} href={`/duty?view=${one}`} aria-current={one === view ? 'page' : undefined}>
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

function Now({ duty: { items, handovers }, asked }: { duty: DutyView; asked: number | null }) {
  const when = (at: number) => (asked === null ? formatWhen(at, serverNow.value) : formatFull(at))
  const title = asked === null ? du().now : du().dutyAt(formatFull(asked))
  return (
    <section aria-label={title}>
      <h2>{title}</h2>
      {items.length === 0 && <p role="status">{handovers.length === 0 ? du().noRotation : du().nobody}</p>}
      <ul class="plain-list on-duty">
        {items.map(({ rotation, rotationName, team, teamName, crew, shiftName, to, people }) => (
          <li key={`${rotation}/${team}`}>
            <b>
              {rotationName} · {teamName}
            </b>
            <span>{people.length > 0 ? people.map(({ name }) => name).join(', ') : du().noPeople}</span>
            <span class="muted">
              {shiftName}, {du().until(when(to))}
              {crew === null && ` · ${du().controlRoom}`}
            </span>
          </li>
        ))}
      </ul>
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
