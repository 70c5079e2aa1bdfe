import { useLayoutEffect, useRef } from 'preact/hooks'
import { type RowPlace, shiftToHold } from './alarm-order.ts'

/** Keeps the row under the pointer, or the first one in sight, where it is while others come and go. */
export function useHeldRows(
  list: readonly RowPlace[],
  scroller: { current: HTMLDivElement | null },
  rowHeight: number,
  slack: number,
  setSlack: (px: number) => void,
) {
  const before = useRef<readonly RowPlace[]>([])
  const pointer = useRef<number | null>(null)
  const followsTop = useRef(true)
  useLayoutEffect(() => {
    const box = scroller.current
    const previous = before.current
    before.current = list
    if (!box || (pointer.current === null && box.scrollTop === 0)) return
    const index = Math.floor((box.scrollTop - slack + (pointer.current ?? 0)) / rowHeight)
    const shift = shiftToHold(previous, list, index) * rowHeight
    if (shift === 0) return
    followsTop.current &&= box.scrollTop - slack <= 0 || slack > 0 || pointer.current !== null
    if (box.scrollTop + shift < 0) setSlack(slack - (box.scrollTop + shift))
    makeRoom(box, box.scrollTop + shift)
    box.scrollTop += shift
  }, [list])
  return {
    onPointerMove: (event: PointerEvent) => {
      if (pointer.current === null) followsTop.current = scroller.current?.scrollTop === 0
      pointer.current = event.clientY - (scroller.current?.getBoundingClientRect().top ?? 0)
    },
    onPointerLeave: () => {
      pointer.current = null
      setSlack(0)
      if (scroller.current) makeRoom(scroller.current, 0)
      if (followsTop.current && scroller.current) scroller.current.scrollTop = 0
    },
    onWheel: () => {
      followsTop.current = false
    },
  }
}

/** Lets a list that is shorter than its box scroll to `top` too. */
function makeRoom(box: HTMLElement, top: number): void {
  const rows = box.firstElementChild as HTMLElement
  rows.style.minHeight = top > 0 ? `${top + box.clientHeight}px` : ''
}
