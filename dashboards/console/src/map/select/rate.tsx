import type { LampOnRowView } from '../../../../../src/edges/http/lamp-on-schemas.ts'
import type { LampOnVerdict } from '../../../../../src/operations/lamp-on-rate.ts'
import { formatNumber } from '../../format.ts'
import { c } from '../../texts/select.ts'
import './rate.css'
import { percent, signs } from './rate-signs.ts'

/** How a rate stands against its target: a sign and a word, no colour. */
export function Verdict({ verdict }: { verdict: LampOnVerdict }) {
  return (
    <span class={`rate-verdict is-${verdict}`}>
      <span aria-hidden="true">{signs[verdict]}</span> {c().verdicts[verdict]}
    </span>
  )
}

const litLamps = ({ lit, estimatedLit }: LampOnRowView): number => Math.floor(lit + estimatedLit + 1e-6)
export const litOf = (row: LampOnRowView): string => `${formatNumber(litLamps(row))} / ${formatNumber(row.due)}`

/** "3 to spare", "2 too few"; '' where nobody can say. */
export const marginText = ({ margin }: Pick<LampOnRowView, 'margin'>): string =>
  margin === null ? '' : c().margin(margin, formatNumber(Math.abs(margin)))

/** What is known of some lamps, in one look. */
export function RateSummary({ row }: { row: LampOnRowView }) {
  const { rate, target, unknown, estimated, exempt, unscheduled, least, most, due, notDue, dark, verdict } = row
  if (due + notDue + exempt + unscheduled === 0) return <p class="muted">{c().noLamps}</p>
  const counts = [
    [c().dark, dark],
    [c().unknown, unknown],
    [c().estimated, estimated],
    [c().exempt, exempt],
    [c().unscheduled, unscheduled],
  ] as const
  return (
    <div class="rate-summary">
      {due === 0 ? (
        <p>{c().byDay}</p>
      ) : (
        <p>
          <b class="large">{percent(rate)}</b> <Verdict verdict={verdict} /> <span class="muted">{c().target(percent(target))}</span>
          <br />
          {c().litOf(formatNumber(litLamps(row)), formatNumber(due))}
          {rate === null ? ` · ${c().nothingKnown}` : ` · ${marginText(row)}`}
          {unknown > 0 && (
            <>
              <br />
              {c().between(percent(least), percent(most))}
            </>
          )}
        </p>
      )}
      <ul class="small rate-counts">
        {counts
          .filter(([, count]) => count > 0)
          .map(([name, count]) => (
            <li key={name} title={name === c().estimated ? c().estimatedHelp : undefined}>
              {name} <b>{formatNumber(count)}</b>
            </li>
          ))}
      </ul>
    </div>
  )
}
