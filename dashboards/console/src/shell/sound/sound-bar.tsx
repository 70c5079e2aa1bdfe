import { allowSound, isBlocked } from './sound.ts'
import { so } from './sound-texts.ts'

/** Tells that the browser keeps the console silent, and how to change that. */
export function SoundBar() {
  if (!isBlocked.value) return null
  return (
    <p class="banner warning sound-bar" role="alert">
      ✕ {so().blocked}
      <button type="button" class="button" onClick={allowSound}>
        {so().allow}
      </button>
    </p>
  )
}
