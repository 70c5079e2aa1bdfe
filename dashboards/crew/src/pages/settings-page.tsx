import { useEffect } from 'preact/hooks'
import { language, setTheme, speak, theme } from '../../../shared/preferences.ts'
import { session } from '../../../shared/session.ts'
import { signOut } from '../crew-api.ts'
import { forgetOrders } from '../kept/kept-orders.ts'
import { allowSound, setSound, soundOn, soundOnce } from '../phone/alarm.ts'
import { askForPush, endPush, push } from '../phone/push.ts'
import { askForRoom, room } from '../phone/storage.ts'
import { goHome } from '../router.ts'
import { account, changed, kept, reach, waiting } from '../state.ts'
import { c } from '../texts.ts'
import { bytes } from './order-words.ts'

interface ChoiceProps<T extends string> {
  title: string
  chosen: T
  options: readonly (readonly [T, string])[]
  onChoose: (option: T) => void
}

function Choice<T extends string>({ title, chosen, options, onChoose }: ChoiceProps<T>) {
  return (
    <fieldset>
      <legend>{title}</legend>
      <div class="row">
        {options.map(([option, words]) => (
          <button key={option} type="button" class="button grow" aria-pressed={option === chosen} onClick={() => onChoose(option)}>
            {words}
          </button>
        ))}
      </div>
    </fieldset>
  )
}

export const LanguageChoice = () => (
  <Choice
    title={c().language}
    chosen={language.value}
    options={[
      ['zh', '中文'],
      ['en', 'English'],
    ]}
    onChoose={speak}
  />
)

async function leave(): Promise<void> {
  const n = waiting.peek().length
  if (n > 0 && !confirm(c().signOutWaiting(n))) return
  await endPush()
  try {
    await signOut()
  } catch {
    // Without a network the session ends by itself; what it showed goes from here now.
  }
  await forgetOrders()
  session.value = null
  await changed()
  goHome()
}

export function SettingsPage() {
  useEffect(() => void askForRoom(), [])
  const crews = kept.value?.crews.map(({ name }) => name).join(', ')
  const tryAlarm = () => {
    allowSound()
    soundOnce('danger')
  }
  return (
    <div class="settings">
      <LanguageChoice />
      <Choice
        title={c().theme}
        chosen={theme.value}
        options={[
          ['dark', c().dark],
          ['light', c().light],
        ]}
        onChoose={setTheme}
      />
      <Choice
        title={c().sound}
        chosen={soundOn.value ? 'on' : 'off'}
        options={[
          ['on', c().on],
          ['off', c().off],
        ]}
        onChoose={(option) => setSound(option === 'on')}
      />
      <button type="button" class="button wide" onClick={tryAlarm}>
        {c().trySound}
      </button>
      <section class="part">
        <h2>{c().push}</h2>
        <p>{c().pushStates[push.value]}</p>
        {(push.value === 'off' || push.value === 'failed') && (
          <button type="button" class="button wide" onClick={() => void askForPush()}>
            {c().allow}
          </button>
        )}
      </section>
      <section class="part">
        <h2>{c().storage}</h2>
        {room.value && (
          <p>
            {c().storageOf(bytes(room.value.used), bytes(room.value.most))}
            <br />
            {room.value.isPersistent ? c().persistent : c().notPersistent}
          </p>
        )}
        <p class="muted">{c().install}</p>
      </section>
      <section class="part">
        <h2>{c().account}</h2>
        <p>
          {account.value}
          {crews && (
            <>
              <br />
              <span class="muted">
                {c().crews}: {crews}
              </span>
            </>
          )}
        </p>
        <button type="button" class="button wide" disabled={reach.value === 'none'} onClick={() => void leave()}>
          {c().signOut}
        </button>
      </section>
    </div>
  )
}
