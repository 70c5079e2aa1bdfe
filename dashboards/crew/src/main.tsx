import { effect } from '@preact/signals'
import { render } from 'preact'
import { setTheme, speak, usualLanguage, usualTheme } from '../../shared/preferences.ts'
import { session } from '../../shared/session.ts'
import { App } from './app.tsx'
import { dropLive, startLive } from './live.ts'
import { startAlarm } from './phone/alarm.ts'
import { startPlace } from './phone/position.ts'
import { lookAtPush } from './phone/push.ts'
import { askForRoom } from './phone/storage.ts'
import { lookForUpdate, startWorker, wanted } from './phone/worker.ts'
import { navigate, orderPath, startRouter } from './router.ts'
import { catchUp, readKept, startSharing, trouble } from './state.ts'
import { c } from './texts.ts'

/** While somebody looks at it, the state of facilities is fetched so often, ms; orders come by themselves. */
const REFRESH = 60_000

setTheme(usualTheme())
speak(usualLanguage())
startRouter()
startSharing()

/** Somebody looks at the page again. */
function wake(): void {
  if (document.visibilityState === 'hidden') return
  lookForUpdate()
  void catchUp()
}
for (const sign of ['pageshow', 'focus']) addEventListener(sign, wake)
document.addEventListener('visibilitychange', wake)
// Also in a pocket: a new order is to ring there, and what waits is to go out.
addEventListener('online', () => void catchUp())
addEventListener('offline', dropLive)
setInterval(() => document.visibilityState === 'visible' && void catchUp(), REFRESH)
effect(() => {
  if (wanted.value !== null) navigate(orderPath(wanted.value))
})
let asked = false
effect(() => {
  if (!session.value || asked) return
  asked = true
  void askForRoom()
})

async function start(): Promise<void> {
  try {
    await readKept()
  } catch {
    // A browser that keeps nothing, such as a private window, still shows what the server tells.
    trouble.value = c().noStore
  }
  render(<App />, document.getElementById('crew') as HTMLElement)
  startAlarm()
  startLive()
  void startPlace()
  const worker = startWorker(() => void catchUp())
  await catchUp()
  await worker
  if (session.peek()) await lookAtPush()
}
void start()
