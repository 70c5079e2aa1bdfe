import { useState } from 'preact/hooks'
import type { CodecDetailView, CodecVersionView } from '../../../../src/edges/http/codec-schemas.ts'
import { formatFull } from '../format.ts'
import { t } from '../settings.ts'
import { act } from '../shell/notice.tsx'
import { Pager, usePages } from '../shell/pages.tsx'
import { ScrollTable } from '../shell/scroll-table.tsx'
import { c } from '../texts/codecs.ts'
import { getVersion, getVersions } from './codec-api.ts'

const PAGE = 20

interface CodecVersionsProps {
  codec: CodecDetailView
  /** As it stands in the editor. */
  source: string
  onTake: (source: string) => void
}

/** Who saved it when and why, and what it was then beside what it is now. */
export function CodecVersions({ codec, source, onTake }: CodecVersionsProps) {
  const pages = usePages((before) => getVersions(codec.id, PAGE, before), codec.id)
  const [compared, compare] = useState<CodecVersionView | null>(null)
  const show = (version: number) => act(async () => compare(await getVersion(codec.id, version)))
  return (
    <section class="panel">
      <h2>{c().versions}</h2>
      {pages.problem && <p class="problem">{pages.problem}</p>}
      <ScrollTable label={c().versions} titles={c().versionColumns}>
        {pages.page?.items.map(({ version, at, by, reason, isForced, isRemoval }) => (
          <tr key={version}>
            <th scope="row">
              {version} {version === codec.version && <span class="tag">{c().inForce}</span>}
              {isForced && <span class="tag">{c().forced}</span>}
              {isRemoval && <span class="tag">{c().removal}</span>}
            </th>
            <td class="nowrap">{formatFull(at)}</td>
            <td>{by}</td>
            <td class="breakable">{reason}</td>
            <td>
              {!isRemoval && (
                <button type="button" class="button" onClick={() => void show(version)}>
                  {c().compare}
                  <span class="unseen"> {version}</span>
                </button>
              )}
            </td>
          </tr>
        ))}
      </ScrollTable>
      <Pager pages={pages} size={PAGE} />
      {compared?.source != null && (
        <>
          <div class="side-by-side">
            <Lines title={c().asOf(String(compared.version))} text={compared.source} other={source} />
            <Lines title={c().now} text={source} other={compared.source} />
          </div>
          <div class="buttons">
            <button type="button" class="button" onClick={() => onTake(compared.source ?? source)}>
              {c().takeOver}
            </button>
            <button type="button" class="button" onClick={() => compare(null)}>
              {t().close}
            </button>
          </div>
        </>
      )}
    </section>
  )
}

/** Lines that stand nowhere in the other text are marked. */
function Lines({ title, text, other }: { title: string; text: string; other: string }) {
  const known = new Set(other.split('\n'))
  return (
    <figure>
      <figcaption>{title}</figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <pre class="outcome code" tabIndex={0}>
        {text.split('\n').map((line, i) => (
          <span key={i}>
            {String(i + 1).padStart(4)} {known.has(line) ? '  ' : <b>≠ </b>}
            {known.has(line) ? line : <ins>{line}</ins>}
            {'\n'}
          </span>
        ))}
      </pre>
    </figure>
  )
}
