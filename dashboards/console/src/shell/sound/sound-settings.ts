import { computed, signal } from '@preact/signals'
import { session } from '../../live/api.ts'
import { recall, remember } from '../../settings.ts'

/** Those whose work is to hear alarms. */
const listeners: ReadonlySet<string> = new Set(['wall', 'operator', 'dispatcher'])
export const LEAST_VOLUME = 0.1
const USUAL_VOLUME = 0.6

const chosen = signal(recall('sound'))
const heard = signal(recall('volume'))
/** Chosen in this browser, or else by the role. */
export const soundOn = computed(() => (chosen.value === null ? listeners.has(session.value?.role ?? '') : chosen.value === 'on'))
/** From `LEAST_VOLUME` to 1: sound is switched off, and not turned down until nobody knows. */
export const volume = computed(() => {
  const set = Number(heard.value ?? USUAL_VOLUME)
  return Number.isFinite(set) ? Math.min(1, Math.max(LEAST_VOLUME, set)) : USUAL_VOLUME
})

export function setSound(on: boolean): void {
  chosen.value = on ? 'on' : 'off'
  remember('sound', chosen.value)
}

export function setVolume(to: number): void {
  heard.value = String(to)
  remember('volume', heard.value)
}

// The tabs of one browser have one loudspeaker.
addEventListener('storage', () => {
  chosen.value = recall('sound')
  heard.value = recall('volume')
})
