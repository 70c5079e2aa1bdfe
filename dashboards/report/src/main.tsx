import './old-browsers.ts'
import { render } from 'preact'
import { useEffect } from 'preact/hooks'
import { language, setTheme, speak, usualLanguage, usualTheme } from '../../shared/preferences.ts'
import { address, startAddress } from './address.ts'
import { codeOf, positionOf } from './addressed.ts'
import { LookUpPage } from './look-up.tsx'
import { PolePage } from './pole-page.tsx'
import { NotTaken } from './result.tsx'
import { outbox, startSending } from './sending.ts'
import { HerePage, StartPage } from './start-page.tsx'
import { t } from './texts.ts'

function Body() {
  const { pathname, searchParams } = address.value
  const code = codeOf(pathname)
  const number = searchParams.get('number')
  const here = positionOf(searchParams.get('here'))
  if (code) return <PolePage key={code} code={code} />
  if (number) return <LookUpPage key={number} number={number} />
  return here ? <HerePage key={here.join()} position={here} /> : <StartPage />
}

function Page() {
  const title = t().title
  useEffect(() => {
    document.title = title
  }, [title])
  const isStart = /^\/report\/?$/.test(address.value.pathname) && address.value.search === ''
  const waiting = outbox.value.waiting.length
  return (
    <div class="page">
      <header class="top">
        {isStart ? <span /> : <a href="/report">‹ {title}</a>}
        <button
          type="button"
          class="button quiet"
          lang={language.value === 'zh' ? 'en' : 'zh-CN'}
          onClick={() => speak(language.value === 'zh' ? 'en' : 'zh')}
        >
          {t().other}
        </button>
      </header>
      <div role="status">{waiting > 0 && <p class="panel notice">{t().waiting(waiting)}</p>}</div>
      <div role="alert">
        <NotTaken />
      </div>
      <main class="page-main">
        <Body />
      </main>
    </div>
  )
}

setTheme(usualTheme())
speak(usualLanguage())
startAddress()
startSending()
const root = document.getElementById('report') as HTMLElement
root.textContent = ''
render(<Page />, root)
