import './shell.css'
import { cityZone, formatClock, formatDuration, formatNumber } from '../format.ts'
import { link, live, serverNow, silentFor } from '../live/live.ts'
import { t } from '../settings.ts'
import { lazy } from './lazy.tsx'
import { NavigationBar } from './navigation-bar.tsx'
import { Person } from './person.tsx'
import { inKiosk, kiosk } from './router.ts'

const SoundButton = lazy(async () => (await import('./sound/sound-button.tsx')).SoundButton, 'small')
/** Loaded when there is a flood. */
const FloodSummary = lazy(async () => (await import('../alarm-system/flood-summary.tsx')).FloodSummary, 'small')

const SKEW_SHOWN = 30_000

export function Header() {
  const rate = live.value.heartbeat?.rate
  return (
    <header class="header">
      <a class="product" href="/">
        {t().product}
      </a>
      {kiosk.value ? <span class="grow" /> : <NavigationBar />}
      <LinkState />
      <span class="rate">
        <b>{rate === undefined ? '–' : formatNumber(rate)}</b> <span>{t().perTenMinutes}</span>
      </span>
      <span class="sound-place">
        <SoundButton />
      </span>
      {!inKiosk.value && <Person />}
      <CityClock />
    </header>
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

function CityClock() {
  const skew = live.value.clockOffset ?? 0
  return (
    <>
      {Math.abs(skew) > SKEW_SHOWN && <span class="tag skew">{t().clockSkew(formatDuration(Math.abs(skew)))}</span>}
      <time class="clock" title={cityZone()}>
        {formatClock(serverNow.value)}
      </time>
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
