import { formatDateTime, formatNumber } from '../format.ts'
import { Awaited } from '../shell/awaited.tsx'
import { useKeys } from '../shell/keys.ts'
import { navigate, query, setQuery } from '../shell/router.ts'
import { ScrollTable } from '../shell/scroll-table.tsx'
import { useAnswer } from '../shell/use-answer.ts'
import { meaning, tr } from '../texts/traffic.ts'
import { Diagnosis } from './diagnosis.tsx'
import { Rejected } from './rejected.tsx'
import { Tap } from './tap.tsx'
import { getTraffic, type TrafficView } from './traffic-api.ts'
import './traffic.css'

const REFRESH = 5_000
const SHOWN = 50

/** What comes and goes, or of one device what the address names. */
export function TrafficPage() {
  const device = query.value.get('device')
  if (device !== null) return <Diagnosis key={device} id={device} />
  return <Everything />
}

function Everything() {
  useKeys({ Escape: () => navigate('/administration') })
  const { answer, problem } = useAnswer(getTraffic, '', () => REFRESH)
  return (
    <div class="stack traffic">
      <section class="panel">
        <div class="list-bar">
          <h1>{tr().title}</h1>
          <span class="grow" />
          <Find />
        </div>
        <p class="muted small">{tr().about}</p>
        <Awaited isThere={answer !== null} problem={problem} />
        {answer && <Counts title={tr().rejections} items={answer.rejections} />}
        {answer && <Counts title={tr().refusals} items={answer.refusals} />}
      </section>
      <Tap />
      {answer && (
        <section class="panel">
          <h2>{tr().refused}</h2>
          <RefusedConnects items={answer.refused.slice(0, SHOWN)} />
          <h2>{tr().rejected}</h2>
          {answer.rejected.length === 0 && <p class="muted">{tr().none}</p>}
          <Rejected items={answer.rejected.slice(0, SHOWN)} />
        </section>
      )}
    </div>
  )
}

function Find() {
  return (
    <form
      class="together"
      onSubmit={(event) => {
        event.preventDefault()
        const wanted = String(new FormData(event.currentTarget).get('id')).trim()
        if (wanted) setQuery('device', wanted, false)
      }}
    >
      <input name="id" maxLength={64} aria-label={`${tr().find}: ${tr().findMeans}`} placeholder={tr().findMeans} />
      <button type="submit" class="button">
        {tr().look}
      </button>
    </form>
  )
}

function Counts({ title, items }: { title: string; items: TrafficView['rejections'] }) {
  return (
    <>
      <h2>{title}</h2>
      {items.length === 0 && <p class="muted">{tr().none}</p>}
      {items.length > 0 && (
        <ScrollTable label={title} titles={tr().countColumns}>
          {items.map(({ reason, help, count, lastHour }) => (
            <tr key={reason}>
              <th scope="row" class="nowrap">
                {reason}
              </th>
              <td class="number">{formatNumber(lastHour)}</td>
              <td class="number">{formatNumber(count)}</td>
              <td>{meaning(reason, help)}</td>
            </tr>
          ))}
        </ScrollTable>
      )}
    </>
  )
}

function RefusedConnects({ items }: { items: TrafficView['refused'] }) {
  if (items.length === 0) return <p class="muted">{tr().none}</p>
  return (
    <ScrollTable label={tr().refused} titles={tr().refusedColumns}>
      {items.map((one, i) => (
        <tr key={`${one.at} ${i}`}>
          <td class="nowrap">{formatDateTime(one.at)}</td>
          <td>{one.id === null ? '—' : <a href={`/administration/traffic?device=${encodeURIComponent(one.id)}`}>{one.id}</a>}</td>
          <td>{one.clientId ?? '—'}</td>
          <td class="nowrap">{one.address || '—'}</td>
          <td class="nowrap" title={meaning(one.reason, one.help)}>
            {one.reason}
          </td>
          <td>{one.detail === one.help || one.detail === one.address ? meaning(one.reason, one.help) : one.detail}</td>
        </tr>
      ))}
    </ScrollTable>
  )
}
