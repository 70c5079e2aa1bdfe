import { useMemo } from 'preact/hooks'
import type { Priority } from '../../../src/detection/rule.ts'
import type { AlarmView, FacilityState } from '../../../src/edges/http/schemas.ts'
import { hollow, numbers, shapes } from '../../shared/palette.ts'

/** How an alarm's life shows on its symbol. */
export type SymbolLook = 'unacknowledged' | 'acknowledged' | 'returned' | 'plain'

export function lookOf(alarm: Pick<AlarmView, 'state'>): SymbolLook {
  if (alarm.state === 'unacknowledged') return 'unacknowledged'
  if (alarm.state === 'rtn-unacknowledged') return 'returned'
  return 'acknowledged'
}

const PERIOD = 1000

/** The symbol of a state; always beside a word, so it is hidden from screen readers. */
export function StateSymbol({ state, look = 'plain', size = 20 }: { state: FacilityState | Priority; look?: SymbolLook; size?: number }) {
  // All symbols blink together, whenever they were drawn.
  const phase = useMemo(() => (look === 'unacknowledged' ? { animationDelay: `-${Math.round(performance.now() % PERIOD)}ms` } : {}), [look])
  return (
    <svg
      class={`symbol ${state} ${hollow[state] ? 'hollow' : look}`}
      style={phase}
      width={size}
      height={size}
      viewBox="-2 -2 28 28"
      aria-hidden="true"
    >
      <path class="under" d={shapes[state]} />
      <path class="shape" d={shapes[state]} />
      {numbers[state] && (
        <text x="12" y={state === 'high' ? 19 : 17} text-anchor="middle">
          {numbers[state]}
        </text>
      )}
    </svg>
  )
}
