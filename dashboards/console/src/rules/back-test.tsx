import { useEffect, useRef, useState } from 'preact/hooks'
import type { BacktestJobView } from '../../../../src/edges/http/routes/backtests.ts'
import type { OverrideInput } from '../../../../src/edges/http/rule-schemas.ts'
import { formatNumber } from '../format.ts'
import { serverNow } from '../live/live.ts'
import { t } from '../settings.ts'
import { explain } from '../shell/notice.tsx'
import { p } from '../texts/plant.ts'
import { cancelBackTest, getBackTest, startBackTest } from './back-test-api.ts'
import type { Draft } from './rule-draft.ts'
import { draftWords } from './rule-words.ts'

const ASK_EVERY = 1000
const DAY = 86_400_000
const lengths = [1, 7, 30] as const

export interface BackTestProps {
  scope: OverrideInput['scope']
  rule: string
  /** What the form says at the moment. */
  draft: () => Draft
}

/** Only those whom the change concerns are compared; of a group the server knows who is in it. */
const queryOf = ({ facility, kind, group }: OverrideInput['scope']): string =>
  facility ? `id=${facility}` : kind && !group ? `kind=${kind}` : ''

/** What the change would have made of the past, tried out before it is saved. */
export function BackTest({ scope, rule, draft }: BackTestProps) {
  const [job, setJob] = useState<BacktestJobView | null>(null)
  const [problem, setProblem] = useState('')
  const [days, setDays] = useState<number>(1)
  const running = useRef<string | null>(null)
  const isOver = !job || job.result !== null || job.trouble !== null
  useEffect(() => {
    if (!job || isOver) return
    const timer = setTimeout(() => void getBackTest(job.id).then(setJob, fail), ASK_EVERY)
    return () => clearTimeout(timer)
  }, [job])
  // A dialog that is closed wants no answer any more.
  useEffect(
    () => () => {
      if (running.current) void cancelBackTest(running.current).catch(() => undefined)
    },
    [],
  )
  running.current = job && !isOver ? job.id : null
  const fail = (failure: unknown) => {
    setProblem(explain(failure))
    setJob(null)
  }
  const start = async () => {
    const proposed = draft()
    const wrong = draftWords(proposed)
    setJob(null)
    setProblem(wrong)
    if ('problem' in proposed || wrong) return
    await startBackTest({ scope, rule, changes: proposed.changes }, serverNow.peek() - days * DAY, queryOf(scope)).then(setJob, fail)
  }
  const cancel = () => {
    if (job) void cancelBackTest(job.id).then(() => setJob(null), fail)
  }
  return (
    <fieldset class="back-test">
      <legend>{p().backTest}</legend>
      <div class="buttons">
        <label class="together">
          {p().backTestOver}
          <select value={days} onChange={(event) => setDays(Number(event.currentTarget.value))}>
            {lengths.map((length) => (
              <option key={length} value={length}>
                {p().days(formatNumber(length))}
              </option>
            ))}
          </select>
        </label>
        {isOver && (
          <button type="button" class="button" onClick={() => void start()}>
            {p().startBackTest}
          </button>
        )}
        {job && !isOver && (
          <>
            <progress max={1} value={job.progress} aria-label={p().backTest} />
            <span>{formatNumber(job.progress * 100)} %</span>
            <button type="button" class="button" onClick={cancel}>
              {t().cancel}
            </button>
          </>
        )}
      </div>
      <div role="status">
        {(problem || job?.trouble) && <p class="problem">{problem || job?.trouble}</p>}
        {job?.result && <Result result={job.result} rule={rule} />}
      </div>
    </fieldset>
  )
}

const shownCounts = ['lost', 'added', 'later', 'earlier'] as const

/** Alarms with and without the change; what is lost comes first, since that is what could hurt. */
function Result({ result, rule }: { result: NonNullable<BacktestJobView['result']>; rule: string }) {
  const own = result.byRule.find((one) => one.rule === rule)?.counts ?? {}
  const others = shownCounts.some((name) => (result.counts[name] ?? 0) > (own[name] ?? 0))
  return (
    <>
      <p>
        {p().alarmsBefore} <b>{formatNumber(own.before ?? 0)}</b> → {p().alarmsAfter} <b>{formatNumber(own.after ?? 0)}</b>{' '}
        <span class="muted">{p().playedFor(formatNumber(result.facilities), formatNumber(result.readings))}</span>
      </p>
      <dl class="line">
        {shownCounts.map((name) => (
          <>
            <dt key={name}>{p().differences[name]}</dt>
            <dd>{formatNumber(own[name] ?? 0)}</dd>
          </>
        ))}
      </dl>
      {others && <p>{p().othersDiffer}</p>}
      {result.before.floods !== result.after.floods && (
        <p>{p().floodsDiffer(formatNumber(result.before.floods), formatNumber(result.after.floods))}</p>
      )}
    </>
  )
}
