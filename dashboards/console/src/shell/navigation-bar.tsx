import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import { t } from '../settings.ts'
import { fittingCount } from './fitting.ts'
import { Menu } from './menu.tsx'
import { nameOf, ownPages, pageKeys } from './navigation.ts'
import { pathname } from './router.ts'

/** Room for the button behind which the rest is. */
const MORE_WIDTH = 84

/** The pages; those that have no room are behind a button. */
export function NavigationBar() {
  const pages = ownPages()
  const names = pages.map(nameOf).join()
  const bar = useRef<HTMLElement>(null)
  const list = useRef<HTMLDivElement>(null)
  const [shown, show] = useState({ count: pages.length, width: 0 })
  useLayoutEffect(() => {
    const measure = () => {
      const widths = [...(list.current?.children ?? [])].map((link) => link.getBoundingClientRect().width)
      const count = fittingCount(widths, bar.current?.clientWidth ?? 0, MORE_WIDTH)
      show({ count, width: widths.slice(0, count).reduce((sum, width) => sum + width, 0) })
    }
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(bar.current as HTMLElement)
    return () => observer.disconnect()
  }, [names])
  const links = pages.map((page, i) => ({ ...page, digit: pageKeys[i], title: nameOf(page), isHere: page.own.test(pathname.value) }))
  const rest = links.slice(shown.count)
  return (
    <nav aria-label={t().pages} ref={bar}>
      {/* Those without room stay for measuring; nobody sees or reaches them. */}
      <div class="links" ref={list} style={rest.length > 0 ? { width: `${shown.width}px` } : {}}>
        {links.map(({ href, title, digit, isHere }, i) => (
          <a key={href} href={href} aria-current={isHere ? 'page' : undefined} style={i < shown.count ? {} : { visibility: 'hidden' }}>
            <span data-name={title}>{title}</span>
            {digit && <kbd>{digit}</kbd>}
          </a>
        ))}
      </div>
      {rest.length > 0 && (
        <Menu label={t().more} class={rest.some(({ isHere }) => isHere) ? 'here' : ''}>
          {rest.map(({ href, title, digit, isHere }) => (
            <a key={href} href={href} aria-current={isHere ? 'page' : undefined}>
              {title} {digit && <kbd>{digit}</kbd>}
            </a>
          ))}
        </Menu>
      )}
    </nav>
  )
}
