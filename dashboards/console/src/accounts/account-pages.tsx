import { guarded } from '../shell/guarded.tsx'
import { pathname } from '../shell/router.ts'
import { AccountsPage } from './accounts-page.tsx'
import { InvitationPage } from './invitation-page.tsx'
import { OwnPage } from './own-page.tsx'

const Accounts = guarded('account.manage', AccountsPage, 'whole')

/** Everything about accounts, in one part that is loaded when it is first needed. */
export function AccountPages() {
  if (pathname.value === '/invitation') return <InvitationPage />
  return pathname.value === '/accounts' ? <Accounts /> : <OwnPage />
}
