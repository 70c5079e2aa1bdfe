import { useRef, useState } from 'preact/hooks'
import { formatDateTime, formatFull, formatNumber } from '../format.ts'
import { Choice } from '../import/choice.tsx'
import { Progress } from '../import/progress.tsx'
import { kinds, link } from '../live/live.ts'
import { say, t } from '../settings.ts'
import { Dialog } from '../shell/dialog.tsx'
import { act, explain } from '../shell/notice.tsx'
import { query, setQuery } from '../shell/router.ts'
import { ScrollTable } from '../shell/scroll-table.tsx'
import { TitledOptions } from '../shell/titled-options.tsx'
import { useAnswer } from '../shell/use-answer.ts'
import { d } from '../texts/data.ts'
import { p } from '../texts/plant.ts'
import { cancelImport, commitImport, getImport, getImports, startImport, type TelemetryImportView } from './data-api.ts'
import { bytesText } from './shown.ts'

/** ms between two looks at what goes on. */
const LOOK_AGAIN = 700

type Report = NonNullable<TelemetryImportView['report']>

const isMoving = ({ state }: TelemetryImportView) => state === 'checking' || state === 'committing'

/** A file into the time series: read, looked at, written or given up. */
export function ImportSection() {
  const id = query.value.get('import')
  return (
    <>
      <h2>{d().importTitle}</h2>
      {id ? (
        <Followed key={id} id={id} />
      ) : (
        <>
          <p class="muted">{d().importHint}</p>
          <ImportForm />
          <Recent />
        </>
      )}
    </>
  )
}

function ImportForm() {
  const [share, setShare] = useState<number | null>(null)
  const [problem, setProblem] = useState('')
  const stop = useRef(new AbortController())
  const send = async (event: SubmitEvent) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget as HTMLFormElement)
    const text = (name: string) => String(form.get(name) ?? '')
    if (link.peek() === 'disconnected') return setProblem(t().refusedDisconnected)
    stop.current = new AbortController()
    setProblem('')
    setShare(0)
    try {
      const options = { kind: text('kind'), format: text('format'), unknown: form.has('keep') ? 'keep' : '' }
      const job = await startImport(form.get('file') as File, options, setShare, stop.current.signal)
      setQuery('import', job.id, false)
    } catch (failure) {
      if (!stop.current.signal.aborted) setProblem(explain(failure))
    } finally {
      setShare(null)
    }
  }
  return (
    <form onSubmit={send}>
      <label class="field">
        {p().file}
        <input type="file" name="file" required accept=".csv,.jsonl,.ndjson,.parquet,.lp,.txt" />
      </label>
      <div class="pairs">
        <label class="field">
          {d().kind}
          <select name="kind">
            <option value="">{p().findOut}</option>
            <TitledOptions of={kinds.value.values()} />
          </select>
        </label>
        <Choice name="format" label={d().format} choices={d().formats} />
      </div>
      <label class="check">
        <input type="checkbox" name="keep" /> {d().keepUnknown}
      </label>
      {problem && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
      {share === null ? (
        <div class="buttons">
          <button type="submit" class="button">
            {d().check}
          </button>
        </div>
      ) : (
        <Progress words={p().uploading(`${formatNumber(share * 100)} %`)} share={share} onStop={() => stop.current.abort()} />
      )}
    </form>
  )
}

function Recent() {
  const jobs = useAnswer(getImports, '').answer ?? []
  if (jobs.length === 0) return null
  return (
    <>
      <h3>{d().recent}</h3>
      <ul class="alarm-lines">
        {jobs.map(({ id, name, by, created, state, report }) => (
          <li key={id}>
            <a href={`/data?import=${encodeURIComponent(id)}`}>{name}</a>
            <span class="muted">
              {[d().importStates[state], by, formatDateTime(created), report && `${d().counts.taken} ${formatNumber(report.taken)}`]
                .filter(Boolean)
                .join(' · ')}
            </span>
          </li>
        ))}
      </ul>
    </>
  )
}

function Followed({ id }: { id: string }) {
  const {
    answer: job,
    problem,
    again,
  } = useAnswer(
    () => getImport(id),
    id,
    (job) => (job && isMoving(job) ? LOOK_AGAIN : null),
  )
  const leave = () => setQuery('import', null, false)
  return (
    <>
      {problem && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
      {job && <Job job={job} onChanged={again} />}
      <div class="buttons">
        <button type="button" class="button" onClick={leave}>
          {d().otherFile}
        </button>
      </div>
    </>
  )
}

function Job({ job, onChanged }: { job: TelemetryImportView; onChanged: () => void }) {
  const { state, report } = job
  const share = `${formatNumber(job.progress * 100)} %`
  const stop = () => void act(() => cancelImport(job.id)).then(onChanged)
  const words = (state === 'checking' ? d().reading : d().writing)(share, formatNumber(job.rows))
  return (
    <>
      <h3>
        {job.name} <span class="muted">· {d().importStates[state]}</span>
      </h3>
      <p class="muted">{[d().formats[job.format], bytesText(job.size), job.by].join(' · ')}</p>
      {(state === 'checking' || state === 'committing') && <Progress words={words} share={job.progress} onStop={stop} />}
      {job.trouble && (
        <p class="problem" role="alert">
          {job.trouble}
        </p>
      )}
      {report && <Found report={report} />}
      {report && state === 'checked' && <Decision job={job} report={report} onChanged={onChanged} onStop={stop} />}
      {report && state === 'committed' && (
        <p role="status" class="result">
          {d().written(formatNumber(report.taken))}
        </p>
      )}
      {report && report.reasons.length > 0 && <Problems report={report} />}
    </>
  )
}

const spanOf = ({ from, to }: Report) => (from === null || to === null ? '' : d().span(formatFull(from), formatFull(to)))

function Found({ report }: { report: Report }) {
  return (
    <>
      <dl class="counts">
        {(['rows', 'taken', 'values', 'facilities', 'errors', 'warnings'] as const).map((name) => (
          <div key={name}>
            <dt>{d().counts[name]}</dt>
            <dd>{formatNumber(report[name])}</dd>
          </div>
        ))}
      </dl>
      <p class="muted">
        {[spanOf(report), ...report.kinds.map(({ kind, rows }) => `${nameOf(kind)} ${formatNumber(rows)}`)].filter(Boolean).join(' · ')}
      </p>
    </>
  )
}

function nameOf(kind: string): string {
  const title = kinds.value.get(kind)?.title
  return title ? say(title) : kind
}

interface DecisionProps {
  job: TelemetryImportView
  report: Report
  onChanged: () => void
  onStop: () => void
}

function Decision({ job, report, onChanged, onStop }: DecisionProps) {
  const [asking, ask] = useState(false)
  const commit = async () => {
    const done = await act(() => commitImport(job.id))
    onChanged()
    return done
  }
  return (
    <>
      {!job.mayCommit && (
        <p class="problem" role="alert">
          {d().nothing}
        </p>
      )}
      <div class="buttons">
        {job.mayCommit && (
          <button type="button" class="button primary" onClick={() => ask(true)}>
            {d().commit}…
          </button>
        )}
        <button type="button" class="button" onClick={onStop}>
          {t().cancel}
        </button>
      </div>
      {asking && (
        <Dialog title={`${d().commit}: ${job.name}`} confirm={d().commit} onConfirm={commit} onClose={() => ask(false)}>
          <p>{d().commitMeans(formatNumber(report.taken), spanOf(report))}</p>
        </Dialog>
      )}
    </>
  )
}

function Problems({ report }: { report: Report }) {
  return (
    <>
      <ul>
        {report.reasons.map(({ reason, severity, count, text }) => (
          <li key={reason}>
            <b>{formatNumber(count)}</b> · {p().severities[severity]} · {say(text)}
          </li>
        ))}
      </ul>
      <ScrollTable label={d().problems} titles={p().problemColumns}>
        {report.problems.slice(0, MAX_SHOWN).map(({ row, column, value, reason, severity, text }) => (
          <tr key={`${row} ${column} ${reason}`}>
            <th scope="row">{formatNumber(row)}</th>
            <td>{severity === 'error' ? <b>{p().severities.error}</b> : p().severities.warning}</td>
            <td>{column || p().nothing}</td>
            <td class="breakable">{value}</td>
            <td>{say(text)}</td>
          </tr>
        ))}
      </ScrollTable>
    </>
  )
}

const MAX_SHOWN = 100
