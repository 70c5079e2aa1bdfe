import type { OverrideView } from '../../../../src/edges/http/programme-schemas.ts'
import { formatFull, formatNumber } from '../format.ts'
import { link } from '../live/live.ts'
import { t } from '../settings.ts'
import { may } from '../shell/access.ts'
import { Awaited } from '../shell/awaited.tsx'
import { tell } from '../shell/notice.tsx'
import { Pager, usePages } from '../shell/pages.tsx'
import { query, setQueries } from '../shell/router.ts'
import { ScrollTable } from '../shell/scroll-table.tsx'
import { pr } from '../texts/programmes.ts'
import { Conditions } from './conditions.tsx'
import { OverrideDialog } from './override-dialog.tsx'
import { EndButton, lightWords } from './override-lines.tsx'
import type { nameIn } from './programme-words.ts'
import { getOverrides, getProgrammes } from './programmes-api.ts'
import { useProgrammeAnswer, useToldProgrammes } from './use-programmes.ts'

const PAGE = 50

/** Another light for a time: by hand in fog, storm or for an event, by a sensor, or by an emergency plan; and the sensors that ask for it. */
export function OverridesPage() {
  const state = query.value.get('state') === 'all' ? 'all' : 'open'
  const pages = usePages<OverrideView>((after) => getOverrides(state, PAGE, after), `${state} ${link.value === 'disconnected'}`)
  useToldProgrammes(pages.again, state)
  const { answer: programmes } = useProgrammeAnswer(getProgrammes, 'programmes')
  const { page, problem } = pages
  const isOff = link.value === 'disconnected'
  const isNew = query.value.get('new') === '1' && may('programme.override')
  return (
    <>
      <section class="panel">
        <header class="list-bar">
          <h1>{pr().tabs.overrides}</h1>
          <span class="muted">{pr().overridesAbout}</span>
          <span class="grow" />
          {(['open', 'all'] as const).map((one) => (
            <button
              key={one}
              type="button"
              class="button"
              aria-pressed={one === state}
              onClick={() => setQueries({ state: one === 'open' ? null : one }, false)}
            >
              {pr().overrideStates[one]}
            </button>
          ))}
          {may('programme.override') && (
            <button
              type="button"
              class="button"
              aria-disabled={isOff}
              onClick={() => (isOff ? tell(t().refusedDisconnected, true) : setQueries({ new: '1' }))}
            >
              {pr().newOverride}…
            </button>
          )}
        </header>
        <Awaited isThere={page !== null} problem={problem} />
        {page?.items.length === 0 && !problem && <p class="muted">{pr().noOverrides}</p>}
        {page && page.items.length > 0 && !problem && (
          <ScrollTable label={pr().tabs.overrides} titles={pr().overrideColumns}>
            {page.items.map((one) => (
              <OverrideRow key={one.id} override={one} programmes={programmes?.items} onEnded={pages.again} />
            ))}
          </ScrollTable>
        )}
        <Pager pages={pages} size={PAGE} />
      </section>
      <Conditions />
      {isNew && (
        <OverrideDialog
          programmes={programmes?.items ?? []}
          query={query.value.get('query') ?? 'kind=street-light'}
          onDone={pages.again}
          onClose={() => setQueries({ new: null, query: null })}
        />
      )}
    </>
  )
}

interface OverrideRowProps {
  override: OverrideView
  programmes: Parameters<typeof nameIn>[0]
  onEnded: () => void
}

function OverrideRow({ override, programmes, onEnded }: OverrideRowProps) {
  const { id, state, from, until, ended, endedBy, reason, by, query: whose, lamps, plan } = override
  return (
    <tr data-override={id} data-state={state}>
      <td>{pr().overrideState[state]}</td>
      <th scope="row">{lightWords(override, programmes)}</th>
      <td>
        {formatFull(from)} – {ended === null ? formatFull(until) : pr().endedBy(formatFull(ended), endedBy ?? '')}
      </td>
      <td>
        <a href={`/programmes?query=${encodeURIComponent(whose)}`}>
          <code>{whose === '' ? pr().all : whose}</code>
        </a>
      </td>
      <td class="number">{formatNumber(lamps)}</td>
      <td>
        {reason}
        {plan !== null && <span class="tag">{pr().byPlan}</span>}
      </td>
      <td>{by}</td>
      <td class="nowrap">
        <EndButton override={override} onEnded={onEnded} />
      </td>
    </tr>
  )
}
