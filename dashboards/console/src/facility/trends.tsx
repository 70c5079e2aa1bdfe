import type { KindView, PointView } from '../../../../src/edges/http/schemas.ts'
import type { PlotLimit } from '../plots/plot.tsx'
import { Trend } from '../plots/trend.tsx'
import { say } from '../settings.ts'
import { query, setQuery } from '../shell/router.ts'
import { p } from '../texts/plant.ts'

const hour = 3_600_000
const ranges = { '1h': hour, '6h': 6 * hour, '24h': 24 * hour, '7d': 168 * hour } as const
type Range = keyof typeof ranges
const isRange = (text: string | null): text is Range => text !== null && text in ranges

/** The kind's plots over a range that stands in the address. */
export function Trends({ kind, facility, limits }: { kind: KindView; facility: string; limits: ReadonlyMap<string, PlotLimit[]> }) {
  const asked = query.value.get('range')
  const range = isRange(asked) ? asked : '1h'
  return (
    <section class="panel trends">
      <div class="trend-head">
        <h2>{p().trends}</h2>
        <span class="grow" />
        {(Object.keys(ranges) as Range[]).map((name) => (
          <button key={name} type="button" class="button" aria-pressed={name === range} onClick={() => setQuery('range', name)}>
            {p().ranges[name]}
          </button>
        ))}
      </div>
      {kind.panel.trends.map((keys) => {
        const points = keys.flatMap((key): PointView[] => kind.points.filter((point) => point.key === key))
        const title = points.map((point) => say(point.title)).join(' · ')
        return (
          <div key={keys.join()}>
            <h3>{title}</h3>
            <Trend
              facility={facility}
              points={points}
              limits={keys.flatMap((key) => limits.get(key) ?? [])}
              length={ranges[range]}
              end={null}
              height={180}
            />
          </div>
        )
      })}
      <p class="muted small">{p().trendKey}</p>
    </section>
  )
}
