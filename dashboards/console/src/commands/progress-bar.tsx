import { formatNumber } from '../format.ts'
import { c } from '../texts/commands.ts'
import { type Progress, progressParts } from './progress.ts'

const classes = { done: 'done', failed: 'failed', underWay: 'under-way', calledBack: 'called-back' } as const
const order = ['done', 'failed', 'underWay'] as const

/** How far a command has come, as a bar and in words. */
export function ProgressBar({ progress }: { progress: Progress }) {
  let from = 0
  const parts = order.map((part) => {
    const width = progress.total === 0 ? 0 : (100 * progress[part]) / progress.total
    from += width
    return { part, x: from - width, width }
  })
  return (
    <>
      <svg class="progress" viewBox="0 0 100 12" preserveAspectRatio="none" aria-hidden="true">
        <rect class="ground-bar" width="100" height="12" />
        {parts.map(({ part, x, width }) => width > 0 && <rect key={part} class={classes[part]} x={x} width={width} height="12" />)}
      </svg>
      <span class="progress-words">
        {progressParts
          .filter((part) => progress[part] > 0)
          .map((part, i) => (
            <span key={part}>
              {i > 0 && ' · '}
              {c().progress[part](formatNumber(progress[part]))}
            </span>
          ))}
      </span>
    </>
  )
}
