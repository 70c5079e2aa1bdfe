import { say, t } from '../settings.ts'
import { may } from '../shell/access.ts'
import { pathname } from '../shell/router.ts'
import { hasPage, operationsTabs } from './operations-tabs.ts'

/** The bar on top of every page of the duties, by which one goes from one to another. */
export function OperationsBar() {
  const mine = operationsTabs.filter((tab) => hasPage(tab) && may(tab.needs))
  const here = mine.findLast(({ path }) => pathname.value === path || pathname.value.startsWith(`${path}/`))
  return (
    <nav class="tabs no-print" aria-label={t().pageNames.operations}>
      {mine.map((tab) => (
        <a key={tab.path} href={tab.path} aria-current={tab === here ? 'page' : undefined}>
          {say(tab.title)}
        </a>
      ))}
    </nav>
  )
}
