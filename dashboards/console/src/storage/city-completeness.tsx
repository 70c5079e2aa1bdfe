import { useMemo } from 'preact/hooks'
import { cityDate } from '../city-time.ts'
import { formatNumber } from '../format.ts'
import { formatDate } from '../format-measures.ts'
import { kinds, serverNow } from '../live/live.ts'
import { COMPLETE } from '../readings/complete.ts'
import { say, t } from '../settings.ts'
import { Awaited } from '../shell/awaited.tsx'
import { Pager, usePages } from '../shell/pages.tsx'
import { query, setQuery } from '../shell/router.ts'
import { ScrollTable } from '../shell/scroll-table.tsx'
import { useAnswer } from '../shell/use-answer.ts'
import { ZoneNote } from '../shell/zone-note.tsx'
import { d } from '../texts/storage.ts'
import { getKindCompleteness, getWorst } from './storage-api.ts'

const DAY = 86_400_000
/** First and last day looked at, so many days ago. */
const ranges = { today: [0, 0], yesterday: [1, 1], week: [6, 0] } as const
type Range = keyof typeof ranges
const rangeNames = Object.keys(ranges) as Range[]
const isRange = (text: string | null): text is Range => text !== null && Object.hasOwn(ranges, text)

const PAGE = 20

const titleOf = (kind: string) => say(kinds.value.get(kind)?.title ?? { en: kind, zh: kind })

/** How much of what should have come came, by kind, and of one kind where least did. */
export function CityCompleteness() {
  const [asked, kind] = [query.value.get('days'), query.value.get('kind')]
  const name: Range = isRange(asked) ? asked : 'yesterday'
  const { from, to } = useMemo(() => {
    const [first, last] = ranges[name]
    const now = serverNow.peek()
    return { from: cityDate(now - first * DAY), to: cityDate(now - last * DAY) }
  }, [name])
  const { answer, problem } = useAnswer(() => getKindCompleteness(from, to), `${from} ${to}`)
  return (
    <section class="panel">
      <div class="list-bar">
        <h2>{d().completeness}</h2>
        <fieldset class="together plain" aria-label={d().range}>
          {rangeNames.map((one) => (
            <button key={one} type="button" class="button" aria-pressed={one === name} onClick={() => setQuery('days', one)}>
              {d().ranges[one]}
            </button>
          ))}
        </fieldset>
      </div>
      <Awaited isThere={answer !== null} problem={problem} />
      {answer?.kinds.length === 0 && <p class="muted">{d().noFacilities}</p>}
      {answer && answer.kinds.length > 0 && (
        <ScrollTable label={d().completeness} titles={d().kindColumns}>
          {answer.kinds.map((one) => (
            <tr key={one.kind} class={one.kind === kind ? 'sought' : ''}>
              <th scope="row">{titleOf(one.kind)}</th>
              <td>{formatNumber(one.facilities)}</td>
              <td>
                <Share {...one} />
              </td>
              <td class="nowrap">{d().of(formatNumber(one.received), formatNumber(one.expected))}</td>
              <td>{formatNumber(one.silent)}</td>
              <td>
                <button
                  type="button"
                  class="button"
                  aria-expanded={one.kind === kind}
                  onClick={() => setQuery('kind', one.kind === kind ? null : one.kind)}
                >
                  {d().worst}
                  <span class="unseen">: {titleOf(one.kind)}</span>
                </button>
              </td>
            </tr>
          ))}
        </ScrollTable>
      )}
      {kind !== null && <Worst key={`${kind} ${name}`} kind={kind} from={from} to={to} />}
      <p class="muted small">{d().completenessMeans}</p>
      <ZoneNote />
    </section>
  )
}

function Share({ share }: { share: number | null }) {
  if (share === null) return <>–</>
  return (
    <span class="share">
      <b>{formatNumber(Math.floor(1000 * share) / 10, 1)} %</b>
      <svg class="share-bar" viewBox="0 0 100 14" preserveAspectRatio="none" aria-hidden="true">
        <rect class="ground-bar" width="100" height="14" />
        <rect class="value-part" width={100 * share} height="14" />
      </svg>
      {share < COMPLETE && <span class="tag">{d().incomplete}</span>}
    </span>
  )
}

function Worst({ kind, from, to }: { kind: string; from: string; to: string }) {
  const pages = usePages((after) => getWorst(kind, from, to, PAGE, after), `${kind} ${from} ${to}`)
  const points = kinds.value.get(kind)?.points ?? []
  return (
    <section>
      <h3>{d().worstOf(titleOf(kind))}</h3>
      {pages.problem && <p class="problem">{pages.problem}</p>}
      {!pages.page && !pages.problem && <p class="muted">{t().loading}</p>}
      {pages.page && (
        <ScrollTable label={d().worst} titles={d().worstColumns}>
          {pages.page.items.map(({ facility, name, point, share, received, expected, days }) => {
            const title = points.find(({ key }) => key === point)?.title
            return (
              <tr key={`${facility} ${point}`}>
                <th scope="row">
                  <a href={`/facilities/${encodeURIComponent(facility)}/readings?points=${encodeURIComponent(point)}&span=7d`}>
                    {facility}
                  </a>{' '}
                  <span class="small">{name}</span>
                </th>
                <td>{title ? say(title) : point}</td>
                <td>
                  <Share share={share} />
                </td>
                <td class="nowrap">{d().of(formatNumber(received), formatNumber(expected))}</td>
                <td class="small">
                  {days.length > 1 &&
                    days
                      .filter((day) => day.share !== null && day.share < COMPLETE)
                      .map((day) => `${formatDate(day.date)}: ${formatNumber(Math.floor(100 * (day.share ?? 0)))} %`)
                      .join(' · ')}
                </td>
              </tr>
            )
          })}
        </ScrollTable>
      )}
      <Pager pages={pages} size={PAGE} />
    </section>
  )
}
