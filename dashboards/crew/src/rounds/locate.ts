import type { ClaimedPlace } from '../../../../src/operations/check-in.ts'

/** Good enough to be taken at once, m; what is coarser is looked at again for a while. */
const GOOD = 30
/** ms */
const PATIENCE = 12_000

/** Where this phone is now, as finely as it tells within some seconds; null where it does not. */
export function locate(): Promise<ClaimedPlace | null> {
  return new Promise((resolve) => {
    if (!('geolocation' in navigator)) return resolve(null)
    let best: ClaimedPlace | null = null
    const done = () => {
      clearTimeout(timer)
      navigator.geolocation.clearWatch(watch)
      resolve(best)
    }
    const timer = setTimeout(done, PATIENCE)
    const watch = navigator.geolocation.watchPosition(
      ({ coords }) => {
        const place: ClaimedPlace = { position: [coords.longitude, coords.latitude], accuracy: coords.accuracy }
        if (!best || place.accuracy <= best.accuracy) best = place
        if (coords.accuracy <= GOOD) done()
      },
      ({ code, PERMISSION_DENIED }) => {
        if (code === PERMISSION_DENIED) done()
      },
      { enableHighAccuracy: true, maximumAge: 5000, timeout: PATIENCE },
    )
  })
}
