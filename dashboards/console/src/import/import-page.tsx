import { useEffect, useRef, useState } from 'preact/hooks'
import { formatDateTime, formatNumber } from '../format.ts'
import { ApiProblem } from '../live/api.ts'
import { useKeys } from '../shell/keys.ts'
import { explain } from '../shell/notice.tsx'
import { navigate, query, setQuery } from '../shell/router.ts'
import { p } from '../texts/plant.ts'
import { getImport, getImports, type ImportView } from './import-api.ts'
import { ImportReport } from './import-report.tsx'
import { StartForm } from './start-form.tsx'

const LOOK_AGAIN = 500

/** The import of the address, followed while it runs. */
function useImport(id: string | null) {
  const [job, setJob] = useState<ImportView | null>(null)
  const [problem, setProblem] = useState('')
  const [asked, ask] = useState(0)
  const running = job?.state === 'checking' || job?.state === 'committing'
  useEffect(() => {
    if (!id) return setJob(null)
    let wanted = true
    const look = async () => {
      try {
        const answer = await getImport(id)
        if (wanted) setJob(answer)
        if (wanted) setProblem('')
      } catch (failure) {
        const isLost = failure instanceof ApiProblem && failure.status === 404
        if (wanted) setProblem(isLost ? p().fileLost : explain(failure))
        if (wanted && isLost) setJob(null)
      }
    }
    void look()
    const timer = running ? setInterval(() => void look(), LOOK_AGAIN) : undefined
    return () => {
      wanted = false
      clearInterval(timer)
    }
  }, [id, running, asked])
  return { job: job?.id === id ? job : null, problem, again: () => ask((n) => n + 1) }
}

/** A file of facilities into the plant: chosen, checked, looked at, taken over or given up. */
export function ImportPage() {
  const id = query.value.get('import')
  const { job, problem, again } = useImport(id)
  useKeys({ Escape: () => navigate('/facilities') })
  const top = useRef<HTMLHeadingElement>(null)
  useEffect(() => top.current?.focus(), [id])
  return (
    <section class="panel import">
      <div class="list-bar">
        <h1 ref={top} tabIndex={-1}>
          {p().importTitle}
        </h1>
        <span class="grow" />
        {id && (
          <button type="button" class="button" onClick={() => setQuery('import', null, false)}>
            {p().otherFile}
          </button>
        )}
      </div>
      {problem && id && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
      {job && <ImportReport job={job} onChanged={again} />}
      {!id && (
        <>
          <p class="muted">{p().importHint}</p>
          <StartForm onStarted={({ id: started }) => setQuery('import', started, false)} />
          <Recent />
        </>
      )}
    </section>
  )
}

/** So that nobody loses a checked file by closing the page. */
function Recent() {
  const [jobs, setJobs] = useState<readonly ImportView[]>([])
  useEffect(() => {
    getImports().then(setJobs, () => setJobs([]))
  }, [])
  if (jobs.length === 0) return null
  return (
    <>
      <h2>{p().recentImports}</h2>
      <ul class="alarm-lines">
        {jobs.map(({ id, name, by, created, state, report }) => (
          <li key={id}>
            <a href={`/import?import=${encodeURIComponent(id)}`}>{name}</a>
            <span class="muted">
              {[p().importStates[state], by, formatDateTime(created), report && `${p().importCounts.rows} ${formatNumber(report.rows)}`]
                .filter(Boolean)
                .join(' · ')}
            </span>
          </li>
        ))}
      </ul>
    </>
  )
}
