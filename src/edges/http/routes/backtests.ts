import Type from 'typebox'
import type { FaultLabel } from '../../../alarms/alarm-score.ts'
import { LamplighterError } from '../../../errors.ts'
import { MAX_QUERY_LENGTH } from '../../../facilities/facility-query.ts'
import type { RuleProposal } from '../../../facilities/rule-proposal.ts'
import { days } from '../../../telemetry/duration.ts'
import { type BacktestJob, backtestSources, backtestStates } from '../../backtests.ts'
import type { Services } from '../../services.ts'
import { type Api, cursorSchema, limitSchema, type RouteParts, signedIn } from '../api.ts'
import { OverrideInputSchema, RuleChangesSchema } from '../rule-schemas.ts'
import { literals, nullable, PrioritySchema, TimeSchema } from '../schemas.ts'
import { parseTime } from '../times.ts'

const ProposalSchema = Type.Object(
  {
    scope: OverrideInputSchema.properties.scope,
    rule: Type.String({ maxLength: 100 }),
    changes: nullable(RuleChangesSchema),
  },
  { additionalProperties: false, description: 'as in PUT /api/overrides; changes null: as if what was changed there were taken back' },
)

/** Until learned behaviour knows all it remembers. */
const LONGEST_LEAD = days(60)

const LabelSchema = Type.Object(
  {
    facility: Type.String({ maxLength: 64 }),
    from: Type.Union([Type.Number(), Type.String()]),
    to: Type.Optional(nullable(Type.Union([Type.Number(), Type.String()]))),
    rule: Type.Optional(Type.String({ maxLength: 100, description: 'that should tell of it; any of the facility when absent' })),
  },
  { additionalProperties: false, description: 'a fault that is known, ms since 1970 or ISO 8601; `to` null or absent: it lasts' },
)

const RequestSchema = Type.Object(
  {
    source: Type.Optional(
      literals(backtestSources, { description: 'store (default): the time series; journal: the messages it still holds, exact' }),
    ),
    from: TimeSchema('needed for the store'),
    to: TimeSchema('now when absent'),
    lead: Type.Optional(
      Type.Number({ minimum: 0, maximum: LONGEST_LEAD, description: 'ms played before `from` for warming up; a day when absent' }),
    ),
    query: Type.Optional(Type.String({ maxLength: MAX_QUERY_LENGTH, description: 'whose alarms are compared, as in GET /api/facilities' })),
    proposals: Type.Array(ProposalSchema, { maxItems: 500 }),
    labels: Type.Optional(Type.Array(LabelSchema, { maxItems: 5000, description: 'for precision and recall' })),
  },
  { additionalProperties: false },
)

const CountsSchema = Type.Record(Type.String(), Type.Integer(), {
  description: 'before, after, same, added, lost, earlier, later, longer, shorter, otherPriority',
})
const LoadSchema = Type.Object({
  alarms: Type.Integer({ description: 'that people see' }),
  byPriority: Type.Record(Type.String(), Type.Integer()),
  hidden: Type.Integer({ description: 'suppressed by design, late, out of service' }),
  mean: Type.Number({ description: 'alarms in ten minutes' }),
  busiest: Type.Integer({ description: 'most alarms in ten minutes' }),
  quietShare: Type.Number({ description: 'share of ten-minute stretches without a new alarm' }),
  floods: Type.Integer(),
  /** Null without labels. */
  score: nullable(
    Type.Object({
      alarms: Type.Integer({ description: 'that people see' }),
      trueAlarms: Type.Integer({ description: 'that tell of a label' }),
      labels: Type.Integer(),
      detected: Type.Integer({ description: 'labels that an alarm tells of' }),
      precision: nullable(Type.Number()),
      recall: nullable(Type.Number()),
      medianDelay: nullable(Type.Number({ description: 'ms' })),
      falsePerFacilityDay: nullable(Type.Number()),
    }),
  ),
})

const JobSchema = Type.Object({
  id: Type.String(),
  by: Type.String(),
  created: Type.Number(),
  state: literals(backtestStates),
  progress: Type.Number({ description: '0 to 1' }),
  readingsPerSecond: Type.Number(),
  trouble: nullable(Type.String()),
  result: nullable(
    Type.Object({
      window: Type.Object({ from: Type.Number(), to: Type.Number() }),
      lead: Type.Number(),
      facilities: Type.Integer(),
      messages: Type.Integer(),
      readings: Type.Integer(),
      rejected: Type.Integer(),
      before: LoadSchema,
      after: LoadSchema,
      counts: CountsSchema,
      byRule: Type.Array(Type.Object({ kind: Type.String(), rule: Type.String(), counts: CountsSchema })),
      changes: Type.Integer({ description: 'that GET /api/backtests/{id}/changes lists' }),
      leftOut: Type.Integer({ description: 'changes that were counted and not kept' }),
    }),
  ),
})
export type BacktestJobView = Type.Static<typeof JobSchema>

const ActivationSchema = Type.Object({
  priority: PrioritySchema,
  started: Type.Number(),
  ended: nullable(Type.Number()),
  hidden: Type.Boolean({ description: 'nobody sees it' }),
})
const ChangeSchema = Type.Object({
  type: literals(['added', 'lost', 'moved'] as const),
  shifts: Type.Array(literals(['earlier', 'later', 'longer', 'shorter', 'other-priority'] as const)),
  facility: Type.String(),
  kind: Type.String(),
  rule: Type.String(),
  before: nullable(ActivationSchema),
  after: nullable(ActivationSchema),
})

function jobView({ id, by, created, state, progress, readingsPerSecond, trouble, result, leftOut }: BacktestJob) {
  return { id, by, created, state, progress, readingsPerSecond, trouble, result: result && resultView(result, leftOut) }
}

function resultView({ before, after, difference, ...rest }: NonNullable<BacktestJob['result']>, leftOut: number) {
  const load = ({ load: { floods, byPriority, ...figures }, score }: typeof before) => ({
    ...figures,
    score: score && { ...score },
    byPriority: { ...byPriority },
    floods: floods.length,
  })
  const byRule = difference.byRule.map(({ kind, rule, ...counts }) => ({ kind, rule, counts }))
  const changes = difference.changes.length
  return { ...rest, before: load(before), after: load(after), counts: { ...difference.counts }, byRule, changes, leftOut }
}

type Change = NonNullable<BacktestJob['result']>['difference']['changes'][number]

function changeView({ type, shifts, before, after }: Change) {
  const { facility, kind, rule } = (before ?? after) as NonNullable<Change['before']>
  const side = (each: Change['before']) =>
    each && { priority: each.priority, started: each.started, ended: each.ended, hidden: each.toldAt === null }
  return { type, shifts: [...shifts], facility, kind, rule, before: side(before), after: side(after) }
}

function proposalOf({ scope, rule, changes }: Type.Static<typeof ProposalSchema>, services: Services): RuleProposal {
  const facility = scope.facility ?? null
  const kind = scope.kind ?? (facility === null ? undefined : services.plant.get(facility)?.kind.key)
  if (kind === undefined) throw new LamplighterError('invalid-request', `The scope of ${rule} names no kind and no known facility.`)
  return { kind, group: scope.group ?? null, facility, rule, changes }
}

function labelOf({ facility, from, to = null, rule }: Type.Static<typeof LabelSchema>, i: number): FaultLabel {
  return {
    facility,
    from: parseTime(from, `labels[${i}].from`),
    to: to === null ? null : parseTime(to, `labels[${i}].to`),
    rules: rule === undefined ? [] : [rule],
  }
}

const tags = ['rules']
const IdSchema = Type.Object({ id: Type.String({ maxLength: 64 }) })

/** What other rules would have made of the past. */
export function backtestRoutes(app: Api, { services }: RouteParts): void {
  app.post(
    '/api/backtests',
    {
      schema: {
        tags,
        summary: 'Play the past under the rules in force and under proposed ones, beside what comes in',
        body: RequestSchema,
        response: { 202: JobSchema },
      },
    },
    (request, reply) => {
      const { source = 'store', proposals, from, to, labels, ...rest } = request.body
      const job = services.backtests.start(
        {
          source,
          proposals: proposals.map((each) => proposalOf(each, services)),
          ...(from !== undefined && { from: parseTime(from, 'from') }),
          ...(to !== undefined && { to: parseTime(to, 'to') }),
          ...(labels && { labels: labels.map(labelOf) }),
          ...rest,
        },
        signedIn(request),
      )
      reply.code(202)
      return jobView(job)
    },
  )
  app.get(
    '/api/backtests',
    { schema: { tags, summary: 'Back-tests of the last hour, newest first, at most ten', response: { 200: Type.Array(JobSchema) } } },
    () => services.backtests.list().map(jobView),
  )
  app.get(
    '/api/backtests/:id',
    { schema: { tags, summary: 'How far a back-test is, and what it found', params: IdSchema, response: { 200: JobSchema } } },
    ({ params }) => jobView(services.backtests.get(params.id)),
  )
  app.get(
    '/api/backtests/:id/changes',
    {
      schema: {
        tags,
        summary: 'Alarms that people would see differently, lost ones first, in pages',
        params: IdSchema,
        querystring: Type.Object({ after: cursorSchema, limit: limitSchema(1000, 100) }, { additionalProperties: false }),
        response: { 200: Type.Object({ items: Type.Array(ChangeSchema), next: nullable(Type.Integer()) }) },
      },
    },
    ({ params, query: { after = 0, limit = 100 } }) => {
      const changes = services.backtests.get(params.id).result?.difference.changes ?? []
      const next = after + limit
      return { items: changes.slice(after, next).map(changeView), next: next < changes.length ? next : null }
    },
  )
  app.delete(
    '/api/backtests/:id',
    { schema: { tags, summary: 'Cancel a back-test, or forget one that is over', params: IdSchema, response: { 204: Type.Null() } } },
    async (request, reply) => {
      await services.backtests.cancel(request.params.id)
      reply.code(204)
      return null
    },
  )
  app.get(
    '/api/rules/export',
    { schema: { tags, summary: 'All groups and overrides as one file, for npm run backtest', response: { 200: Type.Unknown() } } },
    () => services.ruleSet(),
  )
}
