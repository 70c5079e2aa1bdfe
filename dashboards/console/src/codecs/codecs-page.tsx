import { formatDateTime, formatFull, formatNumber } from '../format.ts'
import { Awaited } from '../shell/awaited.tsx'
import { useKeys } from '../shell/keys.ts'
import { Pager, usePages } from '../shell/pages.tsx'
import { navigate, query, setQuery } from '../shell/router.ts'
import { ScrollTable } from '../shell/scroll-table.tsx'
import { c } from '../texts/codecs.ts'
import { getCodecs, type Listed } from './codec-api.ts'
import { CodecPage } from './codec-page.tsx'
import './codecs.css'

const PAGE = 50
/** In the address in place of an id, which cannot begin so. */
const NEW = '-'

/** Vendors' payload codecs: all of them, or the one the address names. */
export function CodecsPage() {
  const shown = query.value.get('codec')
  if (shown === null) return <CodecList />
  return <CodecPage key={shown} id={shown === NEW ? null : shown} />
}

function CodecList() {
  useKeys({ Escape: () => navigate('/administration') })
  const pages = usePages((after) => getCodecs(PAGE, after), '')
  const items = pages.page?.items ?? []
  return (
    <section class="panel">
      <div class="list-bar">
        <h1>{c().title}</h1>
        <span class="muted">{c().about}</span>
        <span class="grow" />
        <button type="button" class="button" onClick={() => setQuery('codec', NEW, false)}>
          {c().newCodec}…
        </button>
      </div>
      <Awaited isThere={pages.page !== null} problem={pages.problem} />
      {pages.page && items.length === 0 && <p class="muted">{c().none}</p>}
      {items.length > 0 && (
        <ScrollTable label={c().title} titles={c().columns}>
          {items.map((codec) => (
            <Row key={codec.id} codec={codec} />
          ))}
        </ScrollTable>
      )}
      <Pager pages={pages} size={PAGE} />
    </section>
  )
}

function Row({ codec }: { codec: Listed }) {
  const { id, title, figures, usedBy, by, at, reason } = codec
  const failed = Object.values(figures.failures).reduce((sum, count) => sum + count, 0)
  const runs = figures.decodes + failed
  return (
    <tr>
      <th scope="row">
        <a href={`/administration/codecs?${new URLSearchParams({ codec: id })}`}>{id}</a>
        <br />
        <span class="small">{title}</span>
      </th>
      <td>{formatNumber(figures.decodes)}</td>
      <td>{formatNumber(failed)}</td>
      <td class="nowrap">{runs > 0 ? c().perDecode(formatNumber((1000 * figures.ms) / runs, 1)) : '–'}</td>
      <td class="breakable">
        <State figures={figures} />
      </td>
      <td>{usedBy.join(', ')}</td>
      <td class="nowrap">
        {by}, {formatFull(at)}
      </td>
      <td class="breakable">{reason}</td>
    </tr>
  )
}

/** Whether it runs, and why it last did not. */
export function State({ figures }: Pick<Listed, 'figures'>) {
  const { suspendedUntil, lastFailure, decodes } = figures
  if (suspendedUntil === null && lastFailure === null) return <>{decodes > 0 ? c().fine : c().unused}</>
  return (
    <>
      {suspendedUntil !== null && <span class="tag">{c().suspended(formatDateTime(suspendedUntil))}</span>}{' '}
      {lastFailure && (
        <>
          {c().lastFailed(formatDateTime(lastFailure.at))}: {c().reasons[lastFailure.reason]}
          {lastFailure.line !== null && `, ${c().line(String(lastFailure.line))}`} <span class="muted">{lastFailure.error}</span>
        </>
      )}
    </>
  )
}
