import { useEffect, useReducer, useRef } from 'preact/hooks'

const OVERSCAN = 12

/**
 * Which rows of a long list of equal heights are in sight of its scrolling box.
 * Equal heights need no measuring, so this stands in for a library of 9 kB.
 */
export function useVirtualRows(count: number, rowHeight: number, slack: number) {
  const scroller = useRef<HTMLDivElement>(null)
  const [, redraw] = useReducer((n: number) => n + 1, 0)
  useEffect(() => {
    const box = scroller.current as HTMLDivElement
    let shown = ''
    const look = () => {
      const now = `${Math.floor(box.scrollTop / rowHeight)} ${box.clientHeight}`
      if (now !== shown) redraw(undefined)
      shown = now
    }
    const observer = new ResizeObserver(look)
    observer.observe(box)
    box.addEventListener('scroll', look, { passive: true })
    look()
    return () => {
      observer.disconnect()
      box.removeEventListener('scroll', look)
    }
  }, [])
  const { scrollTop = 0, clientHeight = 0 } = scroller.current ?? {}
  const first = Math.floor((scrollTop - slack) / rowHeight)
  const from = Math.max(0, first - OVERSCAN)
  const to = Math.min(count, first + Math.ceil(clientHeight / rowHeight) + OVERSCAN)
  const reveal = (index: number) => {
    const box = scroller.current
    if (!box) return
    const top = slack + index * rowHeight
    if (top < box.scrollTop) box.scrollTop = top
    else if (top + rowHeight > box.scrollTop + box.clientHeight) box.scrollTop = top + rowHeight - box.clientHeight
  }
  return { scroller, from, to, above: Math.max(0, first), height: slack + count * rowHeight, reveal }
}
