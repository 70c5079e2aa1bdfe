import type { MimicElementView } from '../../../../src/edges/http/mimic-schemas.ts'
import type { AlarmView, LatestView, PointView } from '../../../../src/edges/http/schemas.ts'
import { type Freshness, freshnessOf } from '../facility/freshness.ts'
import { formatValue, formatWithUnit } from '../format.ts'
import { say, t } from '../settings.ts'
import { m } from '../texts/mimic.ts'
import { alarmTitle } from '../wall/alarm-row.tsx'
import { hasWord, pointsOf } from './layout.ts'

/** What a facility says now, as the mimic needs it. */
export interface Said {
  points: ReadonlyMap<string, PointView>
  latest: ReadonlyMap<string, LatestView>
  /** Ms since 1970 by our clock. */
  now: number
  /** How far the device's clock is ahead, ms. */
  skew: number
  /** Ms after which a value is old; null: never. */
  oldAfter: number | null
}

export const freshness = (said: Said, point: string): Freshness => freshnessOf(said.latest.get(point), said.now, said.skew, said.oldAfter)

/** A point that is a switch, as one: true, false, or null while nobody can say. */
function isOn({ latest }: Said, point: string | undefined): boolean | null {
  const known = point === undefined ? undefined : latest.get(point)
  return known && typeof known.value === 'boolean' ? known.value : null
}

export interface ElementState {
  isOn: boolean | null
  hasTripped: boolean
  /** What stands at the symbol; null where nothing does. */
  word: string | null
  /** It was told to be something else. */
  differs: boolean
  isOld: boolean
  isBad: boolean
}

export function elementState(element: MimicElementView, said: Said): ElementState {
  const { state, command, trip } = element
  const hasTripped = isOn(said, trip) === true
  const latest = state === undefined ? undefined : said.latest.get(state)
  const told = command === undefined ? undefined : said.latest.get(command)
  const fresh = pointsOf(element).map((point) => freshness(said, point))
  return {
    isOn: state === undefined && trip !== undefined ? isOn(said, trip) === false : isOn(said, state),
    hasTripped,
    word: hasWord(element) ? wordOf(element, said, hasTripped) : null,
    differs: latest !== undefined && told !== undefined && latest.value !== told.value,
    isOld: fresh.some(({ isOld }) => isOld),
    isBad: fresh.some(({ isBad }) => isBad),
  }
}

function wordOf({ state, trip }: MimicElementView, said: Said, hasTripped: boolean): string {
  if (hasTripped) return m().tripped
  if (state !== undefined) return formatValue(said.points.get(state), said.latest.get(state)?.value)
  return trip !== undefined && said.latest.has(trip) ? m().notTripped : '–'
}

/** One value in words, with what is wrong with it. */
export function valueWords(point: string, label: string, said: Said): string {
  const latest = said.latest.get(point)
  const { isOld, isBad } = freshness(said, point)
  const view = said.points.get(point)
  const name = label || (view ? say(view.title) : point)
  return [`${name} ${latest ? formatWithUnit(view, latest.value) : m().never}`, isBad && t().badQuality, isOld && m().old]
    .filter(Boolean)
    .join(', ')
}

/** The state in words: what it is, and what it was told to be where that differs. */
export function stateWords(element: MimicElementView, said: Said): string {
  const { word, differs, hasTripped } = elementState(element, said)
  if (word === null) return ''
  const { state, command } = element
  const own = state === undefined ? undefined : said.latest.get(state)
  const told = command === undefined ? undefined : said.points.get(command)
  const known = state !== undefined ? freshness(said, state) : null
  return [
    word === '–' ? m().never : word,
    hasTripped && own && formatValue(said.points.get(state as string), own.value),
    differs && m().told(formatValue(told, said.latest.get(command as string)?.value)),
    known?.isBad && t().badQuality,
    known?.isOld && m().old,
  ]
    .filter(Boolean)
    .join(', ')
}

/** Everything an element shows, for those who do not see it. */
export function elementWords(element: MimicElementView, said: Said, alarms: readonly AlarmView[]): string {
  const values = (element.values ?? []).map(({ point, label }) => valueWords(point, say(label), said))
  const told = alarms.map((alarm) => m().alarm(t().priorities[alarm.priority], alarmTitle(alarm)))
  return `${say(element.title)}: ${[stateWords(element, said), ...values, ...told].filter(Boolean).join('; ')}`
}
