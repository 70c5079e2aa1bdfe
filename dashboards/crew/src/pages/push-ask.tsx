import { signal } from '@preact/signals'
import { recall, remember } from '../../../shared/preferences.ts'
import { askForPush, push } from '../phone/push.ts'
import { c } from '../texts.ts'

/** That it was put off, so that nobody is asked at each start. */
const pushAsked = signal(recall('crew-push-asked') !== null)

/** Below the orders, so that nothing moves under a thumb when it comes. */
export function PushAsk() {
  if (push.value !== 'off' || pushAsked.value) return null
  const done = () => {
    remember('crew-push-asked', 'yes')
    pushAsked.value = true
  }
  return (
    <div class="part ask">
      <span class="grow">{c().pushAsk}</span>
      <button type="button" class="button strong" onClick={() => void askForPush().finally(done)}>
        {c().allow}
      </button>
      <button type="button" class="button" onClick={done}>
        {c().notNow}
      </button>
    </div>
  )
}
