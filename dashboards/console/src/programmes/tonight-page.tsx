import { useState } from 'preact/hooks'
import { addDays } from '../../../../src/control/calendar-day.ts'
import type { OverrideView, PreviewView } from '../../../../src/edges/http/programme-schemas.ts'
import { QueryHelp } from '../facility/query-help.tsx'
import { formatDateTime, formatHour, formatNumber } from '../format.ts'
import { serverNow } from '../live/live.ts'
import { mayWhole } from '../shell/access.ts'
import { Awaited } from '../shell/awaited.tsx'
import { query, setQueries } from '../shell/router.ts'
import { ScrollTable } from '../shell/scroll-table.tsx'
import { useAnswer } from '../shell/use-answer.ts'
import { pr } from '../texts/programmes.ts'
import { DayCurve } from './day-curve.tsx'
import { lightWords, OverrideLines } from './override-lines.tsx'
import { nameIn, percent } from './programme-words.ts'
import { getAssignments, getDevices, getOverrides, getPreview, getProgrammes } from './programmes-api.ts'
import { useProgrammeAnswer } from './use-programmes.ts'

/** Groups that are drawn at a time. */
const SHOWN = 6
/** The curve says what is asked now; a night goes over into the next at noon, ms. */
const LOOK_AGAIN = 60_000

/** Names of what makes a light so. */
interface Sources {
  programmes: Parameters<typeof nameIn>[0]
  assignments: Parameters<typeof nameIn>[0]
  overrides: readonly OverrideView[] | undefined
}

/** The light of tonight or of another night: of the city, of all that a query finds, or of one facility, and why it is so. */
export function TonightPage() {
  const date = query.value.get('date') ?? ''
  const wanted = query.value.get('query') ?? ''
  const facility = query.value.get('facility') ?? ''
  const key = `${date} ${wanted} ${facility}`
  const { answer, problem } = useProgrammeAnswer(
    () => getPreview(facility ? { facility, date: date || undefined } : { query: wanted || undefined, date: date || undefined }),
    `night ${key} ${Math.floor(serverNow.value / LOOK_AGAIN)}`,
  )
  const { answer: programmes } = useProgrammeAnswer(getProgrammes, 'programmes')
  const { answer: overrides, again } = useProgrammeAnswer(() => getOverrides('open', 200), 'overrides')
  const { answer: assignments } = useAnswer(async () => (mayWhole('city.read') ? await getAssignments() : null), 'names')
  const sources = { programmes: programmes?.items, assignments: assignments?.items, overrides: overrides?.items }
  const inForce = (overrides?.items ?? []).filter(({ state }) => state === 'in-force')
  return (
    <>
      <section class="panel">
        <header class="list-bar">
          <h1>{answer ? (date ? pr().nightOf(answer.date) : pr().tonightOf(answer.date)) : pr().tabs.tonight}</h1>
          <span class="grow" />
          <Choice shown={answer?.date} />
        </header>
        <Differing />
        {inForce.length > 0 && (
          <section aria-label={pr().inForce}>
            <h2>{pr().inForce}</h2>
            <OverrideLines overrides={inForce} programmes={programmes?.items} onEnded={again} />
          </section>
        )}
        <Awaited isThere={answer !== null} problem={problem} />
        {answer && answer.groups.length === 0 && !problem && <p class="muted">{pr().nothingFound}</p>}
        {answer && answer.without > 0 && <p class="muted">{pr().without(formatNumber(answer.without))}</p>}
      </section>
      {answer && !problem && <Groups key={key} preview={answer} sources={sources} />}
    </>
  )
}

/** Which night, and whose. */
function Choice({ shown }: { shown: string | undefined }) {
  const wanted = query.value.get('facility') ? `id=${query.value.get('facility')}` : (query.value.get('query') ?? '')
  const step = (days: number) => shown && setQueries({ date: addDays(shown, days) }, false)
  return (
    <form
      class="night-choice"
      onSubmit={(event) => {
        event.preventDefault()
        const form = new FormData(event.currentTarget)
        setQueries({ query: String(form.get('query')).trim() || null, facility: null }, false)
      }}
    >
      <button type="button" class="button" aria-label={pr().before} onClick={() => step(-1)}>
        ◀
      </button>
      <input
        type="date"
        aria-label={pr().night}
        value={shown ?? ''}
        onChange={({ currentTarget }) => setQueries({ date: currentTarget.value || null }, false)}
      />
      <button type="button" class="button" aria-label={pr().after} onClick={() => step(1)}>
        ▶
      </button>
      <button
        type="button"
        class="button"
        aria-pressed={query.value.get('date') === null}
        onClick={() => setQueries({ date: null }, false)}
      >
        {pr().tabs.tonight}
      </button>
      <input
        name="query"
        type="search"
        key={wanted}
        aria-label={pr().whose}
        placeholder={pr().whose}
        defaultValue={wanted}
        maxLength={2000}
        autocomplete="off"
        spellcheck={false}
      />
      <button type="submit" class="button">
        {pr().show}
      </button>
      <QueryHelp onChoose={(text) => setQueries({ query: text, facility: null }, false)} />
    </form>
  )
}

/** How many devices run something else, since nobody looks at that list by themselves. */
function Differing() {
  const { answer } = useProgrammeAnswer(() => getDevices(undefined, 1), 'differing', LOOK_AGAIN)
  const { differs = 0, unanswered = 0 } = answer?.counts ?? {}
  if (differs + unanswered === 0) return null
  return (
    <p class="request">
      {pr().someDiffer(formatNumber(differs), formatNumber(unanswered))} <a href="/programmes/devices?state=differs">{pr().lookAt}</a>
    </p>
  )
}

function Groups({ preview, sources }: { preview: PreviewView; sources: Sources }) {
  const [most, showMost] = useState(SHOWN)
  const { groups } = preview
  return (
    <>
      {groups.slice(0, most).map((group) => (
        <Group key={group.example} group={group} preview={preview} sources={sources} />
      ))}
      {groups.length > most && (
        <button type="button" class="button" onClick={() => showMost(most + SHOWN)}>
          {pr().moreGroups(formatNumber(groups.length - most))}
        </button>
      )}
    </>
  )
}

type PreviewGroup = PreviewView['groups'][number]
type Change = PreviewGroup['changes'][number]

function whyWords({ programme, assignment, override }: Change, { programmes, assignments, overrides }: Sources): string {
  if (override !== null) {
    const found = overrides?.find(({ id }) => id === override)
    return found ? pr().byOverride(found.reason, lightWords(found, programmes)) : pr().override
  }
  const light = programme === null ? pr().usual : nameIn(programmes, programme)
  return assignment === null ? light : `${nameIn(assignments, assignment)}: ${light}`
}

function Group({ group, preview, sources }: { group: PreviewGroup; preview: PreviewView; sources: Sources }) {
  const { lamps, facilities, example, dusk, dawn, changes } = group
  const now = serverNow.value
  const present = now >= preview.from && now < preview.until ? changes.findLast(({ at }) => at <= now) : undefined
  const reasons = [...new Set(changes.map((change) => whyWords(change, sources)))]
  const title = [lamps > 0 && pr().lamps(formatNumber(lamps)), facilities > lamps && pr().others(formatNumber(facilities - lamps))]
    .filter(Boolean)
    .join(' · ')
  return (
    <section class="panel night-group" aria-label={`${title} ${example}`}>
      <header class="list-bar">
        <h2>{title}</h2>
        <span>{reasons.join(' · ')}</span>
        <span class="grow" />
        {present && <b>{pr().now(percent(present.level))}</b>}
        <span class="muted">
          {pr().forPlaceOf} <a href={`/facilities/${encodeURIComponent(example)}`}>{example}</a>
        </span>
      </header>
      <DayCurve
        span={preview}
        dusk={dusk}
        dawn={dawn}
        changes={changes.map(({ at, level }) => ({ at, level: level / 100 }))}
        label={title}
      />
      <details>
        <summary>{pr().steps}</summary>
        <ScrollTable label={`${pr().steps} ${example}`} titles={pr().changeColumns}>
          {changes.map((change) => (
            <tr key={change.at}>
              <td title={formatDateTime(change.at)}>{formatHour(change.at)}</td>
              <td class="number">{percent(change.level)}</td>
              <td>{whyWords(change, sources)}</td>
            </tr>
          ))}
        </ScrollTable>
      </details>
    </section>
  )
}
