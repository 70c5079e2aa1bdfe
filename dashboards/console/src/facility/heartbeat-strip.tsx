import { useEffect, useState } from 'preact/hooks'
import type { HeartbeatsView, HeartbeatView } from '../../../../src/edges/http/heartbeat-schemas.ts'
import { formatDateTime, formatDuration, formatNumber } from '../format.ts'
import { explain } from '../shell/notice.tsx'
import { f } from '../texts/facility.ts'
import { getHeartbeats } from './facility-api.ts'
import { useTurn } from './use-facility.ts'

const CELLS = 60
const REFRESH = 10_000
const WIDTH = 12
const HEIGHT = 22

/** One cell for each report that was expected of late: came, late, from history, missing or not due, told by shape and in words. */
export function HeartbeatStrip({ id }: { id: string }) {
  const [found, setFound] = useState<{ id: string; view: HeartbeatsView } | null>(null)
  const [problem, setProblem] = useState('')
  const turn = useTurn(REFRESH)
  useEffect(() => {
    let wanted = true
    getHeartbeats(id, CELLS).then(
      (view) => {
        if (wanted) setFound({ id, view })
        if (wanted) setProblem('')
      },
      (failure) => wanted && setProblem(explain(failure)),
    )
    return () => {
      wanted = false
    }
  }, [id, turn])
  const view = found?.id === id ? found.view : null
  return (
    <section class="panel heartbeat">
      <h2>{f().heartbeat}</h2>
      {problem && <p class="problem">{problem}</p>}
      {view && <Strip view={view} />}
    </section>
  )
}

function Strip({ view: { interval, cells } }: { view: HeartbeatsView }) {
  if (interval === null) return <p class="muted">{f().unknownInterval}</p>
  const [first, last] = [cells[0], cells.at(-1)]
  if (!first || !last) return <p class="muted">{f().noneDue}</p>
  const counts = [...Map.groupBy(cells, ({ state }) => state)]
    .map(([state, own]) => `${f().cells[state]} ${formatNumber(own.length)}`)
    .join(', ')
  return (
    <>
      <p class="muted small">{f().heartbeatOf(formatNumber(cells.length), formatDuration(last.at - first.at), formatDuration(interval))}</p>
      <svg
        role="img"
        aria-label={counts}
        viewBox={`${(cells.length - CELLS) * WIDTH} 0 ${CELLS * WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
      >
        {cells.map((cell, i) => (
          <g key={cell.at} class={`beat ${cell.state}`} transform={`translate(${i * WIDTH} 0)`}>
            <title>{wordsOf(cell)}</title>
            <rect class="place" width={WIDTH} height={HEIGHT} />
            <Mark state={cell.state} />
          </g>
        ))}
      </svg>
      <p class="small key">
        {[...new Set(cells.map(({ state }) => state))].map((state) => (
          <span key={state} class="with-symbol">
            <svg class="key-mark" width={WIDTH} height={16} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true">
              <Mark state={state} />
            </svg>
            {f().cells[state]} {formatNumber(cells.filter((cell) => cell.state === state).length)}
          </span>
        ))}
      </p>
    </>
  )
}

const wordsOf = ({ at, state, delay }: HeartbeatView): string =>
  f().cellAt([f().cells[state], delay !== null && f().lateBy(formatDuration(delay))].filter(Boolean).join(', '), formatDateTime(at))

/** Full: came; lower half: late; hatched: from history; hollow and crossed: missing; a dot: not due. */
function Mark({ state }: { state: HeartbeatView['state'] }) {
  const [width, height] = [WIDTH - 3, HEIGHT - 4]
  if (state === 'came') return <rect class="full" x={1.5} y={2} width={width} height={height} />
  if (state === 'late')
    return (
      <>
        <rect class="hollow" x={1.5} y={2} width={width} height={height} />
        <rect class="full" x={1.5} y={2 + height / 2} width={width} height={height / 2} />
      </>
    )
  if (state === 'history')
    return (
      <>
        <rect class="hollow" x={1.5} y={2} width={width} height={height} />
        <path class="hollow" d={`M1.5 7h${width}m0 5h${-width}m0 5h${width}`} />
      </>
    )
  if (state === 'missing')
    return <path class="missing" d={`M1.5 2h${width}v${height}h${-width}zl${width} ${height}m0 ${-height}l${-width} ${height}`} />
  return <circle class="full" cx={WIDTH / 2} cy={HEIGHT / 2} r={1.6} />
}
