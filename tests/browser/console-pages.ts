import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { BusyCity } from './busy-city.ts'

const sources = join(import.meta.dirname, '../../dashboards/console/src')

export interface ConsoleAddress {
  /** As the router sees it: `:id` for what somebody names, `:n` for a number. */
  shape: string
  /** Where to look; several where pages of one shape differ. */
  paths: (city: BusyCity) => readonly string[]
}

const at = (shape: string, ...paths: string[]): ConsoleAddress => ({ shape, paths: () => (paths.length > 0 ? paths : [shape]) })
const kinds = ['street-light', 'light-cabinet', 'pump-station', 'gas-station', 'sewage-plant', 'waste-plant', 'gateway']

/** Every address of the console, with pages that show something there. */
export const consoleAddresses: readonly ConsoleAddress[] = [
  at('/', '/', '/?kiosk=1'),
  { shape: '/alarms/:n', paths: ({ alarm }) => [`/alarms/${alarm}`] },
  at('/alarms'),
  at(
    '/map',
    '/map',
    '/map?table=1',
    '/map?side=0',
    '/map?panel=rates&layers=lamp-on-rate',
    '/map?layers=rounds',
    '/map?panel=selection&select=query:kind=street-light',
  ),
  at('/orders', '/orders', '/orders?view=list'),
  at('/orders/figures', '/orders/figures?range=7d'),
  { shape: '/orders/:n', paths: ({ order }) => [`/orders/${order}`] },
  at('/reports', '/reports', '/reports?state=all'),
  { shape: '/reports/:n', paths: ({ report }) => [`/reports/${report}`] },
  at('/report-codes', '/report-codes', '/report-codes?ids=SL-0'),
  at('/programmes', '/programmes', '/programmes?date=2026-06-21&query=kind=street-light'),
  at('/programmes/nights', '/programmes/nights', '/programmes/nights?edit=late', '/programmes/nights?edit=new'),
  at('/programmes/calendars', '/programmes/calendars', '/programmes/calendars?edit=city'),
  at('/programmes/assignments'),
  at('/programmes/overrides', '/programmes/overrides', '/programmes/overrides?new=1'),
  at('/programmes/devices'),
  at('/commands', '/commands', '/commands?state=refused'),
  { shape: '/commands/:id', paths: ({ command }) => [`/commands/${command}`] },
  { shape: '/light-changes/:id', paths: ({ lightChange }) => [`/light-changes/${lightChange}`] },
  at('/facilities'),
  at('/facilities/:id', ...kinds.map((kind) => `/facilities/${kind}-0001`), '/facilities/nobody'),
  at('/facilities/:id/readings', '/facilities/pump-station-0001/readings'),
  at('/facilities/:id/supply', '/facilities/light-cabinet-0001/supply'),
  at('/facilities/:id/rules', '/facilities/SL-0/rules'),
  at('/facilities/:id/history', '/facilities/SL-4/history'),
  at('/facilities/:id/edit', '/facilities/pump-station-0001/edit'),
  at('/new-facility'),
  at('/import'),
  at('/data'),
  at('/groups'),
  at('/rule-versions'),
  at('/alarm-system'),
  { shape: '/floods/:n', paths: ({ flood }) => [`/floods/${flood}`] },
  at('/administration'),
  at('/administration/health'),
  at('/administration/audit'),
  at('/administration/devices', '/administration/devices', '/administration/devices?device=pump-station-0001'),
  at('/administration/traffic', '/administration/traffic', '/administration/traffic?device=pump-station-0001'),
  at('/administration/device-profiles', '/administration/device-profiles', '/administration/device-profiles?new=1'),
  at('/administration/codecs', '/administration/codecs', '/administration/codecs?codec=acme.level'),
  at('/administration/brokers'),
  at(
    '/administration/dispatch',
    ...['routes', 'clocks', 'calendar', 'try&facility=pump-station-0001'].map((view) => `/administration/dispatch?view=${view}`),
  ),
  at(
    '/administration/channels',
    '/administration/channels',
    '/administration/channels?view=messages',
    '/administration/channels?view=sources',
  ),
  at('/plots', '/plots', '/plots?series=pump-station-0001:outlet-pressure,flow;GS-0:ch4-1'),
  at('/accounts'),
  at('/own'),
  at('/storage'),
  at('/duty-reports', '/duty-reports', '/duty-reports?company=gas'),
  { shape: '/duty-reports/:n', paths: ({ dutyReport }) => [`/duty-reports/${dutyReport}`] },
  at('/operations/water'),
  at('/operations/drainage'),
  at('/operations/sewage', '/operations/sewage', '/operations/sewage?limits=1a'),
  at('/operations/gas'),
  at('/operations/waste'),
  at('/rounds', '/rounds', '/rounds?late=1'),
  { shape: '/rounds/:n', paths: ({ round }) => [`/rounds/${round}`] },
  at('/rounds/coverage', '/rounds/coverage?by=road'),
  at('/rounds/plans'),
  at('/rounds/plans/new'),
  at('/rounds/plans/:id/edit', '/rounds/plans/walk/edit'),
  at('/rounds/plans/:id/labels', '/rounds/plans/walk/labels'),
  at('/emergency-plans'),
  at('/emergency-plans/new'),
  at('/emergency-plans/:id/edit', '/emergency-plans/flood/edit'),
  { shape: '/emergency-plans/activations/:n', paths: ({ activation }) => [`/emergency-plans/activations/${activation}`] },
  at('/operations', '/operations', '/operations?by=class', '/operations?view=history', '/operations?view=energy&by=feeder'),
  at('/duty', '/duty', '/duty?view=crews', '/duty?view=handover', '/duty?view=rotation'),
]

/** What the patterns of the router and the list of administration answer to, in shapes. */
export function routedShapes(): string[] {
  const read = (path: string) => readFileSync(join(sources, path), 'utf8')
  const patterns = [...read('shell/page-list.ts').matchAll(/paths:\s*\/\^(.*?)\$?\/,/g)].map(([, pattern]) => pattern as string)
  const administration = [...read('administration/administration-pages.tsx').matchAll(/\bpath: '([^']+)'/g)].map(
    ([, path]) => path as string,
  )
  // The wall is in no list, because it is always loaded.
  return [...new Set(['/', '/alarms/:n', ...patterns.flatMap(shapesOf), ...administration])]
}

/** All that a pattern of addresses matches, `[^/]+` as `:id` and `\d+` as `:n`. Throws on what it cannot read. */
export function shapesOf(pattern: string): string[] {
  let i = 0
  const product = (left: readonly string[], right: readonly string[]) => left.flatMap((a) => right.map((b) => a + b))
  const takes = (text: string) => {
    if (!pattern.startsWith(text, i)) return false
    i += text.length
    return true
  }
  function choice(): string[] {
    const found = sequence()
    while (takes('|')) found.push(...sequence())
    return found
  }
  function sequence(): string[] {
    let found = ['']
    while (i < pattern.length && !')|'.includes(pattern[i] as string)) {
      const one = atom()
      found = product(found, takes('?') ? ['', ...one] : one)
    }
    return found
  }
  function atom(): string[] {
    if (takes('(?:') || takes('(')) {
      const found = choice()
      if (!takes(')')) throw new Error(`${pattern} cannot be read at ${i}`)
      return found
    }
    if (takes('[^/]+')) return [':id']
    if (takes('\\d+')) return [':n']
    if (takes('\\/')) return ['/']
    const letter = pattern[i++] as string
    if (!/[\w-]/.test(letter)) throw new Error(`${pattern} cannot be read at ${i - 1}`)
    return [letter]
  }
  const shapes = choice()
  if (i < pattern.length) throw new Error(`${pattern} cannot be read at ${i}`)
  return [...new Set(shapes.map((shape) => shape.replace(/(.)\/$/, '$1')))]
}
