import type { FacilityDetail, KindView } from '../../../../src/edges/http/schemas.ts'
import { Contributions } from '../alarm/contributions.tsx'
import { formatNumber } from '../format.ts'
import { say } from '../settings.ts'
import { p } from '../texts/plant.ts'

/** Deviations below so many of a point's own sigmas are its usual scatter. */
const NOTABLE = 2

/** What the rules that learn by themselves know of a facility, and how far its latest reading is from the usual. */
export function Learned({ detail, kind }: { detail: FacilityDetail; kind: KindView }) {
  if (detail.learned.length === 0) return null
  return (
    <section class="panel">
      <h2>{p().learned}</h2>
      {detail.learned.map(({ rule, progress, share, points }) => {
        const title = kind.rules.find(({ key }) => key === rule)?.title
        const list = points
          .filter(({ sigmas }) => Math.abs(sigmas) >= NOTABLE)
          .sort((left, right) => Math.abs(right.sigmas) - Math.abs(left.sigmas))
          .map((one) => ({ ...one, value: detail.latest.find(({ point }) => point === one.point)?.value }))
        return (
          <div key={rule}>
            <h3>{title ? say(title) : rule}</h3>
            {progress < 1 && (
              <p class="progress">
                <progress max={1} value={progress} aria-label={p().stillLearning('')} />
                {p().stillLearning(`${formatNumber(Math.floor(progress * 100))} %`)}
              </p>
            )}
            {share !== null && (
              <p>
                {p().distance(`${formatNumber(share * 100)} %`)} {share > 1 && <span class="tag">{p().unusual}</span>}
              </p>
            )}
            <Contributions list={list} points={kind.points} />
          </div>
        )
      })}
    </section>
  )
}
