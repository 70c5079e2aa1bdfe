import { effect, signal } from '@preact/signals'
import type { OrderClass } from '../../../../src/dispatch/order.ts'
import { recall, remember } from '../../../shared/preferences.ts'
import { sound } from '../../../shared/tones.ts'
import type { Call } from '../order/my-orders.ts'
import { calls, kept } from '../state.ts'
import { c } from '../texts.ts'
import { notifyHere } from './worker.ts'

/** How often a new order sounds and how far apart, ms: long enough to be heard in a cab, and not for ever. */
const TIMES = 10
const EVERY = 6000
const VIBRATION = [400, 150, 400, 150, 800]

/** What nobody on this phone has looked at yet. */
export const ringing = signal<readonly Call[]>([])
/** The browser lets no page sound before somebody has touched it. */
export const isBlocked = signal(false)
export const soundOn = signal(recall('crew-sound') !== 'off')

export function setSound(on: boolean): void {
  soundOn.value = on
  remember('crew-sound', on ? 'on' : 'off')
  if (on) allowSound()
}

let context: AudioContext | null = null

function look(): void {
  isBlocked.value = soundOn.peek() && context !== null && context.state !== 'running'
}

/** Called by a touch, which is what browsers wait for. */
export function allowSound(): void {
  if (!('AudioContext' in globalThis)) return
  context ??= new AudioContext()
  context.onstatechange = look
  look()
  if (context.state !== 'running') void context.resume().then(look, look)
}

export function soundOnce(of: OrderClass): void {
  if (soundOn.peek() && context?.state === 'running') sound(context, of === 'danger' ? 'critical' : 'high', 1)
  vibrate(VIBRATION)
}

/** Browsers vibrate for a page that somebody has touched only, and complain of others. */
function vibrate(pattern: number | number[]): void {
  if ('vibrate' in navigator && (navigator.userActivation?.hasBeenActive ?? true)) navigator.vibrate(pattern)
}

let timer: ReturnType<typeof setInterval> | undefined
function ring(of: OrderClass): void {
  clearInterval(timer)
  let left = TIMES - 1
  soundOnce(of)
  timer = setInterval(() => {
    if (left-- <= 0 || ringing.peek().length === 0) return clearInterval(timer)
    soundOnce(of)
  }, EVERY)
}

/** A touch anywhere: somebody is there. What is new stays on the screen. */
export function hush(): void {
  clearInterval(timer)
  vibrate(0)
}

/** Somebody has looked at the order, or at all. */
export function seen(order?: number): void {
  ringing.value = order === undefined ? [] : ringing.peek().filter((one) => one.order !== order)
  if (ringing.peek().length === 0) hush()
}

/** Calls that have been told already, by name; null until it is known which are new. */
let told: Set<string> | null = null
/** Those that were in a fetched list: what the socket told first is not there yet, what is there no more is over. */
const listed = new Set<string>()

/** Alarms the phone with a call, once. */
export function alarmOf(call: Call): void {
  const { name, order, type } = call
  if (!told || told.has(name)) return
  told.add(name)
  ringing.value = [...ringing.peek().filter((one) => one.order !== order), call]
  ring(call.class)
  if (document.visibilityState === 'hidden') void notifyHere(type === 'refuted' ? c().refuted : c().newOrder, order)
}

/** Looks at what calls from now on: what is there at first is on the screen, and what comes later alarms. */
export function startAlarm(): void {
  addEventListener('pointerdown', hush)
  // Not before the finger is up: what the banner leaves free would move another thing under it.
  addEventListener('click', () => soundOn.peek() && allowSound())
  allowSound()
  effect(() => {
    const names = calls.value.map(({ name }) => name)
    const isFetched = (kept.value?.at ?? 0) > 0
    if (!told) {
      if (isFetched) told = new Set(names)
      return
    }
    for (const call of calls.value) alarmOf(call)
    const still = ringing.peek().filter(({ name }) => names.includes(name) || !listed.has(name))
    for (const name of names) listed.add(name)
    if (still.length !== ringing.peek().length) ringing.value = still
    if (still.length === 0) hush()
  })
}
