import { type CoverageGrouping, coverageGroupings } from '../../../../src/operations/round-coverage.ts'
import { days } from '../../../../src/telemetry/duration.ts'
import { formatDateTime, formatNumber } from '../format.ts'
import { Awaited } from '../shell/awaited.tsx'
import { query, setQueries } from '../shell/router.ts'
import { ScrollTable } from '../shell/scroll-table.tsx'
import { rd } from '../texts/rounds.ts'
import { getCoverage } from './rounds-api.ts'
import { useRoundAnswer } from './use-rounds.ts'

const SPANS = [1, 7, 30] as const

/** How often areas are walked. */
export function CoveragePage() {
  const asked = query.value.get('by') as CoverageGrouping
  const by = coverageGroupings.includes(asked) ? asked : 'district'
  const span = SPANS.find((one) => String(one) === query.value.get('days')) ?? 7
  const { answer, problem } = useRoundAnswer(
    () => getCoverage({ by, from: Date.now() - days(span), to: Date.now() }),
    `${by} ${span}`,
    () => [],
    // A month of rounds is not counted anew at each visit.
    () => span === 1,
  )
  const nameOf = (area: string) => (by === 'key-area' ? rd().keyArea[area === 'yes' ? 'yes' : 'no'] : area || rd().noArea)
  return (
    <>
      <div class="list-bar">
        <select
          aria-label={rd().coverageColumns[0]}
          value={by}
          onChange={({ currentTarget }) => setQueries({ by: currentTarget.value }, false)}
        >
          {coverageGroupings.map((one) => (
            <option key={one} value={one}>
              {rd().coverageOf[one]}
            </option>
          ))}
        </select>
        <select aria-label={rd().day} value={span} onChange={({ currentTarget }) => setQueries({ days: currentTarget.value }, false)}>
          {SPANS.map((one) => (
            <option key={one} value={one}>
              {rd().span(one)}
            </option>
          ))}
        </select>
        <span class="grow" />
        <a href="/map?layers=rounds">{rd().onMap} →</a>
      </div>
      <Awaited isThere={answer !== null} problem={problem} />
      {answer && (
        <section class="panel">
          {answer.items.length === 0 ? (
            <p>{rd().noCoverage}</p>
          ) : (
            <ScrollTable label={rd().views.coverage} titles={rd().coverageColumns}>
              {answer.items.map(({ area, planned, visited, places, seen, last }) => (
                <tr key={area}>
                  <th scope="row">{nameOf(area)}</th>
                  <td>{formatNumber(planned)}</td>
                  <td>{formatNumber(visited)}</td>
                  <td>{formatNumber((100 * visited) / planned)} %</td>
                  <td>{formatNumber(visited / span, 1)}</td>
                  <td>{formatNumber(places)}</td>
                  <td>{formatNumber(places - seen)}</td>
                  <td class="nowrap">{last !== null && formatDateTime(last)}</td>
                </tr>
              ))}
            </ScrollTable>
          )}
        </section>
      )}
    </>
  )
}
