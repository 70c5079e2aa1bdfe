import { computed, effect, signal } from '@preact/signals'
import { type Signal, sound } from '../../../../shared/tones.ts'
import { secondPersonCalls } from '../../commands/approval-state.ts'
import { request } from '../../live/api.ts'
import { alarms, link, live, serverNow } from '../../live/live.ts'
import { deskCalls } from '../../orders/waits-for-desk.ts'
import { isListed, isUnacknowledged } from '../../wall/alarm-order.ts'
import { isSpeaker, shareSpeaker } from './one-tab.ts'
import { initialSound, isCall, isSounding, nextSound, type Silence, silenced } from './sound-schedule.ts'
import { soundOn, volume } from './sound-settings.ts'

const state = signal(initialSound)
/** Ms for which it is still silent; 0 when it is not. */
export const silentFor = computed(() => Math.max(0, (state.value.silence?.until ?? 0) - clock.value))
/** Whether there is anything to silence. */
export const hasSound = computed(() => isSounding(state.value))
/** The browser lets no page sound before somebody has touched it. */
export const isBlocked = signal(false)

/** The clock of this computer, each second. */
const clock = computed(() => {
  serverNow.value
  return Date.now()
})

let context: AudioContext | null = null

/** Sound from here on where the browser allows it: at once, or after the next touch. */
async function unlock(): Promise<void> {
  context ??= new AudioContext()
  const own = context
  const look = () => {
    isBlocked.value = own.state !== 'running' && soundOn.peek()
  }
  own.onstatechange = look
  look()
  if (own.state !== 'running') await own.resume()
}

/** Called by a touch, which is what browsers wait for. */
export const allowSound = (): void => void unlock().catch(() => undefined)

/** Sounds a signal whatever else is due. */
export function trySound(tried: Signal): void {
  allowSound()
  if (context) sound(context, tried, volume.peek())
}

const channel = 'BroadcastChannel' in globalThis ? new BroadcastChannel('lamplighter-sound') : null

function takeSilence(silence: Silence | null): void {
  state.value = { ...state.peek(), silence }
}

/** Silent for two minutes in all tabs of this browser. Resolves false when the server could not write it down. */
export async function silence(): Promise<boolean> {
  const next = silenced(state.peek(), Date.now())
  takeSilence(next.silence)
  channel?.postMessage(next.silence)
  const ids = [...next.plans].flatMap(([key, { left, id }]) => (left > 0 && !isCall(key) ? [id] : []))
  try {
    await request('POST', '/api/sound-silences', { alarms: ids.slice(0, 500), linkLost: next.linkLostDue !== null })
    return true
  } catch {
    return false
  }
}

export function endSilence(): void {
  takeSilence(null)
  channel?.postMessage(null)
}

let started = false

/** Listens to the alarms and the link from now on. */
export function startSound(): void {
  if (started) return
  started = true
  shareSpeaker()
  channel?.addEventListener('message', ({ data }) => takeSilence(data as Silence | null))
  // A click and not its beginning: the bar that goes moves the other strips, and with them a button under the pointer.
  for (const touch of ['click', 'keydown']) addEventListener(touch, () => soundOn.peek() && isBlocked.peek() && allowSound())
  const unacknowledged = computed(() => [...alarms.value.values()].filter((alarm) => isListed(alarm) && isUnacknowledged(alarm)))
  effect(() => {
    if (soundOn.value) allowSound()
    else isBlocked.value = false
  })
  effect(() => {
    const calls = [...deskCalls.value.map((id) => `order ${id}`), ...secondPersonCalls.value.map((id) => `command ${id}`)]
    const input = { at: clock.value, alarms: unacknowledged.value, calls, flood: live.value.flood, link: link.value }
    const { state: next, signal: due } = nextSound(state.peek(), input)
    state.value = next
    if (due && soundOn.peek() && isSpeaker.peek() && context?.state === 'running') sound(context, due, volume.peek())
  })
}
