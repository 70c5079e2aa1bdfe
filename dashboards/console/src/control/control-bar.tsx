import { t } from '../settings.ts'
import { co } from '../texts/control.ts'

const tabs = [{ key: 'commands', href: '/commands', own: /^\/commands/ }] as const

/** The bar on top of every page of control, by which one goes from one to another. */
export function ControlBar({ path }: { path: string }) {
  return (
    <nav class="tabs no-print" aria-label={t().pageNames.control}>
      {tabs.map(({ key, href, own }) => (
        <a key={key} href={href} aria-current={own.test(path) ? 'page' : undefined}>
          {co().tabs[key]}
        </a>
      ))}
    </nav>
  )
}
