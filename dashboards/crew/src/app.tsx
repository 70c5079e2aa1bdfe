import { useEffect } from 'preact/hooks'
import { session } from '../../shared/session.ts'
import { Banners, Header } from './pages/frame.tsx'
import { MyOrders } from './pages/my-orders-page.tsx'
import { OrderPage } from './pages/order-page.tsx'
import { SettingsPage } from './pages/settings-page.tsx'
import { SignIn } from './pages/sign-in.tsx'
import { path, settingsPath, shownOrder } from './router.ts'
import { kept, reach } from './state.ts'
import { c } from './texts.ts'

function Page() {
  const order = shownOrder()
  if (path.value === settingsPath) return <SettingsPage />
  return order === null ? <MyOrders /> : <OrderPage key={order} id={order} />
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
