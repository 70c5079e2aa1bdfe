import { formatWhen } from '../format.ts'
import { serverNow } from '../live/live.ts'
import { t } from '../settings.ts'
import { mayWhole } from '../shell/access.ts'
import { guarded } from '../shell/guarded.tsx'
import { useKeys } from '../shell/keys.ts'
import { navigate, query } from '../shell/router.ts'
import { useAnswer } from '../shell/use-answer.ts'
import { du } from '../texts/duty.ts'
import { Crews } from './crews.tsx'
import './duty.css'
import { getDuty, getRoster } from './duty-api.ts'
import { HandoverPart } from './handover.tsx'
import { Plan } from './plan.tsx'

const REFRESH = 30_000
const views = ['plan', 'crews', 'handover'] as const

export const DutyPage = guarded('order.read', Page)

/** Who is on duty, who will be, and what one shift tells the next. */
function Page() {
  useKeys({ Escape: () => navigate('/') })
  const duty = useAnswer(getDuty, '', () => REFRESH)
  const roster = useAnswer(getRoster, '', () => REFRESH)
  const mine = views.filter((one) => one !== 'handover' || mayWhole('order.read'))
  const view = mine.find((one) => one === query.value.get('view')) ?? 'plan'
  const again = () => {
    duty.again()
    roster.again()
  }
  return (
    <div class="stack duty">
      <section class="panel no-print">
        <div class="list-bar">
          <h1>{du().title}</h1>
        </div>
        {(duty.problem || roster.problem) && (
          <p class="problem" role="alert">
            {duty.problem || roster.problem}
          </p>
        )}
        {duty.answer ? <Now duty={duty.answer} /> : !duty.problem && <p class="hint muted">{t().loading}</p>}
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

function Now({ duty: { items, handovers } }: { duty: Awaited<ReturnType<typeof getDuty>> }) {
  const when = (at: number) => formatWhen(at, serverNow.value)
  return (
    <section aria-label={du().now}>
      <h2>{du().now}</h2>
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
