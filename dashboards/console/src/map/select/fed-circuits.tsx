import { useEffect } from 'preact/hooks'
import { formatNumber } from '../../format.ts'
import { getFacility } from '../../live/api.ts'
import type { WallFacility } from '../../live/live-state.ts'
import { t } from '../../settings.ts'
import { TableHead } from '../../shell/table-head.tsx'
import { useAnswer } from '../../shell/use-answer.ts'
import { StateSymbol } from '../../symbols.tsx'
import { c } from '../../texts/select.ts'
import { layersOn, switchLayer } from '../map-state.ts'
import { dashOf } from './cables.ts'
import { litOf } from './rate.tsx'
import { RATE_PAUSE } from './rate-signs.ts'
import { getCircuits } from './select-api.ts'
import { choose, circuits } from './select-state.ts'

/** What feeds others: its circuits as a list, and what it hangs on itself. */
export function FedCircuits({ feeder: { id } }: { feeder: WallFacility }) {
  const { answer, problem } = useAnswer(
    () => getCircuits(id),
    `circuits of ${id}`,
    () => RATE_PAUSE,
  )
  const { answer: detail } = useAnswer(() => getFacility(id), `detail of ${id}`)
  useEffect(() => {
    circuits.value = answer && { feeder: id, answer }
    return () => {
      circuits.value = null
    }
  }, [answer])
  return (
    <section>
      <h3>{c().feeds(id)}</h3>
      {problem && <p class="problem">{problem}</p>}
      <label class="check">
        <input
          type="checkbox"
          checked={layersOn.value.has('feeds')}
          onChange={(event) => switchLayer('feeds', event.currentTarget.checked)}
        />
        {c().drawFeeds}
      </label>
      {detail && (
        <p>
          {c().upstream}:{' '}
          {detail.feeders.length === 0 ? (
            <span class="muted">{detail.facility.fedBy ?? c().feedsItself}</span>
          ) : (
            detail.feeders.map((one, i) => (
              <span key={one.id} class="with-symbol">
                {i > 0 && ' ← '}
                <StateSymbol state={one.state} size={14} />
                <a href={`/facilities/${encodeURIComponent(one.id)}`}>{one.id}</a>
                {t().facilityStates[one.state]}
              </span>
            ))
          )}
        </p>
      )}
      {answer && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
        <section class="sideways" tabIndex={0} aria-label={c().feeds(id)}>
          <table class="grid-table">
            <TableHead titles={c().circuitColumns} />
            <tbody>
              {answer.circuits.map(({ circuit, state, alarm, facilities, lamps }) => (
                <tr key={circuit}>
                  <th scope="row">
                    <svg class="dash" width="44" height="10" viewBox="0 0 44 10" aria-hidden="true">
                      <path d="M0 5H44" fill="none" stroke="currentcolor" stroke-width="2.5" stroke-dasharray={dashOf(circuit).join(' ')} />
                    </svg>{' '}
                    {circuit === null ? (
                      c().noCircuit
                    ) : (
                      <button type="button" class="narrowing" onClick={() => void choose({ by: 'feeder', id, circuit })}>
                        {c().circuit(String(circuit))}
                      </button>
                    )}
                  </th>
                  <td>{alarm === null ? c().circuitStates[state] : <a href={`/alarms/${alarm}`}>✕ {c().circuitStates[state]}</a>}</td>
                  <td class="number">{formatNumber(facilities)}</td>
                  <td class="number">{lamps.due > 0 ? litOf(lamps) : '–'}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
      <p class="small muted">{c().cableNote}</p>
      <div class="buttons">
        <button type="button" class="button" onClick={() => void choose({ by: 'feeder', id, circuit: null })}>
          {c().selectAllFed}
        </button>
      </div>
    </section>
  )
}
