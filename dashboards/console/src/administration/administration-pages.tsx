import type { ComponentType } from 'preact'
import type { Permission } from '../../../../src/access/permissions.ts'
import { t } from '../settings.ts'
import { may, mayWhole } from '../shell/access.ts'
import { NotForYou } from '../shell/guarded.tsx'
import { useKeys } from '../shell/keys.ts'
import { lazy } from '../shell/lazy.tsx'
import { navigate } from '../shell/router.ts'
import { a } from '../texts/administration.ts'

type Title = keyof ReturnType<typeof a>['titles']

interface AdministrationPage {
  path: string
  title: Title
  /** What the account must be allowed. */
  needs: Permission
  /** Absent where the page has an address of its own. */
  Page?: ComponentType
}

const AuditPage = lazy(async () => (await import('../audit/audit-page.tsx')).AuditPage)
const DevicesPage = lazy(async () => (await import('../devices/devices-page.tsx')).DevicesPage)
const DialectsPage = lazy(async () => (await import('../dialects/dialects-page.tsx')).DialectsPage)
const BrokersPage = lazy(async () => (await import('../brokers/brokers-page.tsx')).BrokersPage)
const TrafficPage = lazy(async () => (await import('../traffic/traffic-page.tsx')).TrafficPage)
const HealthPage = lazy(async () => (await import('../health/health-page.tsx')).HealthPage)
const CodecsPage = lazy(async () => (await import('../codecs/codecs-page.tsx')).CodecsPage)
const DispatchPage = lazy(async () => (await import('../dispatch/dispatch-page.tsx')).DispatchPage)
const ChannelsPage = lazy(async () => (await import('../channels/channels-page.tsx')).ChannelsPage)

/** In the order in which they are listed; each is loaded when it is opened. */
const list: readonly AdministrationPage[] = [
  { path: '/administration/health', title: 'health', needs: 'service.read', Page: HealthPage },
  { path: '/duty', title: 'duty', needs: 'order.read' },
  { path: '/administration/dispatch', title: 'dispatch', needs: 'order.read', Page: DispatchPage },
  { path: '/accounts', title: 'people', needs: 'account.manage' },
  { path: '/administration/audit', title: 'audit', needs: 'audit.read', Page: AuditPage },
  { path: '/administration/devices', title: 'devices', needs: 'device.read', Page: DevicesPage },
  { path: '/administration/traffic', title: 'traffic', needs: 'traffic.read', Page: TrafficPage },
  { path: '/administration/device-profiles', title: 'profiles', needs: 'device.read', Page: DialectsPage },
  { path: '/administration/codecs', title: 'codecs', needs: 'device.read', Page: CodecsPage },
  { path: '/administration/brokers', title: 'brokers', needs: 'device.read', Page: BrokersPage },
  { path: '/administration/channels', title: 'channels', needs: 'channel.manage', Page: ChannelsPage },
  { path: '/storage', title: 'storage', needs: 'storage.read' },
]

export function AdministrationPages({ path }: { path: string }) {
  const found = list.find((one) => one.path === path)
  if (found?.Page) return mayWhole(found.needs) ? <found.Page /> : <NotForYou isRoleEnough={may(found.needs)} />
  if (path === '/administration') return <Overview />
  return (
    <section class="panel welcome">
      <h1>{t().noSuchPage}</h1>
      <a href="/administration">{t().administration}</a>
    </section>
  )
}

function Overview() {
  useKeys({ Escape: () => navigate('/') })
  const mine = list.filter(({ needs }) => mayWhole(needs))
  return (
    <section class="panel stack">
      <h1>{t().administration}</h1>
      {mine.length === 0 && <p class="muted">{a().nothing}</p>}
      <ul class="plain-list overview">
        {mine.map(({ path, title }) => (
          <li key={path}>
            <a href={path}>
              <b>{a().titles[title]}</b>
              <span class="muted">{a().abouts[title]}</span>
            </a>
          </li>
        ))}
      </ul>
    </section>
  )
}
