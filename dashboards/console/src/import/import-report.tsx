import { useState } from 'preact/hooks'
import { fieldName } from '../facility/field-names.ts'
import { formatNumber } from '../format.ts'
import { say, t } from '../settings.ts'
import { Dialog } from '../shell/dialog.tsx'
import { act } from '../shell/notice.tsx'
import { Pager, usePages } from '../shell/pages.tsx'
import { ScrollTable } from '../shell/scroll-table.tsx'
import { p } from '../texts/plant.ts'
import { cancelImport, commitImport, getChanges, type ImportView } from './import-api.ts'
import { ImportProblems } from './import-problems.tsx'
import { Progress } from './progress.tsx'

const PAGE = 50

/** Where an import stands: its progress, what it would do, what is wrong, and the decision. */
export function ImportReport({ job, onChanged }: { job: ImportView; onChanged: () => void }) {
  const { report, state } = job
  const share = `${formatNumber(job.progress * 100)} %`
  const stop = () => void act(() => cancelImport(job.id)).then(onChanged)
  return (
    <>
      <h2>
        {job.name} <span class="muted">· {p().importStates[state]}</span>
      </h2>
      <p class="muted">{[job.format, job.encoding, `${formatNumber(job.size / 1024, 1)} kB`, job.by].join(' · ')}</p>
      {state === 'checking' && <Progress words={p().checking(share)} share={job.progress} onStop={stop} />}
      {state === 'committing' && <Progress words={p().committing(share)} share={job.progress} onStop={stop} />}
      {job.trouble && (
        <p class="problem" role="alert">
          {say(job.trouble)}
        </p>
      )}
      {report && <Counts report={report} />}
      {report && state === 'checked' && <Decision job={job} report={report} onChanged={onChanged} onStop={stop} />}
      {report && state === 'committed' && (
        <p role="status" class="result">
          {p().committed(formatNumber(report.new), formatNumber(report.changed))} <a href="/facilities">{t().facilityList}</a>
        </p>
      )}
      {report && <ImportProblems job={job} report={report} />}
      {report && report.changed > 0 && <Changes job={job} report={report} />}
    </>
  )
}

type Report = NonNullable<ImportView['report']>

function Counts({ report }: { report: Report }) {
  return (
    <dl class="counts">
      {(['rows', 'new', 'changed', 'unchanged', 'errors', 'warnings'] as const).map((name) => (
        <div key={name}>
          <dt>{p().importCounts[name]}</dt>
          <dd>{formatNumber(report[name])}</dd>
        </div>
      ))}
    </dl>
  )
}

interface DecisionProps {
  job: ImportView
  report: Report
  onChanged: () => void
  onStop: () => void
}

function Decision({ job, report, onChanged, onStop }: DecisionProps) {
  const [asking, ask] = useState(false)
  const [fresh, changed] = [formatNumber(report.new), formatNumber(report.changed)]
  const isIdle = report.new === 0 && report.changed === 0
  const commit = async () => {
    const done = await act(() => commitImport(job.id))
    onChanged()
    return done
  }
  return (
    <>
      {!job.mayCommit && (
        <p class="problem" role="alert">
          {p().blocked(formatNumber(report.errors))}
        </p>
      )}
      {job.mayCommit && <p role="status">{isIdle ? p().nothingToDo : p().ready(fresh, changed)}</p>}
      <div class="buttons">
        {job.mayCommit && !isIdle && (
          <button type="button" class="button primary" onClick={() => ask(true)}>
            {p().commit}…
          </button>
        )}
        <button type="button" class="button" onClick={onStop}>
          {t().cancel}
        </button>
      </div>
      {asking && (
        <Dialog title={`${p().commit}: ${job.name}`} confirm={p().commit} onConfirm={commit} onClose={() => ask(false)}>
          <p>{p().commitMeans(fresh, changed)}</p>
        </Dialog>
      )}
    </>
  )
}

/** Which registered facilities would be changed, and in which fields. */
function Changes({ job, report }: { job: ImportView; report: Report }) {
  const pages = usePages((after) => getChanges(job.id, PAGE, after), `${job.id} ${job.state}`)
  const sums = Object.entries(report.changedFields).map(([field, count]) => `${fieldName(field)} ${formatNumber(count)}`)
  return (
    <>
      <h3>{job.state === 'committed' ? p().changesMade : p().changes}</h3>
      <p class="muted">{sums.join(' · ')}</p>
      {pages.problem && <p class="problem">{pages.problem}</p>}
      {pages.page && pages.page.items.length > 0 && (
        <ScrollTable label={p().changes} titles={p().changeColumns}>
          {pages.page.items.map(({ row, id, fields }) => (
            <tr key={id}>
              <td>{row}</td>
              <th scope="row">
                <a href={`/facilities/${encodeURIComponent(id)}`}>{id}</a>
              </th>
              <td>{fields.map(fieldName).join(', ')}</td>
            </tr>
          ))}
        </ScrollTable>
      )}
      <Pager pages={pages} size={PAGE} />
    </>
  )
}
