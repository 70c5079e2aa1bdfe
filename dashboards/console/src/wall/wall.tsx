import { plant, view } from '../live/live.ts'
import { t } from '../settings.ts'
import { useKeys } from '../shell/keys.ts'
import { lazy } from '../shell/lazy.tsx'
import { kiosk, navigate } from '../shell/router.ts'
import { AlarmDetail } from './alarm-detail.tsx'
import { AlarmList } from './alarm-list.tsx'
import { CityMap } from './city-map.tsx'
import { Matrix } from './matrix.tsx'
import { filter, noFilterSet, selectStep } from './selection.ts'
import { Timeline } from './timeline.tsx'

/** Loaded when there is no facility. */
const EmptyInstallation = lazy(async () => (await import('./empty-installation.tsx')).EmptyInstallation)

/** Loaded after the wall: what it looks like on paper. */
const WallSheet = lazy(async () => (await import('../alarms/print-sheet.tsx')).WallSheet, 'small')

/** The fault wall. */
export function Wall() {
  useKeys({
    j: () => selectStep(1),
    k: () => selectStep(-1),
    ArrowDown: () => selectStep(1),
    ArrowUp: () => selectStep(-1),
    Enter: () => document.getElementById('detail')?.focus(),
    '/': () => document.getElementById('filter')?.focus(),
    Escape: () => {
      if (noFilterSet(filter.peek())) navigate('/')
      else filter.value = { text: '', domain: null, priority: null }
    },
  })
  if (!view.value) return <p class="hint muted">{t().loading}</p>
  if (plant.value?.facilities.length === 0) return <EmptyInstallation />
  return (
    <div class="wall">
      <h1 class="unseen">{t().wall}</h1>
      <div class="left">
        <Matrix />
        <AlarmList />
        {!kiosk.value && <WallSheet />}
      </div>
      <div class="right">
        <CityMap />
        <AlarmDetail />
      </div>
      <Timeline />
    </div>
  )
}
