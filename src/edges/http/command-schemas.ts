import Type, { type Static } from 'typebox'
import { approvalReasons } from '../../control/approval.ts'
import { commandProblems, commandPurposes, targetStates } from '../../control/command.ts'
import { MAX_QUERY_LENGTH } from '../../facilities/facility-query.ts'
import { cursorSchema, limitSchema } from './api.ts'
import { literals, nullable, TextSchema, time } from './schema-parts.ts'

const states = Object.keys(targetStates) as (keyof typeof targetStates)[]
const problems = Object.keys(commandProblems) as (keyof typeof commandProblems)[]
const closed = { additionalProperties: false }
const reasons = Object.keys(approvalReasons) as (keyof typeof approvalReasons)[]
const moment = (description: string) => nullable(time(description))

/** Targets of a command in lists and events, and where it stands alone. */
export const MOST_SHOWN = 50
export const MOST_OF_ONE = 500

export const CommandValueSchema = Type.Union([Type.Number(), Type.String({ maxLength: 64 }), Type.Null()])

export const CommandTargetSchema = Type.Object({
  facility: Type.String(),
  state: literals(states),
  times: Type.Object({
    accepted: moment('when it was found that it may be done'),
    sent: moment('when it went out first'),
    confirmed: moment('when the device confirmed it'),
    seen: moment('when telemetry showed the effect'),
  }),
  over: moment('when it ended'),
  deadline: moment('the next step must have come by then'),
  attempts: Type.Integer({ description: 'how often it was sent' }),
  problem: nullable(literals(problems)),
  words: nullable(TextSchema),
})

/** What a command waits for, or waited for. */
export const ApprovalSchema = Type.Object({
  reasons: Type.Array(literals(reasons), { description: 'why one person alone does not do it' }),
  expires: time('without a word by then nothing is done'),
  lasts: nullable(Type.Number({ description: 'ms for which the facilities are held once it is approved' })),
  decision: nullable(
    Type.Object({
      approved: Type.Boolean(),
      by: Type.String(),
      at: time('when the second person decided'),
      reason: Type.String(),
    }),
  ),
})

/** A command as somebody of a scope sees it. */
export const CommandSchema = Type.Object({
  id: Type.String(),
  command: Type.String({ description: 'as the kind names it (GET /api/kinds)' }),
  value: CommandValueSchema,
  purpose: literals(commandPurposes, {
    description: '`test` is of a repair, `programme` switches by the lighting programme, `end` gives facilities back what another one took',
  }),
  by: Type.String({ description: 'a person, `key:NAME`, or `clock`' }),
  account: Type.String({ description: 'that answers for it: of a key, that of its owner' }),
  at: time('when it was asked for'),
  reason: Type.String(),
  order: nullable(Type.Integer({ description: 'repair for which it is done' })),
  ends: nullable(Type.String({ description: 'id of the command that it ends' })),
  expires: time('it is not sent after this'),
  until: moment('facilities go back to their programme then'),
  ended: Type.Boolean({ description: 'that has been seen to' }),
  query: nullable(Type.String({ description: 'the live group it was armed for' })),
  /** Null where one person is enough; facilities are `requested` while it waits. */
  approval: nullable(ApprovalSchema),
  total: Type.Integer({ description: 'facilities in scope' }),
  counts: Type.Record(Type.String(), Type.Integer(), { description: 'facilities in scope by state' }),
  targets: Type.Array(CommandTargetSchema, {
    description: `those in scope, at most ${MOST_SHOWN} in lists and events and ${MOST_OF_ONE} elsewhere, those with a problem first where some are left out; GET /api/commands/{id}/targets has all`,
  }),
  elsewhere: Type.Integer({ description: 'facilities out of scope' }),
})
export type CommandView = Static<typeof CommandSchema>
export const CommandPageSchema = Type.Object({ items: Type.Array(CommandSchema), next: nullable(Type.Integer()) })

const id = Type.String({
  pattern: '^[A-Za-z0-9_-]{16,64}$',
  description: 'made by whoever asks, new for each command; the same request again with it is not done again',
})
const command = Type.String({ minLength: 1, maxLength: 64 })
const facilities = (maxItems: number) => Type.Array(Type.String({ minLength: 1, maxLength: 64 }), { minItems: 1, maxItems })

export const CommandIdSchema = Type.Object({ id: Type.String({ minLength: 1, maxLength: 80 }) })
export const CommandListQuerySchema = Type.Object(
  {
    facility: Type.Optional(Type.String({ maxLength: 64 })),
    state: Type.Optional(literals(states)),
    order: Type.Optional(Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })),
    before: cursorSchema,
    limit: limitSchema(200, 50),
  },
  closed,
)
/** Facilities of one command. */
export const MOST_COMMANDED = 20_000

export const ConsoleSeatSchema = Type.Object(
  {
    connection: Type.String({ maxLength: 64, description: 'id of its live connection' }),
    heartbeat: Type.Number({ description: '`at` of the newest heartbeat it has heard; an old one is refused' }),
  },
  { ...closed, description: 'of a signed-in person, who commands with a live console alone; a program with a key has none' },
)
export type ConsoleSeat = Static<typeof ConsoleSeatSchema>
const console = Type.Optional(ConsoleSeatSchema)

export const ArmCommandSchema = Type.Object(
  {
    command,
    value: Type.Optional(CommandValueSchema),
    facilities: Type.Optional(facilities(MOST_COMMANDED)),
    query: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: MAX_QUERY_LENGTH,
        description: 'in place of `facilities`: all that it fits now (a live group)',
      }),
    ),
    reason: Type.Optional(Type.String({ maxLength: 2000 })),
    minutes: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 1440, description: 'then the facilities go back to their programme; not by itself when absent' }),
    ),
    console,
  },
  closed,
)
export const ArmingSchema = Type.Object({
  token: Type.String({ description: 'good once, for whoever armed it, in the same session and by the same live connection' }),
  expires: time('the token is good until then'),
  total: Type.Integer({ description: 'facilities that it concerns' }),
  ready: Type.Integer({ description: 'those that would be told' }),
  kinds: Type.Array(Type.Object({ kind: Type.String(), total: Type.Integer(), ready: Type.Integer() })),
  objections: Type.Array(
    Type.Object({
      problem: literals(problems),
      words: nullable(TextSchema),
      count: Type.Integer(),
      facilities: Type.Array(Type.String(), { description: 'the first of them' }),
    }),
    { description: 'what stands against the others, the most first' },
  ),
  danger: literals(['routine', 'second-person'] as const),
  typesCount: Type.Boolean({ description: '`ready` must be typed, and sent as `count`' }),
  secondPerson: Type.Array(literals(reasons), { description: 'why it waits for a second person; empty when it does not' }),
  sendingTakes: Type.Number({ description: 'how long sending takes at the pace of feeders and city, ms' }),
})
export type ArmingView = Static<typeof ArmingSchema>

export const ExecuteCommandSchema = Type.Object(
  {
    id,
    token: Type.Optional(Type.String({ maxLength: 64, description: 'from POST /api/commands/arm' })),
    count: Type.Optional(Type.Integer({ minimum: 0, description: 'as somebody typed it; needed for more than one facility' })),
    console,
  },
  closed,
)
export const ApproveCommandSchema = Type.Object({ console }, closed)
export const DeclineCommandSchema = Type.Object({ reason: Type.Optional(Type.String({ maxLength: 2000 })), console }, closed)
export const CommandTargetsQuerySchema = Type.Object(
  { state: Type.Optional(literals(states)), after: cursorSchema, limit: limitSchema(1000, 200) },
  closed,
)
export const CommandTargetPageSchema = Type.Object({ items: Type.Array(CommandTargetSchema), next: nullable(Type.Integer()) })
export const CancelCommandSchema = Type.Object({ reason: Type.Optional(Type.String({ maxLength: 2000 })) }, closed)
export const RequestTestSchema = Type.Object(
  {
    id,
    command: Type.String({
      minLength: 1,
      maxLength: 64,
      description: '`on`, `off`, `dim`, or `energise`: switch on the circuit that feeds the lamps',
    }),
    value: Type.Optional(CommandValueSchema),
    facilities: facilities(50),
    minutes: Type.Integer({ minimum: 1, maximum: 15 }),
  },
  closed,
)
export const TestAnswerSchema = Type.Object({
  command: CommandSchema,
  dark: Type.Array(
    Type.Object({
      cabinet: Type.String(),
      circuit: Type.Integer(),
      facilities: Type.Array(Type.String(), { description: 'lamps that were refused because it is off' }),
      covered: Type.Boolean({ description: 'the crew may energise it for the test' }),
      why: nullable(TextSchema),
    }),
  ),
})
export type TestAnswerView = Static<typeof TestAnswerSchema>

export const KindCommandSchema = Type.Object({
  key: Type.String(),
  title: TextSchema,
  parameter: nullable(
    Type.Union([
      Type.Object({
        type: Type.Literal('number'),
        title: TextSchema,
        unit: Type.String(),
        least: Type.Number(),
        greatest: Type.Number(),
        isWhole: Type.Optional(Type.Boolean()),
      }),
      Type.Object({ type: Type.Literal('choice'), title: TextSchema, choices: Type.Record(Type.String(), TextSchema) }),
    ]),
  ),
  danger: literals(['routine', 'second-person'] as const),
  mayEnd: Type.Boolean({ description: 'it takes `minutes`; for some of its values at least there is a command that takes it back' }),
})
