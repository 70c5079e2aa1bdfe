import { useEffect } from 'preact/hooks'
import { useKeys } from '../keys.ts'
import { tell } from '../notice.tsx'
import { inKiosk } from '../router.ts'
import { endSilence, hasSound, isBlocked, silence, silentFor, startSound } from './sound.ts'
import { setSound, soundOn } from './sound-settings.ts'
import { so } from './sound-texts.ts'

const countdown = (ms: number): string => {
  const seconds = Math.ceil(ms / 1000)
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}

async function silenceNow(): Promise<void> {
  if (!soundOn.peek() || !hasSound.peek()) tell(so().nothing)
  else if (await silence()) tell(so().recorded)
  else tell(so().notRecorded, true)
}

/** Silences the console for a while, and tells how long it still is; switches the sound on where it is off. */
export function SoundButton() {
  useEffect(startSound, [])
  useKeys({ m: () => void silenceNow() })
  const isSilent = silentFor.value > 0
  const isOff = !soundOn.value
  const text = isOff ? so().off : isSilent ? so().silent(countdown(silentFor.value)) : so().silence
  const title = isOff ? so().turnOn : isSilent ? so().endSilence : so().silenceFor
  if (inKiosk.value) return isOff || isSilent ? <b>{text}</b> : null
  const press = () => (isOff ? setSound(true) : isSilent ? endSilence() : void silenceNow())
  return (
    <button type="button" class="button sound" title={title} onClick={press}>
      <svg width="18" height="16" viewBox="0 0 18 16" aria-hidden="true">
        <path class="box" d="M1 5.5H4L8.5 2V14L4 10.5H1Z" />
        {isOff || isSilent || isBlocked.value ? (
          <path d="M11 5 17 11M17 5 11 11" />
        ) : (
          <path d="M11 5.5Q12.8 8 11 10.5M13.4 3.5Q16.6 8 13.4 12.5" />
        )}
      </svg>
      <span>{text}</span>
      {!isOff && !isSilent && <kbd>M</kbd>}
    </button>
  )
}
