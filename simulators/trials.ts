import type { FacilityKind } from '../src/facilities/facility-kind.ts'
import { localHour } from '../src/facilities/physics.ts'
import type { Registration } from '../src/facilities/registration.ts'
import { days, hours } from '../src/telemetry/duration.ts'
import { CITY_CENTRE, generateCity } from './city.ts'
import { canShow } from './faults.ts'
import { seededRandom } from './random.ts'
import { type KindVariant, variantsOf } from './variants.ts'
import type { World } from './world.ts'

/** One facility among its neighbours that is watched while it is well, or while one thing is wrong with it. */
export interface Trial {
  kind: FacilityKind
  variant: KindVariant
  /** Null for a healthy time. */
  fault: string | null
  facilities: readonly Registration[]
  /** Id of the facility it is about. */
  subject: string
  /** ms since 1970 */
  start: number
  /** When the fault begins; the end of the trial when there is none. */
  faultAt: number
}

export interface TrialPlan {
  kinds: readonly FacilityKind[]
  world: World
  seed: string
  /** Length of the healthy time, ms. */
  healthy: number
  /** A fault is tried on the first variant that can have it, not on all. */
  firstVariantOnly?: boolean
}

/** A facility has at least this long to settle before something goes wrong. */
const SETTLING = hours(2)
/** From here on a stretch of eventful weather is looked for: nights are long, it rains, and winter comes. */
const SEASON = Date.parse('2026-11-01T12:00:00+08:00')
/** By local time; the faults that show at any time come at any hour. */
const beginsAt = { 'by-night': 20, 'by-day': 11 } as const
const LAMPS = 48

/** The healthy time of every variant of every kind, then every fault of it. */
export function planTrials(plan: TrialPlan): Trial[] {
  const start = eventfulStart(plan.world, plan.healthy)
  return plan.kinds.flatMap((kind) => {
    const variants = variantsOf(kind)
    const well = variants.map((variant) => healthyTrial(kind, variant, start, plan))
    const ill = Object.keys(kind.simulation.faults).flatMap((fault) => {
      const able = variantsWith(kind, fault, variants)
      return (plan.firstVariantOnly ? able.slice(0, 1) : able).map((variant) => faultTrial(kind, variant, fault, start, plan))
    })
    return [...well, ...ill]
  })
}

/** Those of the variants that can have a fault; where none has what it needs, the first one, given that. */
function variantsWith(kind: FacilityKind, fault: string, variants: readonly KindVariant[]): KindVariant[] {
  const able = variants.filter(({ rated }) => canShow({ kind, rated }, fault))
  if (able.length > 0) return able
  const needs = kind.simulation.faults[fault]?.needs ?? {}
  const near = variants.filter(({ rated }) => Object.entries(needs).every(([name, value]) => !(name in rated) || rated[name] === value))
  return (near.length > 0 ? near : variants).slice(0, 1).map((variant) => ({ ...variant, rated: { ...variant.rated, ...needs } }))
}

function healthyTrial(kind: FacilityKind, variant: KindVariant, start: number, { seed, healthy }: TrialPlan): Trial {
  return { kind, variant, fault: null, ...settingOf(kind, variant, true, seed), start, faultAt: start + healthy }
}

function faultTrial(kind: FacilityKind, variant: KindVariant, fault: string, from: number, { seed }: TrialPlan): Trial {
  const { shows, learning = 0 } = kind.simulation.faults[fault] as FacilityKind['simulation']['faults'][string]
  const isSwitched = kind.rules.some(({ whileFed }) => whileFed)
  const when = shows ?? (isSwitched ? 'by-night' : undefined)
  const draw = seededRandom(`${seed}:${kind.key}:${variant.key}:${fault}`)()
  const hour = when === undefined ? 24 * draw : beginsAt[when] + draw
  const settled = from + learning + SETTLING
  const faultAt = Math.round(settled + hours((((hour - localHour(settled)) % 24) + 24) % 24))
  // On a circuit that is off by day nothing can be seen by day.
  const setting = settingOf(kind, variant, !(isSwitched && when === 'by-day'), seed)
  return { kind, variant, fault, ...setting, start: faultAt - learning - SETTLING, faultAt }
}

/** A facility with what feeds it and what it feeds, where its kind has that: a small street. Others stand alone. */
function settingOf(kind: FacilityKind, { rated }: KindVariant, isWired: boolean, seed: string): Pick<Trial, 'facilities' | 'subject'> {
  const isInStreet = kind.circuits.length > 0 || kind.relays || kind.rules.some(({ whileFed }) => whileFed)
  const none = { pumpStations: 0, gasStations: 0, sewagePlants: 0, wastePlants: 0 }
  const street = isInStreet && isWired ? generateCity({ seed, lamps: LAMPS, cabinets: 1, gateways: kind.relays ? 1 : 0, ...none }) : []
  const own = street.find((facility) => facility.kind === kind.key)
  if (!own) return { facilities: [{ id: kind.key, kind: kind.key, position: CITY_CENTRE, rated }], subject: kind.key }
  const facilities = street.map((facility) => (facility === own ? { ...own, rated: { ...own.rated, ...rated } } : facility))
  return { facilities, subject: own.id }
}

/** The first noon after which so much time holds rain and a fall of the temperature. */
function eventfulStart(world: World, length: number): number {
  const candidates = Array.from({ length: 120 }, (_, day) => SEASON + days(day))
  const step = hours(1)
  const isEventful = (start: number) => {
    const moments = Array.from({ length: Math.ceil(length / step) }, (_, i) => world(start + i * step))
    const coldest = Math.min(...moments.map(({ temperature }) => temperature))
    return moments.some(({ rain }) => rain > 0.5) && (moments[0]?.temperature ?? 0) - coldest > 8
  }
  return candidates.find(isEventful) ?? SEASON
}
