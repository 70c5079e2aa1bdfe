import { signal } from '@preact/signals'
import type { Place } from '../order/map-links.ts'

export interface OwnPlace {
  place: Place
  /** Radius within which it is with 95 %, m. */
  accuracy: number
}

/** Where this phone is, while somebody looks; from here it is sent nowhere. */
export const ownPlace = signal<OwnPlace | null>(null)
export const placeProblem = signal<'refused' | 'none' | null>(null)
export const isWatching = signal(false)

let watch: number | undefined

export function watchPlace(): void {
  if (watch !== undefined || !('geolocation' in navigator)) return
  isWatching.value = true
  watch = navigator.geolocation.watchPosition(
    ({ coords }) => {
      placeProblem.value = null
      ownPlace.value = { place: [coords.longitude, coords.latitude], accuracy: coords.accuracy }
    },
    ({ code, PERMISSION_DENIED }) => {
      placeProblem.value = code === PERMISSION_DENIED ? 'refused' : 'none'
      if (code === PERMISSION_DENIED) stopPlace()
    },
    { enableHighAccuracy: true, maximumAge: 10_000, timeout: 30_000 },
  )
}

function stopPlace(): void {
  if (watch !== undefined) navigator.geolocation.clearWatch(watch)
  watch = undefined
  isWatching.value = false
}

/** Where somebody has allowed it before, it is shown without a question; a page that is not looked at saves the battery. */
export async function startPlace(): Promise<void> {
  const look = async () => {
    if (document.visibilityState === 'hidden') return stopPlace()
    const permission = await navigator.permissions?.query({ name: 'geolocation' }).catch(() => null)
    if (permission?.state === 'granted') watchPlace()
  }
  document.addEventListener('visibilitychange', () => void look())
  await look()
}
