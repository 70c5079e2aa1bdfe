import Type, { type Static } from 'typebox'
import { commandProblems, targetStates } from '../../control/command.ts'
import { cursorSchema, limitSchema } from './api.ts'
import { literals, nullable, TextSchema, time } from './schema-parts.ts'

const states = Object.keys(targetStates) as (keyof typeof targetStates)[]
const problems = Object.keys(commandProblems) as (keyof typeof commandProblems)[]
const closed = { additionalProperties: false }
const moment = (description: string) => nullable(time(description))

/** Targets of a command in lists and events; all of them stand with the command itself. */
export const MOST_SHOWN = 50

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

/** A command as somebody of a scope sees it. */
export const CommandSchema = Type.Object({
  id: Type.String(),
  command: Type.String({ description: 'as the kind names it (GET /api/kinds)' }),
  value: CommandValueSchema,
  purpose: literals(['direct', 'test', 'end'] as const, { description: '`end` gives facilities back what another one took' }),
  by: Type.String({ description: 'an account, or `clock`' }),
  at: time('when it was asked for'),
  reason: Type.String(),
  order: nullable(Type.Integer({ description: 'repair for which it is done' })),
  ends: nullable(Type.String({ description: 'id of the command that it ends' })),
  expires: time('it is not sent after this'),
  until: moment('facilities go back to their programme then'),
  ended: Type.Boolean({ description: 'that has been seen to' }),
  counts: Type.Record(Type.String(), Type.Integer(), { description: 'facilities in scope by state' }),
  targets: Type.Array(CommandTargetSchema, { description: `those in scope; in lists and events at most ${MOST_SHOWN}` }),
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
export const RequestCommandSchema = Type.Object(
  {
    id,
    command,
    value: Type.Optional(CommandValueSchema),
    facilities: facilities(500),
    reason: Type.Optional(Type.String({ maxLength: 2000 })),
    minutes: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 1440, description: 'then the facilities go back to their programme; not by itself when absent' }),
    ),
    armedAt: Type.Number({
      description:
        'time of the server (heartbeat) at which somebody looked at target and state and decided, ms since 1970; refused when it is over a minute old',
    }),
  },
  closed,
)
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
})
