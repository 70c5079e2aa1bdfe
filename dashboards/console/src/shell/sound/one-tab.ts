import { signal } from '@preact/signals'

const LOCK = 'lamplighter-sound'

/** Whether this tab is the one of its browser that sounds: the one that was last in sight. */
export const isSpeaker = signal(false)

/** Takes the part of the speaker whenever the tab comes into sight, and else when the tab that has it goes. */
export function shareSpeaker(): void {
  if (!('locks' in navigator)) {
    // Without https there are no locks; then it is the tabs in sight.
    const look = () => {
      isSpeaker.value = document.visibilityState === 'visible'
    }
    document.addEventListener('visibilitychange', look)
    look()
    return
  }
  const take = (steal: boolean) =>
    navigator.locks
      .request(LOCK, { steal }, () => {
        isSpeaker.value = true
        return new Promise<never>(() => undefined)
      })
      .catch(() => {
        isSpeaker.value = false
        take(false)
      })
  const look = () => {
    if (document.visibilityState === 'visible' && !isSpeaker.peek()) take(true)
  }
  document.addEventListener('visibilitychange', look)
  if (document.visibilityState === 'visible') take(true)
  else take(false)
}
