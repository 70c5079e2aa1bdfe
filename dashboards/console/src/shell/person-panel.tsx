import { session, signOut } from '../live/api.ts'
import { language, say, t } from '../settings.ts'
import { may } from './access.ts'
import { helpOpen } from './help-open.ts'
import { scopeWords } from './person.tsx'
import { toggleKiosk } from './router.ts'
import { hadSession } from './session-end.ts'
import { SoundPanel } from './sound/sound-panel.tsx'
import { LookSwitches } from './switches.tsx'

const texts = {
  en: { account: 'Account, password, sessions', scope: 'Limited to', wholeCity: 'The whole city', fullScreen: 'Kiosk and full screen' },
  zh: { account: '账户、密码与会话', scope: '权限范围', wholeCity: '全市', fullScreen: '大屏与全屏' },
}

/** Who is signed in, as what and for which part of the city, and how this browser shows the console. */
export function PersonPanel() {
  const words = texts[language.value]
  const limits = scopeWords()
  return (
    <>
      <p class="who">
        <b>{session.value?.name}</b> · {session.value && say(session.value.roleTitle)}
        <br />
        <span class="muted">{limits ? `${words.scope}: ${limits}` : words.wholeCity}</span>
      </p>
      {may('own.change') && <a href="/own">{words.account}</a>}
      <div class="buttons">
        <LookSwitches />
      </div>
      <SoundPanel />
      <button type="button" class="button" onClick={() => (helpOpen.value = true)}>
        {t().help} <kbd>?</kbd>
      </button>
      <button type="button" class="button" onClick={toggleKiosk}>
        {words.fullScreen} <kbd>F</kbd>
      </button>
      <button type="button" class="button" onClick={() => void leave()}>
        {t().signOut}
      </button>
    </>
  )
}

export async function leave(): Promise<void> {
  // Signed out here even when the server cannot be told; its cookie then ends by itself.
  hadSession.value = false
  await signOut().catch(() => undefined)
  session.value = null
}
