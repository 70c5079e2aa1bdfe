import type { OrderReportView } from '../../src/edges/http/report-schemas.ts'
import type { Text } from '../../src/telemetry/point.ts'
import { formatDateTime } from './format.ts'
import { say } from './preferences.ts'

const title: Text = { zh: '市民反映', en: 'What citizens said' }
const doubt: Text = { zh: '遥测显示灯亮着，请现场核实', en: 'Telemetry says that it burns; look for yourself' }

interface OrderReportsProps {
  reports: readonly OrderReportView[]
  /** Address of the page of a report, for who may see it. */
  pageOf?: ((report: number) => string) | undefined
}

/** Reports that an order is for, in the words of those who made them; nothing where there are none. */
export function OrderReports({ reports, pageOf }: OrderReportsProps) {
  if (reports.length === 0) return null
  return (
    <section class="part" aria-label={say(title)}>
      <h2>{say(title)}</h2>
      <ul class="log">
        {reports.map(({ id, at, kindTitle, words, facility, telemetry }) => (
          <li key={id}>
            <b>{pageOf ? <a href={pageOf(id)}>{say(kindTitle)}</a> : say(kindTitle)}</b> {words}{' '}
            <span class="muted">
              {facility && `${facility} · `}
              {formatDateTime(at)}
            </span>
            {telemetry === 'disagrees' && <strong class="late"> {say(doubt)}</strong>}
          </li>
        ))}
      </ul>
    </section>
  )
}
