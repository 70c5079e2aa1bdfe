import type { ComponentProps } from 'preact'
import { useRef, useState } from 'preact/hooks'
import { formatDateTime, formatValue, formatWithUnit } from '../format.ts'
import { say } from '../settings.ts'
import { Plot } from './plot.tsx'
import { type PlotStep, sampleAfter, stepOf } from './plot-steps.ts'

type PlotProps = ComponentProps<typeof Plot>

/** A plot through whose samples the arrow keys go, each read out as it is reached. */
export function KeyedPlot(props: PlotProps) {
  const { data, from, to, words } = props
  const box = useRef<HTMLDivElement>(null)
  const [reached, reach] = useState<number | null>(null)
  const at = reached !== null && reached < data.times.length ? reached : data.times.length - 1
  const move = (step: PlotStep) => {
    const next = sampleAfter(data, reached === null ? null : at, step)
    if (next === null) return
    reach(next)
    showCursor(box.current as HTMLDivElement, ((data.times[next] as number) * 1000 - from) / (to - from))
  }
  if (data.times.length === 0) return <Plot {...props} />
  return (
    <div
      ref={box}
      role="slider"
      tabIndex={0}
      aria-label={words}
      aria-valuemin={0}
      aria-valuemax={data.times.length - 1}
      aria-valuenow={at}
      aria-valuetext={sampleText(props, at)}
      onKeyDown={(event) => {
        const step = stepOf(event.key)
        if (step === null || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return
        event.preventDefault()
        move(step)
      }}
      onBlur={() => box.current?.querySelector('.u-over')?.dispatchEvent(new MouseEvent('mouseleave'))}
    >
      <Plot {...props} />
    </div>
  )
}

function sampleText({ data: { times, curves }, points, labels, hidden }: PlotProps, index: number): string {
  const values = points.flatMap((point, i) => {
    if (hidden?.has(i)) return []
    const curve = curves[i]
    const [mean, low, high] = [curve?.mean[index], curve?.min[index], curve?.max[index]]
    if (mean === null || mean === undefined) return []
    const value = formatWithUnit(point, point.type === 'number' ? mean : Math.round(mean))
    const range = low === high ? '' : ` (${formatValue(point, low)} – ${formatValue(point, high)})`
    return [`${labels?.[i] ?? say(point.title)}: ${value}${range}`]
  })
  return [formatDateTime((times[index] as number) * 1000), ...values].join('; ')
}

/** As the mouse does, which is what the plot listens to; `share` of its width. */
function showCursor(box: HTMLDivElement, share: number): void {
  const over = box.querySelector('.u-over')
  const { left, top, width, height } = over?.getBoundingClientRect() ?? new DOMRect()
  over?.dispatchEvent(new MouseEvent('mousemove', { clientX: left + share * width, clientY: top + height / 2 }))
}
