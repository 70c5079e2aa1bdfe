import { type LampGrouping, lampGroupings } from '../../../../../src/edges/lamp-on-rates.ts'
import { may } from '../../shell/access.ts'
import { query, setQueries } from '../../shell/router.ts'
import { l } from '../../texts/lamps.ts'
import { c } from '../../texts/select.ts'
import './lamps.css'
import { LiveRates } from './live-rates.tsx'

const isGrouping = (text: string | null): text is LampGrouping => lampGroupings.includes(text as LampGrouping)

/** How many of the lamps that should be lit are. */
export function LampsPage() {
  const wanted = query.value.get('by')
  const by = isGrouping(wanted) ? wanted : 'road'
  return (
    <>
      <div class="list-bar">
        <h1>{l().title}</h1>
        <label class="together">
          {c().groupBy}
          <select value={by} onChange={({ currentTarget }) => setQueries({ by: currentTarget.value })}>
            {lampGroupings.map((name) => (
              <option key={name} value={name}>
                {c().groupings[name]}
              </option>
            ))}
          </select>
        </label>
        <span class="grow" />
        {may('order.read') && (
          <a class="button" href="/orders?view=list">
            {l().repairQueue}
          </a>
        )}
      </div>
      <LiveRates by={by} />
    </>
  )
}
