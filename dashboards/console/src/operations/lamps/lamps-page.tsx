import { energyGroupings } from '../../../../../src/edges/lamp-history.ts'
import { lampGroupings } from '../../../../../src/edges/lamp-on-rates.ts'
import { may } from '../../shell/access.ts'
import { lazy } from '../../shell/lazy.tsx'
import { query, setQueries } from '../../shell/router.ts'
import { lh } from '../../texts/lamp-history.ts'
import { l } from '../../texts/lamps.ts'
import { c } from '../../texts/select.ts'
import './lamps.css'
import { LiveRates } from './live-rates.tsx'

const RateHistory = lazy(async () => (await import('./rate-history.tsx')).RateHistory)
const LightingEnergy = lazy(async () => (await import('./energy.tsx')).LightingEnergy)

const views = ['live', 'history', 'energy'] as const
type View = (typeof views)[number]

const oneOf = <T extends string>(list: readonly T[], text: string | null): T => list.find((one) => one === text) ?? (list[0] as T)
const addressOf = (view: View) => `/operations${view === 'live' ? '' : `?view=${view}`}`

/** How many of the lamps that should be lit are and were, and what their light took. */
export function LampsPage() {
  const view = oneOf(views, query.value.get('view'))
  const wanted = query.value.get('by')
  const groupings = view === 'energy' ? energyGroupings : lampGroupings
  const by = oneOf(groupings, wanted)
  return (
    <>
      <div class="list-bar">
        <h1>{l().title}</h1>
        <nav class="together" aria-label={l().title}>
          {views.map((one) => (
            <a key={one} class="button" href={addressOf(one)} aria-current={one === view ? 'page' : undefined}>
              {l().views[one]}
            </a>
          ))}
        </nav>
        <label class="together">
          {c().groupBy}
          <select value={by} onChange={({ currentTarget }) => setQueries({ by: currentTarget.value, key: null })}>
            {groupings.map((name) => (
              <option key={name} value={name}>
                {lh().by[name]}
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
      {view === 'live' && <LiveRates by={oneOf(lampGroupings, wanted)} />}
      {view === 'history' && <RateHistory by={oneOf(lampGroupings, wanted)} />}
      {view === 'energy' && <LightingEnergy by={by} />}
    </>
  )
}
