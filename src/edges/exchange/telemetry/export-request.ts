import { isInScope, isWhole, type Scope } from '../../../access/scope.ts'
import { LamplighterError } from '../../../errors.ts'
import type { FacilityKind } from '../../../facilities/facility-kind.ts'
import { matchesFacility, parseFacilityQuery, type QueriedFacility } from '../../../facilities/facility-query.ts'
import type { RuleBook } from '../../../facilities/rule-book.ts'
import { storedKinds } from '../../../storage/open-telemetry-store.ts'
import type { TelemetryStore } from '../../../storage/telemetry-store.ts'
import { days } from '../../../telemetry/duration.ts'
import type { ExportOrder } from './export.ts'
import { formatFiles, type TelemetryFormat } from './formats.ts'

/** What somebody wants exported; times ms since 1970. */
export interface ExportRequest {
  /** Of the person who asks. */
  scope: Scope
  kind: string
  format: TelemetryFormat
  /** As much as there is when absent. */
  from?: number
  to?: number
  /** All of the kind when none of the three is given; else those that all of them name. */
  facilities?: readonly string[]
  query?: string
  group?: string
  /** All of the kind when absent. */
  points?: readonly string[]
  withFlagged?: boolean
  hasMark?: boolean
  /** Times of CSV in the zone of the city instead of UTC. */
  isLocal?: boolean
}

/** What a request is understood by. */
export interface RequestParts {
  telemetry: Pick<TelemetryStore, 'oldest'>
  kinds: ReadonlyMap<string, FacilityKind>
  plant: Iterable<QueriedFacility>
  rules: Pick<RuleBook, 'groups'>
  /** Of the city. */
  timeZone: string
  now: () => number
}

/** How far ahead of the clock a device time may lie, ms. */
const AHEAD = days(1)

/** A name for its file. */
export function nameOf({ kind, from, to, format }: ExportOrder): string {
  const day = (at: number) => new Date(at).toISOString().slice(0, 10)
  return `${kind.key}_${day(from)}_${day(to)}.${formatFiles[format].ending}`
}

/** Throws `invalid-request`, and `not-found` when there is no such group. */
export async function orderOf(
  request: ExportRequest,
  { telemetry, kinds, plant, rules, timeZone, now }: RequestParts,
): Promise<ExportOrder> {
  const kind = kinds.get(request.kind)
  if (!kind)
    throw new LamplighterError(
      'invalid-request',
      `There is no kind ${JSON.stringify(request.kind)}; there are ${[...kinds.keys()].join(', ')}.`,
    )
  const { keys, index } = kind.table
  const unknown = request.points?.filter((point) => !index.has(point)) ?? []
  if (unknown.length > 0)
    throw new LamplighterError('invalid-request', `${kind.key} has no point ${unknown.join(', ')}; it has ${keys.join(', ')}.`)
  const { from, to } = await spanOf(request, telemetry, now())
  return {
    kind: storedKinds([kind])[0]!,
    format: request.format,
    facilities: facilitiesOf(request, kind, plant, rules),
    points: [...new Set(request.points ?? keys)],
    withFlagged: request.withFlagged ?? true,
    hasMark: request.hasMark ?? false,
    timeZone: request.isLocal ? timeZone : null,
    from: Math.ceil(from),
    to: Math.ceil(to),
  }
}

/** The part of the time asked for in which there may be rows, so that nothing is sought for ages where nothing can be; 1 ms when there is none. */
async function spanOf(request: ExportRequest, telemetry: Pick<TelemetryStore, 'oldest'>, now: number) {
  const { to = now } = request
  if (request.from === undefined && !telemetry.oldest)
    throw new LamplighterError('invalid-request', 'This store cannot tell at once since when it has data; give from.')
  const oldest = telemetry.oldest ? await telemetry.oldest() : 0
  const from = request.from ?? oldest ?? to - 1
  if (from >= to) throw new LamplighterError('invalid-request', 'from must be before to; from is inclusive, to exclusive.')
  const end = Math.min(to, now + AHEAD)
  return { from: Math.min(Math.max(from, oldest ?? end), end - 1), to: end }
}

function facilitiesOf(
  { scope, facilities, query, group }: ExportRequest,
  kind: FacilityKind,
  plant: Iterable<QueriedFacility>,
  rules: Pick<RuleBook, 'groups'>,
): string[] | null {
  if (isWhole(scope) && facilities === undefined && query === undefined && group === undefined) return null
  const named = group === undefined ? undefined : rules.groups.find(({ name }) => name === group)
  if (group !== undefined && !named)
    throw new LamplighterError('not-found', `There is no group ${JSON.stringify(group)}; /api/groups lists them.`)
  const conditions = [query, named?.query].filter((text) => text !== undefined).map(parseFacilityQuery)
  // Those that were removed have history too, so ids need not be registered.
  if (isWhole(scope) && conditions.length === 0) return [...new Set(facilities)]
  const wanted = facilities && new Set(facilities)
  const isWanted = (each: QueriedFacility) => kindOf(each) === kind.key && (!wanted || wanted.has(each.id))
  const found = [...plant].filter((each) => isWanted(each) && isInScope(scope, { kind, district: each.district }))
  const ids = found.filter((each) => conditions.every((condition) => matchesFacility(condition, each))).map(({ id }) => id)
  if (ids.length === 0) throw new LamplighterError('invalid-request', `The selection finds no ${kind.key}.`)
  return ids
}

const kindOf = ({ kind }: QueriedFacility) => (typeof kind === 'string' ? kind : kind.key)
