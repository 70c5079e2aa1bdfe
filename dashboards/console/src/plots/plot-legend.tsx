import { formatDateTime, formatDuration, formatValue } from '../format.ts'
import { serverNow } from '../live/live.ts'
import { say } from '../settings.ts'
import { plotTexts } from '../texts/plots.ts'
import { type PlotData, sampleBefore } from './plot-data.ts'
import type { Line } from './plot-model.ts'
import { cursorAt, dashOf, letterOf } from './scene.ts'

interface LegendProps {
  data: PlotData
  lines: readonly Line[]
  labels: readonly string[]
  hidden: ReadonlySet<number>
  toggle: (line: number) => void
  /** End of the window, ms since 1970, or null while it is live. */
  end: number | null
}

/** What the lines are, and what each said at the crosshair, or last, with how old that was then. */
export function PlotLegend({ data, lines, labels, hidden, toggle, end }: LegendProps) {
  const cursor = cursorAt.value
  const at = cursor ?? end ?? serverNow.value
  const { columns, ...texts } = plotTexts()
  const several = lines.length > 1
  return (
    <table class="plot-legend">
      <caption>{cursor === null ? texts.lastValues : texts.at(formatDateTime(cursor))}</caption>
      <thead class={several ? '' : 'unseen'}>
        <tr>
          {[columns.line, columns.value, columns.range, columns.age].map((title) => (
            <th key={title} scope="col">
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {lines.map((line, i) => (
          <tr key={`${line.facility}:${line.point.key}`} class={hidden.has(i) ? 'hidden' : ''}>
            <th scope="row">
              {several ? (
                <button
                  type="button"
                  class="toggle"
                  aria-pressed={!hidden.has(i)}
                  title={texts.hide(labels[i] ?? '')}
                  onClick={() => toggle(i)}
                >
                  <Swatch line={i} />
                  {labels[i]} {unitText(line)}
                </button>
              ) : (
                <>
                  {say(line.point.title)} {unitText(line)}
                </>
              )}
            </th>
            <Reading data={data} line={line} index={i} at={at} />
          </tr>
        ))}
      </tbody>
    </table>
  )
}

const unitText = ({ point: { unit } }: Line): string => (unit && unit !== '1' ? `(${unit})` : '')

function Swatch({ line }: { line: number }) {
  return (
    <svg width="46" height="16" viewBox="0 0 46 16" aria-hidden="true">
      <line x1="0" y1="8" x2="30" y2="8" stroke="currentColor" stroke-width="1.8" stroke-dasharray={dashOf(line).join(' ')} />
      <text x="36" y="12.5" font-size="12" font-weight="700" fill="currentColor">
        {letterOf(line)}
      </text>
    </svg>
  )
}

function Reading({ data, line: { point }, index, at }: { data: PlotData; line: Line; index: number; at: number }) {
  const sample = sampleBefore(data, index, at)
  if (!sample) {
    return (
      <td colSpan={3} class="muted">
        {plotTexts().neverBefore}
      </td>
    )
  }
  const age = formatDuration(Math.max(0, at - sample.at))
  if (sample.isOver) {
    return (
      <>
        <td>–</td>
        <td />
        <td>{sample.isFlagged ? plotTexts().onlyFlagged(age) : plotTexts().wasLast(age)}</td>
      </>
    )
  }
  const [low, high] = [formatValue(point, sample.min), formatValue(point, sample.max)]
  return (
    <>
      <td>
        <b>{formatValue(point, point.type === 'number' ? sample.mean : Math.round(sample.mean))}</b>
      </td>
      <td>{low === high ? '' : `${low} – ${high}`}</td>
      <td>{age}</td>
    </>
  )
}
