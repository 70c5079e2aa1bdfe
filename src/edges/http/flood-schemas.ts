import Type, { type Static } from 'typebox'
import { standingAges } from '../../alarms/standing.ts'
import { literals, nullable, PrioritySchema, time } from './schema-parts.ts'

/** Shapes of floods, incidents and the figures of the alarm system. Lengths of time are ms. */
const length = (description: string) => Type.Number({ description: `${description}, ms` })
const share = (description: string) => Type.Number({ description: `${description}, 0 to 1` })
const CountsSchema = Type.Object({ critical: Type.Integer(), high: Type.Integer(), medium: Type.Integer(), low: Type.Integer() })

const flood = {
  id: Type.Integer(),
  started: time('the first alarm of those that made it a flood came'),
  recognised: time('there were more than 10 per operator in 10 min'),
  ended: nullable(time('there were fewer than 5 per operator in 10 min; null: it goes on')),
  alarms: Type.Integer({ description: 'told to operators since it started' }),
  peak: Type.Integer({ description: 'most alarms in 10 min' }),
  peakAt: time('that was first reached'),
}
export const FloodSchema = Type.Object(flood)

export const incidentTypes = ['alarm', 'feeder', 'gateway', 'facility', 'road', 'district', 'single'] as const
const IncidentAlarmSchema = Type.Object({
  id: Type.Integer(),
  facility: Type.String(),
  rule: Type.String(),
  priority: PrioritySchema,
  at: time('event time of its activation'),
  by: nullable(Type.Integer({ description: 'the alarm that explains it by design' })),
})
export type IncidentAlarmView = Static<typeof IncidentAlarmSchema>

const incident = {
  key: Type.String({ description: 'names it within the same tree' }),
  cause: Type.Object({
    type: literals(incidentTypes, {
      description:
        'what the alarms have in common: one alarm that explains them by design, what feeds them (on one circuit if there is a number), what reports for them, the facility, road or district in which they came at about the same time, or nothing',
    }),
    facility: nullable(Type.String()),
    circuit: nullable(Type.Integer()),
    alarm: nullable(Type.Integer()),
    district: nullable(Type.String()),
    road: nullable(Type.String()),
  }),
  firstOut: IncidentAlarmSchema,
  alarms: Type.Integer({ description: 'also those that were suppressed by design' }),
  byPriority: CountsSchema,
  facilities: Type.Integer(),
  from: time('event time of the first activation'),
  to: time('event time of the last activation'),
}
export const IncidentSummarySchema = Type.Object(incident)

export const IncidentSchema = Type.Object({
  ...incident,
  parent: nullable(Type.String({ description: 'key of the incident it is part of' })),
  children: Type.Integer({ description: 'incidents directly below it' }),
  own: Type.Array(IncidentAlarmSchema, { description: 'the first 20 alarms that are in none of those below' }),
  ownCount: Type.Integer({ description: 'all of them' }),
})
export type IncidentView = Static<typeof IncidentSchema>

export const IncidentsSchema = Type.Object({
  incidents: Type.Array(IncidentSchema, {
    description: 'the tree as a list: the most urgent first, each followed by those below it; at most 500',
  }),
  count: Type.Integer({ description: 'all of them' }),
  complete: Type.Boolean({ description: 'false: there were more than 10,000 alarms, and the tree is of those that came first' }),
})

export type IncidentsView = Static<typeof IncidentsSchema>

export const IncidentAlarmsSchema = Type.Object({
  items: Type.Array(IncidentAlarmSchema),
  next: nullable(Type.Integer()),
  total: Type.Integer(),
})

export const FloodDetailSchema = Type.Object({ flood: FloodSchema, ...IncidentsSchema.properties })

/** What a wall shows of the flood that goes on. */
export const FloodNowSchema = Type.Object({
  ...flood,
  rate: Type.Integer({ description: 'alarms in the last 10 min' }),
  incidents: Type.Array(IncidentSummarySchema, { description: 'the most urgent and largest, at most 5' }),
  asOf: time('the incidents were found'),
})
export type FloodNowView = Static<typeof FloodNowSchema>

const SpreadSchema = Type.Object({
  count: Type.Integer(),
  median: nullable(length('half took no longer, within 1 %')),
  p90: nullable(length('nine of ten took no longer, within 1 %')),
})
const SpreadsSchema = Type.Object({
  all: SpreadSchema,
  critical: SpreadSchema,
  high: SpreadSchema,
  medium: SpreadSchema,
  low: SpreadSchema,
})
const SourceSchema = Type.Object({ facility: Type.String(), rule: Type.String(), alarms: Type.Integer() })
const ages = standingAges.map((age) => (age === Number.POSITIVE_INFINITY ? 'longer' : `up to ${age / 3_600_000} h`)).join(', ')

export const AlarmKpiSchema = Type.Object({
  from: time('begin'),
  to: time('end'),
  operators: Type.Integer({ description: 'people who share the alarms, of the alarm policy' }),
  alarms: Type.Integer({ description: 'told to operators' }),
  hidden: Type.Integer({ description: 'activations nobody saw: suppressed by design, shelved, out of service, or too late' }),
  shelved: Type.Integer({ description: 'times an alarm was shelved' }),
  rate: Type.Object({
    mean: Type.Number({ description: 'alarms in 10 min per operator' }),
    peak: Type.Number({ description: 'most alarms in 10 min per operator' }),
    peakAt: nullable(time('those 10 min began')),
    aboveAcceptable: share('of the 10-minute spans with more than 1 alarm per operator'),
    aboveFlood: share('of the 10-minute spans with more than 10 alarms per operator'),
  }),
  byPriority: CountsSchema,
  top: Type.Object({
    sources: Type.Array(Type.Object({ ...SourceSchema.properties, share: share('of all alarms') }), { description: 'the ten worst' }),
    share: share('of all alarms that come from the ten worst'),
  }),
  chattering: Type.Array(SourceSchema, { description: 'three or more activations within a minute; at most 100' }),
  acknowledge: SpreadsSchema,
  normal: SpreadsSchema,
  people: Type.Array(Type.Object({ name: Type.String(), ...SpreadSchema.properties }), {
    description: 'who acknowledged how many alarms, and how fast; at most 200',
  }),
  floods: Type.Object({
    count: Type.Integer(),
    share: share('of the time in which there was a flood'),
    longest: nullable(length('longest')),
  }),
  standing: Type.Object(
    {
      standing: Type.Integer(),
      byAge: Type.Array(Type.Integer(), { description: `standing alarms by age: ${ages}` }),
      staleCount: Type.Integer({ description: 'standing for more than 24 h' }),
      stale: Type.Array(
        Type.Object({
          id: Type.Integer(),
          facility: Type.String(),
          rule: Type.String(),
          priority: PrioritySchema,
          activated: time('event time'),
        }),
        { description: 'the oldest first, at most 100' },
      ),
      unacknowledged: Type.Integer(),
      chattering: Type.Integer({ description: 'alarms whose rule waits longer because they come and go' }),
      suppressed: Type.Integer(),
      shelved: Type.Integer(),
      outOfService: Type.Integer(),
    },
    { description: 'now, whatever the time asked for' },
  ),
  targets: Type.Object(
    {
      rate: Type.Number(),
      floodRate: Type.Number(),
      floodShare: Type.Number(),
      topShare: Type.Number(),
      chattering: Type.Number(),
      stale: Type.Number({ description: 'fewer than' }),
      priorities: Type.Object({ critical: Type.Number(), high: Type.Number(), medium: Type.Number(), low: Type.Number() }),
    },
    { description: 'what ISA-18.2, IEC 62682 and EEMUA 191 ask for' },
  ),
})
const BacktestSchema = Type.Object({
  from: time('begin of the time it was tried out on'),
  to: time('end'),
  facilities: Type.Integer(),
  readings: Type.Integer(),
  before: Type.Integer({ description: 'alarms of the rule told as it is in force' }),
  after: Type.Integer({ description: 'alarms of the rule told under the proposal' }),
  saved: Type.Integer({
    description: 'no longer told, of faults that were over within two minutes or while an alarm of the same fault still stood',
  }),
  lost: Type.Integer({ description: 'no longer told though the fault stayed longer and no alarm of it stood' }),
  added: Type.Integer(),
  later: Type.Integer({ description: 'told later' }),
  laterBy: nullable(Type.Object({ median: length('half by no more'), most: length('none by more') })),
})
const ProposalSchema = Type.Object({
  kind: Type.String(),
  facility: nullable(Type.String({ description: 'null: for all of the kind' })),
  rule: Type.String(),
  because: literals(['passing', 'returning', 'near-limit'] as const, {
    description:
      'passing: faults over within two minutes; returning: faults back within two minutes; near-limit: values to and fro across the limit',
  }),
  alarms: Type.Integer({ description: 'of the rule in the flood' }),
  such: Type.Integer({ description: 'of them passing or returning; breaks looked at for near-limit' }),
  covered: Type.Integer({ description: 'of those, as the figures say, taken away by the change' }),
  now: Type.Object({
    onDelay: length('in force'),
    offDelay: length('in force'),
    deadband: nullable(Type.Number({ description: 'in force, in the unit of the point; null: the rule has none' })),
  }),
  override: Type.Object(
    {
      scope: Type.Object({ kind: Type.Optional(Type.String()), facility: Type.Optional(Type.String()) }),
      rule: Type.String(),
      changes: Type.Record(Type.String(), Type.Unknown()),
    },
    { description: 'the body of PUT /api/overrides, but for the reason' },
  ),
  backtest: nullable(BacktestSchema),
  problem: nullable(Type.String({ description: 'why it could not be tried out' })),
})
const { standing: _standing, targets: _targets, ...kpi } = AlarmKpiSchema.properties

export const FloodReviewSchema = Type.Object({
  state: literals(['flood', 'waiting', 'running', 'done', 'failed', 'cancelled'] as const, {
    description: 'flood: it goes on, the review comes after it; waiting, running: it is being made',
  }),
  at: nullable(time('it was done, failed or cancelled')),
  share: share('how much of it is made'),
  reason: nullable(Type.String({ description: 'why it failed' })),
  review: nullable(
    Type.Object({
      timeline: Type.Object({ length: length('of each stretch'), counts: Type.Array(CountsSchema) }),
      firstOut: nullable(IncidentAlarmSchema),
      incidents: Type.Array(IncidentSummarySchema, { description: 'the ten most urgent' }),
      incidentCount: Type.Integer(),
      kpi: Type.Object(kpi, { description: 'figures of the time of the flood' }),
      worstRules: Type.Array(
        Type.Object({
          kind: Type.String(),
          rule: Type.String(),
          alarms: Type.Integer(),
          facilities: Type.Integer(),
          passing: Type.Integer({ description: 'faults over within two minutes' }),
          returning: Type.Integer({ description: 'faults back within two minutes' }),
        }),
      ),
      proposals: Type.Array(ProposalSchema, { description: 'at most 5; none for rules that protect lives' }),
    }),
  ),
})

export type AlarmKpiView = Static<typeof AlarmKpiSchema>
