import { signal } from '@preact/signals'
import type { LightArmingView, LightChangeInput, LightChangeView } from '../../../../src/edges/http/light-change-schemas.ts'
import { newId } from '../../../shared/new-id.ts'
import { whyNotLive } from '../commands/refused.ts'
import { link } from '../live/live.ts'
import { act, tell } from '../shell/notice.tsx'
import { armLight, executeLight } from './light-api.ts'

/** A change of light that was looked at and waits for a yes. */
export interface LightWanted {
  change: LightChangeInput
  arming: LightArmingView
  answer: (given: LightChangeView | null) => void
}

export const lightOpen = signal<LightWanted | null>(null)

/**
 * Looks at what a change would do, and asks before it is done: at once only where nobody gets another light. Answers what became of it; null
 * where nothing was done, which the console has said by then.
 */
export async function giveLight(change: LightChangeInput): Promise<LightChangeView | null> {
  const refused = whyNotLive(link.peek())
  if (refused) {
    tell(refused, true)
    return null
  }
  let arming: LightArmingView | null = null
  let given: LightChangeView | null = null
  await act(async () => {
    arming = await armLight(change)
    if (arming.ready === 0) given = await executeLight(newId(), arming.token)
  })
  const seen = arming as LightArmingView | null
  if (!seen || seen.ready === 0) return given
  return new Promise((answer) => {
    lightOpen.value = { change, arming: seen, answer }
  })
}

export function closeLight(given: LightChangeView | null): void {
  const wanted = lightOpen.peek()
  lightOpen.value = null
  wanted?.answer(given)
}
