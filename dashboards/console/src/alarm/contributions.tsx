import type { PointView } from '../../../../src/edges/http/schemas.ts'
import { formatNumber, formatWithUnit } from '../format.ts'
import { say } from '../settings.ts'
import { a } from '../texts/alarm.ts'
import type { Contribution } from './contribution.ts'

/** Half the width of the drawing stands for at least so many sigmas, so that small deviations look small. */
const LEAST_SCALE = 5

/** Which points deviate and by how much: bars to the left of the middle are below the usual, to the right above it. */
export function Contributions({ list, points }: { list: readonly Contribution[]; points: readonly PointView[] }) {
  if (list.length === 0) return null
  const scale = Math.max(LEAST_SCALE, ...list.map(({ sigmas }) => Math.abs(sigmas)))
  return (
    <>
      <h3>{a().contributions}</h3>
      <table class="contributions">
        <tbody>
          {list.map(({ point: key, sigmas, expected, value }) => {
            const point = points.find((candidate) => candidate.key === key)
            const width = (50 * Math.abs(sigmas)) / scale
            return (
              <tr key={key}>
                <th scope="row">{point ? say(point.title) : key}</th>
                <td>
                  <svg viewBox="0 0 100 14" preserveAspectRatio="none" aria-hidden="true">
                    <rect class="ground-bar" width="100" height="14" />
                    <rect class="value-part" x={sigmas < 0 ? 50 - width : 50} width={width} height="14" />
                    <path class="target-mark" d="M50 0V14" />
                  </svg>
                </td>
                <td class="nowrap">
                  <b>
                    {sigmas < 0 ? '−' : '+'}
                    {formatNumber(Math.abs(sigmas), 1)} σ
                  </b>
                </td>
                <td>
                  {value !== undefined && formatWithUnit(point, value)}{' '}
                  {expected !== undefined && <span class="muted">{a().insteadOf(formatWithUnit(point, expected))}</span>}
                </td>
              </tr>
            )
          })}
        </tbody>
      </table>
      <p class="muted small">{a().contributionsKey}</p>
    </>
  )
}
