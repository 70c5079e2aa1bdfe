import type { KindView } from '../../../../src/edges/http/schemas.ts'
import { formatNumber } from '../format.ts'
import { MOST_LINES } from '../plots/series.ts'
import { say } from '../settings.ts'
import { TitledOptions } from '../shell/titled-options.tsx'
import { r } from '../texts/readings.ts'

interface PointBarProps {
  kind: KindView
  points: readonly string[]
  choose: (points: readonly string[]) => void
}

/** Chooses points of a kind. */
export function PointBar({ kind, points, choose }: PointBarProps) {
  const isFull = points.length >= MOST_LINES
  const add = (event: { currentTarget: HTMLSelectElement }) => {
    const point = event.currentTarget.value
    event.currentTarget.value = ''
    if (point) choose([...points, point])
  }
  return (
    <fieldset class="list-bar plain" aria-label={r().points}>
      {points.length > 1 &&
        points.map((key) => {
          const name = say(kind.points.find((point) => point.key === key)?.title ?? { en: key, zh: key })
          const remove = () => choose(points.filter((other) => other !== key))
          return (
            <button key={key} type="button" class="button" aria-label={r().removePoint(name)} onClick={remove}>
              {name} ×
            </button>
          )
        })}
      {isFull ? (
        <span class="muted">{r().mostPoints(formatNumber(MOST_LINES))}</span>
      ) : (
        <select aria-label={r().addPoint} value="" onChange={add}>
          <option value="">{r().addPoint}</option>
          <TitledOptions of={kind.points.filter(({ key }) => !points.includes(key))} />
        </select>
      )}
    </fieldset>
  )
}
