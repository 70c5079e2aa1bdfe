import type { Signal } from '../../../../shared/tones.ts'
import { trySound } from './sound.ts'
import { LEAST_VOLUME, setSound, setVolume, soundOn, volume } from './sound-settings.ts'
import { so } from './sound-texts.ts'

/** Sound of this browser: on or off, how loud, and how each signal sounds. */
export function SoundPanel() {
  return (
    <fieldset>
      <legend>{so().sound}</legend>
      <label class="check">
        <input type="checkbox" checked={soundOn.value} onChange={(event) => setSound(event.currentTarget.checked)} />
        {so().sound}
      </label>
      <label class="check">
        {so().volume}
        <input
          type="range"
          min={LEAST_VOLUME}
          max={1}
          step={0.1}
          value={volume.value}
          onInput={(event) => setVolume(Number(event.currentTarget.value))}
        />
      </label>
      <div class="buttons">
        {so().try}
        {(Object.keys(so().signals) as Signal[]).map((signal) => (
          <button key={signal} type="button" class="button" onClick={() => trySound(signal)}>
            {so().signals[signal]}
          </button>
        ))}
      </div>
    </fieldset>
  )
}
