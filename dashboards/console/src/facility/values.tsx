import type { FacilityDetail, KindView, PointView } from '../../../../src/edges/http/schemas.ts'
import { freshness, type Said } from '../mimic/element-state.ts'
import { say } from '../settings.ts'
import { f } from '../texts/facility.ts'
import { m } from '../texts/mimic.ts'
import { p } from '../texts/plant.ts'
import type { Limits } from './limits.ts'
import { ValueBar } from './value-bar.tsx'

interface ValuesProps {
  detail: FacilityDetail
  kind: KindView
  said: Said
  limits: Limits
  /** What was chosen in the process picture: its values are shown alone until all are wanted again. */
  chosen: { title: PointView['title']; points: readonly string[] } | null
  onAll: () => void
}

/** The values of a facility, those that say most first. */
export function Values({ detail, kind, said, limits, chosen, onAll }: ValuesProps) {
  const { gauges } = kind.panel
  const order = [...gauges, ...kind.points.map(({ key }) => key).filter((key) => !gauges.includes(key))]
  const points = (chosen?.points ?? order).flatMap((key): PointView[] => kind.points.filter((point) => point.key === key))
  const bars = (shown: readonly PointView[]) => (
    <ul>
      {shown.map((point) => (
        <ValueBar
          key={point.key}
          point={point}
          latest={said.latest.get(point.key)}
          expected={detail.expected.find((one) => one.point === point.key)}
          limits={limits.get(point.key) ?? []}
          freshness={freshness(said, point.key)}
          large={gauges.includes(point.key)}
        />
      ))}
    </ul>
  )
  // Circuits a cabinet does not use would fill the page with dashes.
  const silent = chosen ? [] : points.filter(({ key }) => !said.latest.has(key))
  const numbers = points.filter(({ type }) => type === 'number').map(({ key }) => key)
  return (
    <section class="panel values">
      <div class="list-bar">
        <h2>{chosen ? m().valuesOf(say(chosen.title)) : p().values}</h2>
        <span class="grow" />
        {chosen && numbers.length > 0 && (
          <a class="button" href={`/plots?series=${encodeURIComponent(`${detail.facility.id}:${numbers.join(',')}`)}`}>
            {f().trendOf}
          </a>
        )}
        {chosen && (
          <button type="button" class="button" onClick={onAll}>
            {m().allValues}
          </button>
        )}
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <section class="scrolled" tabIndex={0} aria-label={p().values}>
        {bars(points.filter(({ key }) => !silent.some((one) => one.key === key)))}
        {silent.length > 0 && (
          <details>
            <summary>{p().neverReportedPoints(String(silent.length))}</summary>
            {bars(silent)}
          </details>
        )}
        <p class="muted small">{p().barKey}</p>
      </section>
    </section>
  )
}
