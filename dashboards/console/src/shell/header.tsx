import { formatClock, formatDuration, formatNumber } from '../format.ts'
import { link, live, serverNow, silentFor } from '../live/live.ts'
import { language, setLanguage, setTheme, t, theme } from '../settings.ts'
import { mayWhole } from './access.ts'
import { helpOpen } from './help-open.ts'
import { lazy } from './lazy.tsx'
import { explain, tell } from './notice.tsx'
import { inKiosk, kiosk, pathname } from './router.ts'

const Person = lazy(async () => (await import('./person.tsx')).Person)
/** Loaded when there is a flood. */
const FloodSummary = lazy(async () => (await import('../alarm-system/flood-summary.tsx')).FloodSummary)

const SKEW_SHOWN = 30_000

export function Header() {
  const rate = live.value.heartbeat?.rate
  return (
    <header class="header">
      <a class="product" href="/">
        {t().product}
      </a>
      {!kiosk.value && <Navigation />}
      <span class="grow" />
      <LinkState />
      {rate !== undefined && (
        <span class="rate">
          <b>{formatNumber(rate)}</b> {t().perTenMinutes}
        </span>
      )}
      {!inKiosk.value && <Person />}
      <Switches />
      <ServerClock />
    </header>
  )
}

/** Pages of the navigation, with the addresses that belong to each. */
const pages = [
  ['/', 'wall', /^\/($|alarms\/)/],
  ['/map', 'map', /^\/map$/],
  ['/facilities', 'facilityList', /^\/(facilities|new-facility|import$|data$)/],
  ['/groups', 'groups', /^\/(groups|rule-versions)$/],
  ['/alarm-system', 'alarmSystem', /^\/(alarm-system|floods)/],
  ['/administration', 'administration', /^\/(administration|storage$|accounts$)/],
] as const

/** Those of the person who is signed in. */
export const ownPages = () =>
  pages.filter(([path]) => (path === '/alarm-system' ? mayWhole('city.read') : path !== '/administration' || mayWhole('traffic.read')))

function Navigation() {
  return (
    <nav aria-label={t().pages}>
      {ownPages().map(([href, name, own], i) => (
        <a key={href} href={href} aria-current={own.test(pathname.value) ? 'page' : undefined}>
          {t()[name]} <kbd>{i + 1}</kbd>
        </a>
      ))}
    </nav>
  )
}

function LinkState() {
  return (
    <span class={`link-state ${link.value}`} role="status">
      <svg width="14" height="14" viewBox="0 0 14 14" aria-hidden="true">
        {link.value === 'disconnected' ? <path d="M2 2 12 12M12 2 2 12" /> : <circle cx="7" cy="7" r="5" />}
      </svg>
      {t().links[link.value]}
    </span>
  )
}

/** Theme, language, help. */
export function Switches() {
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
      <button type="button" class="button" aria-label={t().help} title={`${t().help} (?)`} onClick={() => (helpOpen.value = true)}>
        ?
      </button>
    </>
  )
}

function ServerClock() {
  const skew = live.value.clockOffset ?? 0
  return (
    <>
      {Math.abs(skew) > SKEW_SHOWN && <span class="tag skew">{t().clockSkew(formatDuration(Math.abs(skew)))}</span>}
      <time class="clock">{formatClock(serverNow.value)}</time>
    </>
  )
}

/** Bars across the page: old values, no connection, a flood. */
export function Banners() {
  const seconds = formatDuration(silentFor.value)
  return (
    <div role="alert">
      {link.value === 'stale' && <p class="banner warning">✕ {t().staleBanner(seconds)}</p>}
      {link.value === 'disconnected' && <p class="banner warning">✕ {t().disconnectedBanner(seconds)}</p>}
      {live.value.flood && link.value === 'live' && (
        <div class="banner flood">
          {t().floodBanner(formatNumber(live.value.heartbeat?.rate ?? 0))}
          {live.value.heartbeat?.flood && <FloodSummary flood={live.value.heartbeat.flood} />}
        </div>
      )}
    </div>
  )
}
