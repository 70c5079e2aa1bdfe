import { isWhole, type Scope, WHOLE_CITY } from '../../access/scope.ts'
import { LamplighterError } from '../../errors.ts'
import type { CheckIn, Round, RoundStop } from '../../operations/round.ts'
import type { RoundPlan, StopReading } from '../../operations/round-plan.ts'
import type { LiveRounds } from '../live/protocol.ts'
import type { RoundNews, RoundPlanInput } from '../rounds.ts'
import type { Services } from '../services.ts'
import { isIdInScope } from './api.ts'
import type { OrderViewer } from './order-views.ts'
import type {
  CheckInView,
  ComingRoundView,
  RoundDetailView,
  RoundPlanInputView,
  RoundPlanView,
  RoundStopView,
  RoundView,
  StopReadingView,
} from './round-schemas.ts'

type Known = Pick<Services, 'plant'>

const isStopIn = (services: Known, { facility }: Pick<RoundStop, 'facility'>, scope: Scope): boolean =>
  isWhole(scope) || (facility !== null && isIdInScope(services, facility, scope))

/** All of a round that one's crew is to walk, and otherwise what lies in one's part of the city. */
export const roundScope = ({ crew }: Pick<Round, 'crew'>, { scope, crews }: OrderViewer): Scope =>
  crew !== null && crews.includes(crew) ? WHOLE_CITY : scope

export const isRoundSeen = (round: Pick<Round, 'crew' | 'stops'>, services: Known, viewer: OrderViewer): boolean => {
  const scope = roundScope(round, viewer)
  return isWhole(scope) || round.stops.some((stop) => isStopIn(services, stop, scope))
}

/** Each plan once. */
export function roundNewsView(changed: readonly RoundNews[]): LiveRounds {
  return { plans: [...new Map(changed.map(({ plan, crew }) => [`${plan} ${crew}`, { plan, crew }])).values()] }
}

/** Throws `not-found`, for one out of scope too. */
export function knownRound(services: Known & Pick<Services, 'rounds'>, id: number, viewer: OrderViewer): Round {
  const round = services.rounds.round(id)
  if (!round || !isRoundSeen(round, services, viewer))
    throw new LamplighterError('not-found', `There is no round ${id}; /api/rounds lists them.`)
  return round
}

export function roundView({ stops, key: _, ...round }: Round): RoundView {
  return { ...round, name: { ...round.name }, stopCount: stops.length }
}

/** It has no id before it is made. */
export function comingRoundView(round: Round): ComingRoundView {
  const { id: _, ...view } = roundView(round)
  return view
}

function readingView({ plant }: Known, { facility, point: key }: StopReading): StopReadingView[] {
  const table = plant.get(facility)?.kind.table
  const point = table?.points[table.index.get(key) ?? -1]
  if (!point) return []
  const [least, greatest] = point.type === 'number' ? point.plausible : [null, null]
  const states =
    point.type === 'boolean'
      ? point.states.map((title, i) => ({ value: i === 1, title: { ...title } }))
      : point.type === 'state'
        ? point.states.map((one) => ({ value: one.key, title: { ...one.title } }))
        : []
  return [{ ...{ facility, point: key, title: { ...point.title }, unit: point.unit, type: point.type, least, greatest, states } }]
}

const stopView = (services: Known, { key, name, facility, position, road, readings }: RoundStop): RoundStopView => ({
  ...{ key, name: { ...name }, facility, position: position && [...position], road },
  readings: readings.flatMap((one) => readingView(services, one)),
})

export const checkInView = ({ round: _, facility: __, scanned: ___, place, doubts, readings, ...rest }: CheckIn): CheckInView => ({
  ...rest,
  place: place && { accuracy: place.accuracy, position: [...place.position] },
  doubts: [...doubts],
  readings: readings.map((one) => ({ ...one })),
})

export function roundDetailView(services: Known & Pick<Services, 'rounds'>, round: Round, viewer: OrderViewer): RoundDetailView {
  const scope = roundScope(round, viewer)
  const stops = round.stops.filter((stop) => isStopIn(services, stop, scope))
  const own = new Set(stops.map(({ key }) => key))
  return {
    round: roundView(round),
    stops: stops.map((stop) => stopView(services, stop)),
    elsewhere: round.stops.length - stops.length,
    checkIns: services.rounds
      .checkInsOf(round.id)
      .filter(({ stop }) => own.has(stop))
      .map(checkInView),
  }
}

/** Undefined where none of its stops is in scope. */
export function planView(services: Known & Pick<Services, 'rounds'>, plan: RoundPlan, viewer: OrderViewer): RoundPlanView | undefined {
  const now = services.rounds.stopsOf(plan)
  if (!isRoundSeen({ crew: plan.crew, stops: now }, services, viewer)) return undefined
  const scope = roundScope(plan, viewer)
  const stops = plan.stops.filter((stop) => isStopIn(services, stop, scope))
  const { planned, done, open, missed, overdue } = services.rounds.figuresOf(plan)
  return {
    ...plan,
    stops: stops.map(({ position, readings, ...stop }) => ({
      ...stop,
      position: position && [...position],
      readings: readings.map((one) => ({ ...one })),
    })),
    elsewhere: plan.stops.length - stops.length,
    windows: plan.windows.map((one) => ({ ...one })),
    weekdays: [...plan.weekdays],
    stopCount: now.length,
    today: { planned, done, open, missed, overdue },
  }
}

/** What is not said is as usual. */
export function planInput(id: string, input: RoundPlanInputView): RoundPlanInput {
  const { nameEn = '', district = '', area = null, crew = null, proof = 'either', radius = 50, share = 1, disabled = false } = input
  return {
    ...{ id, name: input.name.trim(), nameEn: nameEn.trim(), kind: input.kind, company: input.company, district, area, crew, proof },
    ...{ radius, share, lateAfter: input.lateAfter ?? 30, missedAfter: input.missedAfter ?? 90, disabled },
    ...{ windows: [...input.windows].sort((a, b) => a.from - b.from), weekdays: [...input.weekdays].sort((a, b) => a - b) },
    stops: input.stops.map(({ key, name = '', nameEn: english = '', facility = null, position = null, readings = [] }, i) => ({
      ...{ key: key ?? facility ?? `stop-${i + 1}`, name, nameEn: english, facility, position, readings },
    })),
  }
}
