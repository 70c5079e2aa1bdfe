import { formatFull, formatNumber } from '../format.ts'
import { formatBytes } from '../format-measures.ts'
import { kinds } from '../live/live.ts'
import { say, t } from '../settings.ts'
import { ScrollTable } from '../shell/scroll-table.tsx'
import { useAnswer } from '../shell/use-answer.ts'
import { d } from '../texts/storage.ts'
import { getContents } from './storage-api.ts'

/** What the store holds, the largest first. */
export function Contents() {
  const { answer, problem } = useAnswer(getContents, '')
  const contents = answer?.contents
  return (
    <section class="panel">
      <h2>{d().contents}</h2>
      {problem && <p class="problem">{problem}</p>}
      {!answer && !problem && <p class="hint muted">{t().loading}</p>}
      {answer && !contents && <p class="muted">{d().elsewhere}</p>}
      {contents && contents.kept.length === 0 && <p class="muted">{d().nothingKept}</p>}
      {contents && contents.oldest !== null && contents.newest !== null && (
        <p>{d().contentsFrom(formatFull(contents.oldest), formatFull(contents.newest), formatBytes(contents.bytes))}</p>
      )}
      {contents && contents.damaged.length > 0 && (
        <p class="problem">
          {d().damagedFiles(formatNumber(contents.damaged.length))} {contents.damaged.join(', ')}
        </p>
      )}
      {contents && contents.leftOut > 0 && <p class="muted">{d().leftOut(formatNumber(contents.leftOut))}</p>}
      {contents && contents.kept.length > 0 && (
        <ScrollTable label={d().contents} titles={d().contentColumns}>
          {contents.kept
            .toSorted((a, b) => b.bytes - a.bytes)
            .map(({ kind, resolution, rows, bytes }) => {
              const title = kinds.value.get(kind)?.title
              return (
                <tr key={`${kind} ${resolution}`}>
                  <th scope="row">{title ? say(title) : kind}</th>
                  <td>{d().resolutions[resolution] ?? resolution}</td>
                  <td>{formatNumber(rows)}</td>
                  <td>{formatBytes(bytes)}</td>
                  <td>{rows > 0 ? formatNumber(bytes / rows, 1) : '–'}</td>
                </tr>
              )
            })}
        </ScrollTable>
      )}
    </section>
  )
}
