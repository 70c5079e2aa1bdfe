import { useState } from 'preact/hooks'
import type { DispatchPolicy } from '../../../../src/dispatch/dispatch-policy.ts'
import type { RosterView } from '../../../../src/edges/http/roster-schemas.ts'
import { getRoster } from '../duty/duty-api.ts'
import { mayWhole } from '../shell/access.ts'
import { Awaited } from '../shell/awaited.tsx'
import { useKeys } from '../shell/keys.ts'
import { tell } from '../shell/notice.tsx'
import { navigate, query } from '../shell/router.ts'
import { useAnswer } from '../shell/use-answer.ts'
import { dp } from '../texts/dispatch.ts'
import { ClockFields } from './clock-fields.tsx'
import './dispatch.css'
import { getPolicy, type KeptPolicy, previewPolicy } from './dispatch-api.ts'
import { dropDraft, keepDraft, ownDraft, plainPolicy } from './policy-draft.ts'
import { policyChanges } from './policy-words.ts'
import { RouteList } from './route-list.tsx'
import { Changes, SaveDialog } from './save-policy.tsx'
import { imaginedFault, Trial } from './trial.tsx'
import { useSettled } from './use-settled.ts'
import { WorkCalendarView } from './work-calendar.tsx'

const REFRESH = 30_000
/** Rest between a change and the question what it would do, ms. */
const PAUSE = 300
const views = ['routes', 'clocks', 'calendar', 'try'] as const

const placesOf = ({ routes }: DispatchPolicy) => routes.map(({ id }) => id).join()

/** How faults become repairs: looked at, tried and changed. */
export function DispatchPage() {
  useKeys({ Escape: () => navigate('/administration') })
  const kept = useAnswer(getPolicy, '', () => REFRESH)
  const roster = useAnswer(getRoster, '', () => REFRESH)
  const problem = kept.problem || roster.problem
  return (
    <div class="stack dispatch">
      {kept.answer && roster.answer ? (
        <>
          <Awaited isThere problem={problem} />
          <Policy kept={kept.answer} roster={roster.answer} again={kept.again} />
        </>
      ) : (
        <section class="panel">
          <h1>{dp().title}</h1>
          <Awaited isThere={false} problem={problem} />
        </section>
      )}
    </div>
  )
}

function Policy({ kept, roster, again }: { kept: KeptPolicy; roster: RosterView; again: () => void }) {
  const draft = ownDraft()
  const base = draft?.base ?? kept
  const policy = draft?.policy ?? plainPolicy(kept)
  const view = views.find((one) => one === query.value.get('view')) ?? 'routes'
  const fault = view === 'try' ? imaginedFault() : null
  const key = JSON.stringify([policy, fault])
  const question = useSettled({ policy, fault, key }, key, PAUSE)
  const preview = useAnswer(async () => ({ ...question, view: await previewPolicy(question.policy, question.fault) }), question.key)
  const isNew = preview.answer?.key === key
  // What was found out of an earlier state stays until it is asked anew, unless it would be told at other routes.
  const found = preview.answer && (isNew || placesOf(preview.answer.policy) === placesOf(policy)) ? preview.answer.view : null
  const change = mayWhole('roster.manage') ? (next: DispatchPolicy) => keepDraft(next, base) : null
  const problems = found?.problems ?? []
  return (
    <>
      <section class="panel">
        <div class="list-bar">
          <h1>{dp().title}</h1>
          <span class="muted">{dp().about}</span>
        </div>
        {!change && <p>{dp().readOnly}</p>}
        <nav class="tabs" aria-label={dp().title}>
          {views.map((one) => (
            <a key={one} href={`/administration/dispatch?view=${one}`} aria-current={one === view ? 'page' : undefined}>
              {dp().tabs[one]}
            </a>
          ))}
        </nav>
      </section>
      {draft && <DraftBar kept={kept} roster={roster} problems={isNew ? problems.length : null} again={again} />}
      {preview.problem && (
        <p class="problem" role="alert">
          {preview.problem}
        </p>
      )}
      <section class="panel">
        {view === 'routes' && (
          <RouteList
            routes={policy.routes}
            roster={roster}
            preview={found}
            change={change && ((routes) => change({ ...policy, routes }))}
          />
        )}
        {view === 'clocks' && <ClockFields policy={policy} problems={problems} change={change} />}
        {view === 'calendar' && (
          <WorkCalendarView
            calendar={policy.calendar}
            problems={problems}
            change={change && ((calendar) => change({ ...policy, calendar }))}
          />
        )}
        {view === 'try' && <Trial routes={policy.routes} roster={roster} preview={found} />}
      </section>
    </>
  )
}

/** What is not in force yet, and what somebody else has changed meanwhile. */
function DraftBar({ kept, roster, problems, again }: { kept: KeptPolicy; roster: RosterView; problems: number | null; again: () => void }) {
  const [isSaving, save] = useState(false)
  const draft = ownDraft()
  if (!draft) return null
  const { base, policy } = draft
  const crewName = (id: string) => roster.crews.find((crew) => crew.id === id)?.name ?? id
  const changes = policyChanges(plainPolicy(base), policy, crewName)
  const isStale = kept.version !== base.version
  const discard = () => {
    dropDraft()
    tell(dp().discarded)
  }
  return (
    <>
      {isStale && (
        <section class="panel problem" role="alert">
          <h2>{dp().meanwhile}</h2>
          <p>{dp().meanwhileAbout}</p>
          <Changes changes={policyChanges(plainPolicy(base), plainPolicy(kept), crewName)} />
          <div class="buttons">
            <button type="button" class="button" onClick={() => keepDraft(policy, kept)}>
              {dp().goOn}
            </button>
            <button type="button" class="button" onClick={discard}>
              {dp().discard}
            </button>
          </div>
        </section>
      )}
      <div class="draft-bar" role="status">
        <b>{dp().notInForce(dp().changes(changes.length))}</b>
        {problems !== null && problems > 0 && <span>✕ {dp().problems(problems)}</span>}
        <span class="grow" />
        <button
          type="button"
          class="button primary"
          aria-disabled={isStale || problems !== 0}
          onClick={() => !isStale && problems === 0 && save(true)}
        >
          {dp().save}…
        </button>
        {!isStale && (
          <button type="button" class="button" onClick={discard}>
            {dp().discard}
          </button>
        )}
      </div>
      {isSaving && <SaveDialog policy={policy} base={base} changes={changes} again={again} onClose={() => save(false)} />}
    </>
  )
}
