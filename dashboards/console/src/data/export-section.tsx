import { useState } from 'preact/hooks'
import { formatFull, formatNumber } from '../format.ts'
import { Progress } from '../import/progress.tsx'
import { kinds } from '../live/live.ts'
import { getGroups } from '../rules/rules-api.ts'
import { say, t } from '../settings.ts'
import { act } from '../shell/notice.tsx'
import { ScrollTable } from '../shell/scroll-table.tsx'
import { TitledOptions } from '../shell/titled-options.tsx'
import { useAnswer } from '../shell/use-answer.ts'
import { d } from '../texts/data.ts'
import { cancelExport, fileOf, getExports, startExport, type TelemetryExportView } from './data-api.ts'
import { bytesText, localInput } from './shown.ts'

const DAY = 86_400_000
/** ms between two looks at what goes on. */
const LOOK_AGAIN = 700
const isMoving = ({ state }: TelemetryExportView) => state === 'waiting' || state === 'running'

/** What to export, and the files there are. */
export function ExportSection() {
  const { answer, problem, again } = useAnswer(getExports, '', (jobs) => (jobs?.some(isMoving) ? LOOK_AGAIN : null))
  return (
    <>
      <h2>{d().exportTitle}</h2>
      <p class="muted">{d().exportHint}</p>
      <ExportForm onStarted={again} />
      {problem && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
      {answer && <ExportList jobs={answer} onChanged={again} />}
    </>
  )
}

function ExportForm({ onStarted }: { onStarted: () => void }) {
  const [kind, setKind] = useState('')
  const [format, setFormat] = useState('csv')
  const [problem, setProblem] = useState('')
  const groups = useAnswer(getGroups, '').answer?.items ?? []
  const chosen = kinds.value.get(kind) ?? [...kinds.value.values()][0]
  const send = async (event: SubmitEvent) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget as HTMLFormElement)
    const text = (name: string) => String(form.get(name) ?? '').trim()
    const [from, to] = [text('from'), text('to')].map((given) => (given === '' ? undefined : new Date(given).getTime()))
    if (from !== undefined && to !== undefined && from >= to) return setProblem(d().timesWrong)
    setProblem('')
    const points = form.getAll('point').map(String)
    const wanted = {
      kind: chosen?.key,
      format,
      ...(from !== undefined && { from }),
      ...(to !== undefined && { to }),
      ...(text('query') && { query: text('query') }),
      ...(text('group') && { group: text('group') }),
      ...(points.length > 0 && { points }),
      flagged: form.has('flagged'),
      mark: form.has('mark'),
      local: form.has('local'),
    }
    if (await act(() => startExport(wanted))) onStarted()
  }
  return (
    <form onSubmit={send}>
      <div class="pairs">
        <label class="field">
          {d().kind}
          <select value={chosen?.key} onChange={(event) => setKind(event.currentTarget.value)}>
            <TitledOptions of={kinds.value.values()} />
          </select>
        </label>
        <label class="field">
          {d().format}
          <select value={format} onChange={(event) => setFormat(event.currentTarget.value)}>
            {Object.entries(d().formats).map(([key, title]) => (
              <option key={key} value={key}>
                {title}
              </option>
            ))}
          </select>
        </label>
        <label class="field">
          {d().from}
          <input type="datetime-local" name="from" defaultValue={localInput(Date.now() - DAY)} />
        </label>
        <label class="field">
          {d().to}
          <input type="datetime-local" name="to" />
        </label>
        <label class="field">
          {d().query}
          <input name="query" autocomplete="off" spellcheck={false} placeholder={d().allFacilities} />
        </label>
        <label class="field">
          {d().group}
          <select name="group">
            <option value="">{d().allFacilities}</option>
            {groups.map(({ name }) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
      </div>
      <details class="more" key={chosen?.key}>
        <summary>
          {d().points} <span class="muted">{d().pointHint}</span>
        </summary>
        <div class="choices">
          {chosen?.points.map(({ key, title }) => (
            <label key={key} class="check">
              <input type="checkbox" name="point" value={key} /> {say(title)}
            </label>
          ))}
        </div>
      </details>
      <div class="choices">
        <label class="check">
          <input type="checkbox" name="flagged" defaultChecked /> {d().flagged}
        </label>
        {format === 'csv' && (
          <>
            <label class="check">
              <input type="checkbox" name="mark" defaultChecked /> {d().mark}
            </label>
            <label class="check">
              <input type="checkbox" name="local" /> {d().local}
            </label>
          </>
        )}
      </div>
      {problem && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
      <div class="buttons">
        <button type="submit" class="button primary" disabled={!chosen}>
          {d().start}
        </button>
      </div>
    </form>
  )
}

function ExportList({ jobs, onChanged }: { jobs: readonly TelemetryExportView[]; onChanged: () => void }) {
  if (jobs.length === 0) return <p class="muted">{d().noExports}</p>
  return (
    <ScrollTable label={d().exports} titles={d().columns}>
      {jobs.map((job) => (
        <ExportRow key={job.id} job={job} onChanged={onChanged} />
      ))}
    </ScrollTable>
  )
}

function ExportRow({ job, onChanged }: { job: TelemetryExportView; onChanged: () => void }) {
  const title = kinds.value.get(job.kind)?.title
  const cancel = () => void act(() => cancelExport(job.id)).then(onChanged)
  const which = job.facilities === null ? d().whatAll : d().whatSome(formatNumber(job.facilities))
  return (
    <tr>
      <th scope="row" class="breakable">
        {job.name}
      </th>
      <td>
        {[title ? say(title) : job.kind, which, d().formats[job.format], job.by].join(' · ')}
        <br />
        <span class="muted">
          {formatFull(job.from)} – {formatFull(job.to)}
        </span>
      </td>
      <td>
        {job.state === 'running' ? (
          <Progress words={d().making(`${formatNumber(job.progress * 100)} %`)} share={job.progress} onStop={cancel} />
        ) : (
          d().states[job.state]
        )}
        {job.trouble && <p class="problem">{job.trouble}</p>}
      </td>
      <td>{formatNumber(job.rows)}</td>
      <td class="nowrap">{bytesText(job.bytes)}</td>
      <td>
        <div class="buttons">
          {job.state === 'done' && (
            <a class="button" href={fileOf(job.id)} download={job.name}>
              {d().download}
            </a>
          )}
          {job.state !== 'running' && (
            <button type="button" class="button" onClick={cancel}>
              {job.state === 'waiting' ? t().cancel : d().forget}
            </button>
          )}
        </div>
      </td>
    </tr>
  )
}
