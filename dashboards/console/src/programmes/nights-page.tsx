import type { ControlProgramme } from '../../../../src/control/control-programme.ts'
import type { ControlProgrammeView } from '../../../../src/edges/http/programme-schemas.ts'
import { formatFull } from '../format.ts'
import { mayWhole } from '../shell/access.ts'
import { Awaited } from '../shell/awaited.tsx'
import { query, setQueries } from '../shell/router.ts'
import { ScrollTable } from '../shell/scroll-table.tsx'
import { useAnswer } from '../shell/use-answer.ts'
import { pr } from '../texts/programmes.ts'
import { DayCurve } from './day-curve.tsx'
import { NightForm } from './night-form.tsx'
import { nameOf, stepsWords } from './programme-words.ts'
import { getProgrammes, tryOut } from './programmes-api.ts'
import { useProgrammeAnswer } from './use-programmes.ts'

/** The control programmes: each the light of one night. */
export function NightsPage() {
  const { answer, problem, again } = useProgrammeAnswer(getProgrammes, 'programmes')
  const edited = query.value.get('edit')
  const mayEdit = mayWhole('programme.edit')
  if (answer && edited !== null && mayEdit) {
    const found = answer.items.find(({ id }) => id === edited) ?? null
    return <NightForm key={edited} programme={found} taken={answer.items.map(({ id }) => id)} onDone={again} />
  }
  return (
    <section class="panel">
      <header class="list-bar">
        <h1>{pr().tabs.nights}</h1>
        <span class="muted">{pr().nightsAbout}</span>
        <span class="grow" />
        {mayEdit && (
          <button type="button" class="button" onClick={() => setQueries({ edit: 'new' }, false)}>
            {pr().newNight}…
          </button>
        )}
      </header>
      <Awaited isThere={answer !== null} problem={problem} />
      {answer?.items.length === 0 && <p class="muted">{pr().noNights}</p>}
      {answer && answer.items.length > 0 && (
        <>
          <ScrollTable label={pr().tabs.nights} titles={pr().nightColumns} class="programme-table">
            {answer.items.map((one) => (
              <NightRow key={one.id} programme={one} mayEdit={mayEdit} />
            ))}
          </ScrollTable>
          <p class="muted">{pr().changedBy(answer.by, formatFull(answer.at))}</p>
        </>
      )}
    </section>
  )
}

function NightRow({ programme, mayEdit }: { programme: ControlProgrammeView; mayEdit: boolean }) {
  return (
    <tr data-programme={programme.id}>
      <th scope="row">
        {nameOf(programme)} <span class="muted">{programme.id}</span>
      </th>
      <td>
        <TriedOut steps={programme.steps} label={nameOf(programme)} isSmall />
      </td>
      <td>{stepsWords(programme.steps)}</td>
      <td>
        {mayEdit && (
          <button type="button" class="button" onClick={() => setQueries({ edit: programme.id }, false)}>
            {pr().change}…<span class="unseen"> {nameOf(programme)}</span>
          </button>
        )}
      </td>
    </tr>
  )
}

/** What steps make of tonight in the middle of the city. */
export function TriedOut({ steps, label, isSmall }: { steps: ControlProgramme['steps']; label: string; isSmall?: boolean }) {
  const { answer, problem } = useAnswer(async () => (steps.length === 0 ? null : await tryOut(steps)), JSON.stringify(steps))
  if (problem) return <p class="problem">{problem}</p>
  if (!answer) return null
  const changes = answer.changes.map(({ at, level }) => ({ at, level: level / 100 }))
  return <DayCurve span={answer} dusk={answer.dusk} dawn={answer.dawn} changes={changes} label={label} {...(isSmall && { isSmall })} />
}
