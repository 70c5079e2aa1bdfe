import { t } from '../settings.ts'
import { may } from '../shell/access.ts'
import { NotForYou } from '../shell/guarded.tsx'
import { useKeys } from '../shell/keys.ts'
import { navigate } from '../shell/router.ts'
import { OperationsBar } from './operations-bar.tsx'
import { operationsTabs } from './operations-tabs.ts'

/** The pages of the duties that have no line of their own in the list of pages, with their bar. */
export function OperationsPages({ path }: { path: string }) {
  useKeys({ Escape: () => navigate('/') })
  const found = operationsTabs.find((tab) => tab.path === path)
  if (!found?.Page) {
    return (
      <section class="panel welcome">
        <h1>{t().noSuchPage}</h1>
        <a href="/operations">{t().pageNames.operations}</a>
      </section>
    )
  }
  if (!may(found.needs)) return <NotForYou isRoleEnough={false} />
  return (
    <div class="stack operations">
      <OperationsBar />
      <found.Page />
    </div>
  )
}
