import { language, setLanguage, setTheme, t, theme } from '../settings.ts'
import { helpOpen } from './help-open.ts'
import { explain, tell } from './notice.tsx'

/** Theme and language. */
export function LookSwitches() {
  return (
    <>
      <button type="button" class="button" onClick={() => setTheme(theme.value === 'dark' ? 'light' : 'dark')}>
        {theme.value === 'dark' ? t().lightTheme : t().darkTheme}
      </button>
      <button
        type="button"
        class="button"
        lang={language.value === 'en' ? 'zh-CN' : 'en'}
        onClick={() => void setLanguage(language.value === 'en' ? 'zh' : 'en').catch((problem) => tell(explain(problem), true))}
      >
        {language.value === 'en' ? '中文' : 'English'}
      </button>
    </>
  )
}

/** Theme, language, help. */
export function Switches() {
  return (
    <>
      <LookSwitches />
      <button type="button" class="button" aria-label={t().help} title={`${t().help} (?)`} onClick={() => (helpOpen.value = true)}>
        ?
      </button>
    </>
  )
}
