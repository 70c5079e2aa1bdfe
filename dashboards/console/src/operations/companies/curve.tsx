import { formatDue, formatHour, formatNumber } from '../../format.ts'
import { say } from '../../settings.ts'
import { f } from '../../texts/companies.ts'
import type { CompanyViewAnswer } from './companies-api.ts'
import { pathOf, rangeOf } from './curve-geometry.ts'

const PLANE = { width: 640, height: 150 }
/** Lines are told apart by how they are drawn: colour is for what is abnormal. */
const dashes = ['', '7 3', '2 3', '10 3 2 3', '1 4', '14 4'] as const

/** Lines over time with their limits; what is not known is a gap. */
export function Curve({ curve: { title, unit, digits, at, lines, limits } }: { curve: CompanyViewAnswer['curves'][number] }) {
  const range = rangeOf(
    lines.map(({ values }) => values),
    limits.map(({ value }) => value),
  )
  const [first, last] = [at[0], at.at(-1)]
  if (!range || first === undefined || last === undefined) {
    return (
      <figure class="curve">
        <figcaption>{say(title)}</figcaption>
        <p class="muted">{f().noCurve}</p>
      </figure>
    )
  }
  const y = (value: number) => PLANE.height - ((value - range.low) / (range.high - range.low)) * PLANE.height
  const when = last - first > 86_400_000 ? (time: number) => formatDue(time, first) : formatHour
  return (
    <figure class="curve">
      <figcaption>
        {say(title)} <span class="muted">{unit}</span>
      </figcaption>
      <div class="curve-plane">
        <span class="small muted curve-scale">
          <span>{formatNumber(range.high, digits)}</span>
          <span>{formatNumber(range.low, digits)}</span>
        </span>
        <svg
          viewBox={`0 0 ${PLANE.width} ${PLANE.height}`}
          preserveAspectRatio="none"
          role="img"
          aria-label={f().curveOf(say(title), when(first), when(last))}
        >
          {limits.map(({ value, title: name }) => (
            <line key={name.en} class="curve-limit" x1={0} x2={PLANE.width} y1={y(value)} y2={y(value)} />
          ))}
          {lines.map(({ key, values }, i) => (
            <path key={key} d={pathOf(at, values, range, PLANE)} stroke-dasharray={dashes[i % dashes.length]} />
          ))}
        </svg>
      </div>
      <p class="small muted curve-times">
        <span>{when(first)}</span>
        <span>{when(last)}</span>
      </p>
      <ul class="small curve-legend">
        {lines.map(({ key, title: name }, i) => (
          <li key={key}>
            <svg viewBox="0 0 30 6" aria-hidden="true">
              <path d="M0 3H30" stroke-dasharray={dashes[i % dashes.length]} />
            </svg>
            {say(name)}
          </li>
        ))}
        {limits.map(({ title: name, value }) => (
          <li key={name.en}>
            <svg viewBox="0 0 30 6" aria-hidden="true">
              <line class="curve-limit" x1={0} x2={30} y1={3} y2={3} />
            </svg>
            {say(name)} {formatNumber(value, digits)}
          </li>
        ))}
      </ul>
    </figure>
  )
}
