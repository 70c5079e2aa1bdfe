import { effect, signal } from '@preact/signals'
import { render } from 'preact'
import { useEffect } from 'preact/hooks'
import { ApiProblem, getSession, session } from './live/api.ts'
import { link, startLive } from './live/live.ts'
import { entryOpen } from './reports/entry-open.ts'
import { loadSettings, t } from './settings.ts'
import { may } from './shell/access.ts'
import { startCutTitles } from './shell/cut-titles.ts'
import { Banners, Header } from './shell/header.tsx'
import { helpOpen } from './shell/help-open.ts'
import { startKeys, useKeys } from './shell/keys.ts'
import { lazy } from './shell/lazy.tsx'
import { nameOf, ownPages, pageKeys } from './shell/navigation.ts'
import { Notice } from './shell/notice.tsx'
import { pageList } from './shell/page-list.ts'
import { kiosk, navigate, pathname, startRouter, toggleKiosk } from './shell/router.ts'
import { hadSession } from './shell/session-end.ts'
import { Wall } from './wall/wall.tsx'

/** Loaded apart, so that the wall stays small. */
const Help = lazy(async () => (await import('./shell/help.tsx')).Help)
const Strips = lazy(async () => (await import('./shell/strips.tsx')).Strips, 'small')
const SignIn = lazy(async () => (await import('./shell/sign-in.tsx')).SignIn)
const ReportEntry = lazy(async () => (await import('./reports/entry-dialog.tsx')).EntryDialog, 'small')
const AccountPages = lazy(async () => (await import('./accounts/account-pages.tsx')).AccountPages)

function Page() {
  const path = pathname.value
  if (path === '/' || /^\/alarms\/\d+$/.test(path)) return <Wall />
  const Found = pageList.find(({ paths }) => paths.test(path))?.Page
  if (Found) return <Found path={path} />
  return (
    <section class="panel welcome">
      <h1>{t().noSuchPage}</h1>
      <a href="/">{t().wall}</a>
    </section>
  )
}

function SignedIn() {
  const here = ownPages().find(({ own }) => own.test(pathname.value))
  const title = [here && nameOf(here), t().product].filter(Boolean).join(' · ')
  useEffect(() => {
    document.title = title
  }, [title])
  useKeys({
    ...Object.fromEntries(ownPages().flatMap(({ href }, i) => (pageKeys[i] ? [[pageKeys[i], () => navigate(href)]] : []))),
    '?': () => {
      helpOpen.value = true
    },
    f: toggleKiosk,
    g: () => navigate('/map'),
    t: () => {
      entryOpen.value = may('report.enter')
    },
  })
  return (
    <div class={`console ${kiosk.value ? 'kiosk' : ''}`} data-link={link.value}>
      <a class="skip" href="#main">
        {t().skip}
      </a>
      <Header />
      <Banners />
      <main class="drain" id="main" tabIndex={-1}>
        <Page />
      </main>
      <Strips />
      {entryOpen.value && <ReportEntry />}
      <Notice />
    </div>
  )
}

/** Nothing of the city before the account is as its role demands. */
function Owing() {
  return (
    <div class="console">
      <main class="drain">
        <AccountPages />
      </main>
      <Notice />
    </div>
  )
}

function Console() {
  if (session.value === undefined) {
    return unreachable.value ? (
      <main>
        <p class="hint">{t().waitingForServer}</p>
      </main>
    ) : null
  }
  return (
    <>
      {pathname.value === '/invitation' ? <AccountPages /> : !session.value ? <SignIn /> : session.value.owes ? <Owing /> : <SignedIn />}
      {helpOpen.value && <Help />}
    </>
  )
}

const ASK_AGAIN = 2000
const unreachable = signal(false)

/** Asks who is signed in until the server answers. */
async function findSession(): Promise<void> {
  try {
    session.value = await getSession()
  } catch (problem) {
    if (problem instanceof ApiProblem && problem.status > 0 && problem.status < 500) session.value = null
    else {
      unreachable.value = true
      setTimeout(() => void findSession(), ASK_AGAIN)
    }
  }
}

const settings = loadSettings()
startRouter()
void findSession()
effect(() => {
  if (session.value) hadSession.value = true
})
const root = document.getElementById('console') as HTMLElement
settings.then(
  () => {
    startKeys()
    startCutTitles()
    startLive()
    render(<Console />, root)
  },
  () => {
    root.append('Load this page again. 请刷新页面。')
    // A wall on which nobody presses anything.
    if (kiosk.peek()) setTimeout(() => location.reload(), 10_000)
  },
)
