import { useEffect } from 'preact/hooks'
import { session } from '../../shared/session.ts'
import { later } from './later.tsx'
import { Banners, Header } from './pages/frame.tsx'
import { MyOrders } from './pages/my-orders-page.tsx'
import { OrderPage } from './pages/order-page.tsx'
import { SettingsPage } from './pages/settings-page.tsx'
import { SignIn } from './pages/sign-in.tsx'
import { isRoundsPath, path, roundsPath, settingsPath, shownOrder } from './router.ts'
import { kept, reach, serverNow } from './state.ts'
import { c } from './texts.ts'

const RoundsPage = later(() => import('./rounds/rounds-page.tsx').then((module) => module.RoundsPage))

function RoundsLink() {
  const begun = (kept.value?.rounds ?? []).filter(({ round }) => round.begins <= serverNow.value)
  const late = begun.filter(({ round }) => serverNow.value >= round.late).length
  if (!kept.value?.rounds?.length) return null
  return (
    <a class="button wide" href={roundsPath}>
      {c().rounds(begun.length, late)}
    </a>
  )
}

function Page() {
  const order = shownOrder()
  if (path.value === settingsPath) return <SettingsPage />
  if (isRoundsPath()) return <RoundsPage />
  if (order !== null) return <OrderPage key={order} id={order} />
  return (
    <>
      <RoundsLink />
      <MyOrders />
    </>
  )
}

export function App() {
  const title = c().product
  useEffect(() => {
    document.title = title
  }, [title])
  // Who was signed in here before goes on with what is kept; only a phone that knows nobody has to begin with a name.
  if (!session.value && !kept.value) {
    return (
      <main>
        <h1 class="unseen">{c().myOrders}</h1>
        {session.value === null ? <SignIn /> : <p class="empty">{reach.value === 'none' ? c().noAnswer : c().loading}</p>}
      </main>
    )
  }
  return (
    <>
      <Header />
      <Banners />
      <main>{path.value.endsWith('/sign-in') && !session.value ? <SignIn /> : <Page />}</main>
    </>
  )
}
