import { useEffect, useRef, useState } from 'preact/hooks'
import type { StorageFigures } from '../../../../src/edges/storage.ts'
import { formatDateTime, formatDuration, formatNumber } from '../format.ts'
import { formatBytes } from '../format-measures.ts'
import { link, serverNow } from '../live/live.ts'
import { may } from '../shell/access.ts'
import { Awaited } from '../shell/awaited.tsx'
import { guarded } from '../shell/guarded.tsx'
import { useKeys } from '../shell/keys.ts'
import { explain } from '../shell/notice.tsx'
import { navigate } from '../shell/router.ts'
import { d } from '../texts/storage.ts'
import { CityCompleteness } from './city-completeness.tsx'
import { Contents } from './contents.tsx'
import { Measure } from './measure.tsx'
import { SetAside } from './set-aside.tsx'
import { getFigures } from './storage-api.ts'
import { fillOf, troublesOf } from './verdict.ts'

const REFRESH = 5000

interface Followed {
  figures: StorageFigures
  /** Values stored per second since the figures before; null at first. */
  perSecond: number | null
}

/** The figures, asked for anew every few seconds while somebody can see them. */
function useFigures() {
  const [followed, setFollowed] = useState<Followed | null>(null)
  const [problem, setProblem] = useState('')
  const before = useRef<{ at: number; written: number } | null>(null)
  const [asked, ask] = useState(0)
  useEffect(() => {
    let wanted = true
    getFiguresOnce()
    async function getFiguresOnce(): Promise<void> {
      try {
        const figures = await getFigures()
        if (!wanted) return
        const at = performance.now()
        const [last, { written }] = [before.current, figures.writer]
        before.current = { at, written }
        setFollowed({ figures, perSecond: last && written >= last.written ? ((written - last.written) / (at - last.at)) * 1000 : null })
        setProblem('')
      } catch (failure) {
        if (wanted) setProblem(explain(failure))
      }
    }
    return () => {
      wanted = false
    }
  }, [asked])
  useEffect(() => {
    const timer = setInterval(() => !document.hidden && link.peek() !== 'disconnected' && ask((n) => n + 1), REFRESH)
    return () => clearInterval(timer)
  }, [])
  return { followed, problem, again: () => ask((n) => n + 1) }
}

export const StoragePage = guarded('storage.read', Page, 'whole')

/** Whether every reading reaches the store: first in one sentence, then in figures. */
function Page() {
  useKeys({ Escape: () => navigate('/') })
  const { followed, problem, again } = useFigures()
  return (
    <div class="stack storage">
      <div class="list-bar">
        <h1>{d().title}</h1>
        <span class="grow" />
        {may('telemetry.export') && (
          <a class="button" href="/data">
            {d().files}
          </a>
        )}
      </div>
      <Awaited isThere={followed !== null} problem={problem} />
      {followed && (
        <>
          <Verdict figures={followed.figures} />
          <div class="kpi-columns">
            <Journal figures={followed.figures} />
            <Store {...followed} />
          </div>
          <SetAside batches={followed.figures.setAside.batches} again={again} />
        </>
      )}
      <CityCompleteness />
      <Contents />
    </div>
  )
}

function Verdict({ figures }: { figures: StorageFigures }) {
  const found = troublesOf(figures)
  const { backlog } = figures.writer
  return (
    <section class={found.length > 0 ? 'panel verdict missed' : 'panel verdict'} role="status">
      <span class="tag">{found.length > 0 ? d().look : d().ok}</span>
      <ul>
        {found.map((trouble) => (
          <li key={trouble}>{d().troubles[trouble]}</li>
        ))}
        {found.length === 0 && <li>{d().sound}</li>}
        {backlog > 0 && <li class="muted">{d().waiting(formatNumber(backlog))}</li>}
      </ul>
    </section>
  )
}

function Journal({ figures }: { figures: StorageFigures }) {
  const { journal } = figures
  const fill = fillOf(figures)
  const found = troublesOf(figures)
  return (
    <section class="panel">
      <h2>{d().journal}</h2>
      {journal.trouble && <p class="problem">{journal.trouble}</p>}
      <dl class="measures">
        <Measure
          name={d().fill}
          value={`${formatNumber(100 * fill, fill > 0 && fill < 0.1 ? 1 : 0)} %`}
          isMissed={found.includes('journal-nearly-full')}
          note={d().fillOf(formatBytes(journal.waitingBytes), formatBytes(journal.maxBytes))}
          more={d().onDisk(formatBytes(journal.bytes))}
        >
          <svg class="share-bar" viewBox="0 0 100 14" preserveAspectRatio="none" aria-hidden="true">
            <rect class="ground-bar" width="100" height="14" />
            <rect class="value-part" width={Math.max(fill > 0 ? 1 : 0, 100 * fill)} height="14" />
          </svg>
        </Measure>
        <Measure
          name={d().oldest}
          value={journal.oldestAt === null ? '–' : formatDuration(serverNow.value - journal.oldestAt)}
          note={d().oldestOf(formatDuration(journal.maxAge))}
        />
        <Measure name={d().givenUp} value={formatNumber(journal.givenUp)} isMissed={journal.givenUp > 0} note={d().sinceFirst} />
        {journal.tornBytes > 0 && <Measure name={d().torn} value={formatBytes(journal.tornBytes)} note={d().tornMeans} />}
        {figures.backup && <Backup {...figures.backup} />}
        {journal.corruptBlocks > 0 && (
          <Measure name={d().corrupt} value={formatNumber(journal.corruptBlocks)} isMissed note={d().corruptMeans} />
        )}
      </dl>
    </section>
  )
}

function Backup({ newest, failed }: NonNullable<StorageFigures['backup']>) {
  const age = newest === null ? d().noBackup : d().backupAge(formatDuration(serverNow.value - newest))
  return (
    <Measure name={d().backup} value={age} isMissed={failed !== null} note={failed ?? (newest === null ? '' : formatDateTime(newest))} />
  )
}

function Store({ figures, perSecond }: Followed) {
  const { writer, store } = figures
  const found = troublesOf(figures)
  const isAway = found.includes('store-away')
  return (
    <section class="panel">
      <h2>{d().store(store)}</h2>
      <dl class="measures">
        <Measure
          name={d().reachable}
          value={isAway ? d().no : d().yes}
          isMissed={isAway}
          note={`${d().failures}: ${formatNumber(writer.failures)}`}
        />
        <Measure name={d().lag} value={formatDuration(writer.liveLag)} isMissed={isAway} />
        <Measure
          name={d().backlog}
          value={formatNumber(writer.backlog)}
          isMissed={found.includes('behind')}
          {...(writer.backlogReached !== null && { note: d().backlogReached(formatDateTime(writer.backlogReached)) })}
        />
        <Measure
          name={d().written}
          value={perSecond === null ? '–' : formatNumber(perSecond)}
          note={d().writtenSince(formatNumber(writer.written))}
        />
      </dl>
      {writer.lastError && (
        <p class="muted small breakable">
          {d().lastError} {writer.lastError}
        </p>
      )}
    </section>
  )
}
