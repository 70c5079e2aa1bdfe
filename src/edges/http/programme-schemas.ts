import Type, { type Static } from 'typebox'
import { stepAnchors } from '../../control/control-programme.ts'
import { programmeStates } from '../programmes.ts'
import { literals, NOT_BLANK, nullable, time, words } from './schema-parts.ts'

const strict = { additionalProperties: false }
const IdSchema = Type.String({ pattern: '^[\\p{L}\\p{N}][\\p{L}\\p{N}_-]{0,39}$', description: 'letters, digits, - and _' })
const names = {
  name: Type.String({ minLength: 1, maxLength: 100, pattern: NOT_BLANK }),
  nameEn: Type.String({ maxLength: 100, description: 'empty when it has none' }),
}
const QuerySchema = Type.String({ maxLength: 2000, description: 'a facility query, resolved whenever it is asked' })
const PercentSchema = Type.Number({ minimum: 0, maximum: 100, description: '% of full light' })
const DateSchema = Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$', description: 'YYYY-MM-DD: the night that begins on it' })
const DaySchema = Type.String({ pattern: '^\\d{2}-\\d{2}$', description: 'MM-DD' })

export const ProgrammeIdSchema = Type.Object({ id: IdSchema })

const StepSchema = Type.Object(
  {
    anchor: literals(stepAnchors),
    minutes: Type.Integer({
      minimum: -1440,
      maximum: 1439,
      description: 'after dusk or dawn, negative before it; by the clock after midnight',
    }),
    level: PercentSchema,
  },
  strict,
)
const steps = Type.Array(StepSchema, {
  maxItems: 24,
  description: 'a night begins dark; nothing comes before the first step; of those whose time has come the last in the list counts',
})
export const ControlProgrammeInputSchema = Type.Object({ ...names, steps }, strict)
export const ControlProgrammeSchema = Type.Object({ id: IdSchema, ...names, steps })

const programme = IdSchema
const LineSchema = Type.Union([
  Type.Object({ on: Type.Literal('dates'), from: DateSchema, to: DateSchema, programme }, strict),
  Type.Object({ on: Type.Literal('yearly'), from: DaySchema, to: DaySchema, programme }, strict),
  Type.Object(
    {
      on: Type.Literal('weekdays'),
      weekdays: Type.Array(Type.Integer({ minimum: 1, maximum: 7, description: '1 Monday to 7 Sunday' }), {
        minItems: 1,
        maxItems: 7,
        uniqueItems: true,
      }),
      programme,
    },
    strict,
  ),
  Type.Object({ on: Type.Literal('holidays'), programme }, strict),
])
const calendarFields = {
  ...names,
  lines: Type.Array(LineSchema, { maxItems: 100, description: 'the first that fits counts; nights are named by the date they begin on' }),
  usual: IdSchema,
}
export const CalendarInputSchema = Type.Object(calendarFields, strict)
export const CalendarSchema = Type.Object({ id: IdSchema, ...calendarFields })

const assignmentFields = { id: IdSchema, ...names, query: QuerySchema, calendar: IdSchema }
export const AssignmentsInputSchema = Type.Object(
  {
    items: Type.Array(Type.Object(assignmentFields, strict), { maxItems: 300, description: 'the first that finds a facility counts' }),
    version: Type.Optional(Type.Integer({ description: 'refused when another one is in force' })),
  },
  strict,
)
const counted = {
  lamps: Type.Integer(),
  facilities: Type.Integer({ description: 'lamps and cabinets' }),
}
const version = Type.Integer({ description: 'grows with each change; 0 while nothing was configured' })
export const AssignmentsSchema = Type.Object({
  version,
  items: Type.Array(Type.Object({ ...assignmentFields, ...counted })),
  rest: Type.Object(counted, { description: 'those that none finds: full light from dusk to dawn' }),
})

const conditionFields = {
  ...names,
  facility: Type.String({ maxLength: 64 }),
  point: Type.String({ maxLength: 64 }),
  when: literals(['above', 'below'] as const),
  limit: Type.Number(),
  clear: Type.Number({ description: 'the value at which it ends' }),
  delay: Type.Integer({ minimum: 0, maximum: 86_400_000, description: 'for so long on either side before it begins or ends, ms' }),
  query: QuerySchema,
  level: PercentSchema,
  disabled: Type.Boolean(),
}
export const ConditionInputSchema = Type.Object(conditionFields, strict)
export const ConditionSchema = Type.Object({ id: IdSchema, ...conditionFields })

const by = Type.String({ description: 'account; `clock` for the program itself' })
export const ProgrammesSchema = Type.Object({
  version,
  at: time('when it was changed last'),
  by,
  items: Type.Array(ControlProgrammeSchema),
})
export const CalendarsSchema = Type.Object({
  version,
  items: Type.Array(CalendarSchema),
  holidays: Type.Array(DateSchema, { description: 'those of the dispatch policy' }),
})
export const ConditionsSchema = Type.Object({ items: Type.Array(ConditionSchema) })
const configured = {
  programmes: Type.Array(ControlProgrammeSchema),
  calendars: Type.Array(CalendarSchema),
  assignments: Type.Array(Type.Object(assignmentFields)),
  conditions: Type.Array(ConditionSchema),
}
export const VersionsSchema = Type.Object({
  items: Type.Array(
    Type.Object({
      version,
      at: time('in force from'),
      by,
      ...configured,
    }),
  ),
  next: nullable(Type.Integer()),
})

export const OverrideInputSchema = Type.Object(
  {
    query: QuerySchema,
    level: nullable(PercentSchema),
    programme: nullable(IdSchema),
    from: Type.Optional(time('at once when absent')),
    until: time('its end, which every override has; at most 31 days after its beginning'),
    reason: words('why'),
  },
  strict,
)
const overrideFields = {
  id: Type.Integer(),
  query: QuerySchema,
  level: nullable(PercentSchema),
  programme: nullable(IdSchema),
  from: time('planned beginning'),
  until: time('planned end'),
  reason: Type.String(),
  by,
  made: time('when it was made'),
  ended: nullable(time('when it was ended before its time')),
  endedBy: nullable(by),
  plan: nullable(Type.String({ description: 'the activation of an emergency plan that made it' })),
  condition: nullable(Type.String({ description: 'id of the condition that made it; then `level` is the least' })),
}
export const OverrideSchema = Type.Object({
  ...overrideFields,
  state: literals(['planned', 'in-force', 'over'] as const),
  lamps: Type.Integer({ description: 'how many it finds now, of those that the asker may see' }),
})
export const OverridesSchema = Type.Object({ items: Type.Array(OverrideSchema), next: nullable(Type.Integer()) })

const ChangeSchema = Type.Object({
  at: time('from'),
  level: PercentSchema,
  programme: nullable(
    Type.String({ description: 'id of the control programme; null for a plain level, and from dusk to dawn where nothing is configured' }),
  ),
  assignment: nullable(Type.String({ description: 'id' })),
  override: nullable(Type.Integer({ description: 'id of the override that makes it so' })),
})
const night = {
  date: DateSchema,
  from: time('noon on which the night begins'),
  until: time('the next noon'),
}
const sun = { dusk: time('dusk'), dawn: time('dawn; before dusk where it never grows dark') }
export const PreviewSchema = Type.Object({
  ...night,
  groups: Type.Array(
    Type.Object({
      ...counted,
      example: Type.String({ description: 'id of one of them, for whose place the times are' }),
      ...sun,
      changes: Type.Array(ChangeSchema),
    }),
    { description: 'those that have the same light for the same reasons, the most first' },
  ),
  without: Type.Integer({ description: 'lamps and cabinets without a place, for which nobody can reckon dusk' }),
})
export const TryOutInputSchema = Type.Object({ steps, date: Type.Optional(DateSchema) }, strict)
export const TryOutSchema = Type.Object({
  ...night,
  ...sun,
  changes: Type.Array(Type.Object({ at: time('from'), level: PercentSchema })),
})

export const DeviceProgrammesSchema = Type.Object({
  counts: Type.Object(
    Object.fromEntries(programmeStates.map((state) => [state, Type.Integer()])) as Record<(typeof programmeStates)[number], Type.TInteger>,
  ),
  items: Type.Array(
    Type.Object({
      facility: Type.String(),
      name: Type.String(),
      nameEn: Type.String(),
      kind: Type.String(),
      district: Type.String(),
      state: literals(programmeStates),
      runs: nullable(Type.Number({ description: 'fingerprint of the table it says it runs; 0 none; null while it never said' })),
      wanted: Type.Number({ description: 'fingerprint of the table it should run; 0: none, by its own dusk and dawn' }),
      since: nullable(time('since when the two are not the same')),
      until: time('end of the table it should run'),
      sent: nullable(time('when it was sent last')),
      attempts: Type.Integer(),
      alarm: nullable(
        Type.Object({
          id: Type.Integer(),
          of: literals(['silence', 'programme'], { description: 'it is not heard at all, or it runs or acknowledges something else' }),
        }),
      ),
    }),
  ),
  next: nullable(Type.Integer()),
})
/** All that was asked of lamps and cabinets, as `npm run backtest` reads it. */
export const LightingHistorySchema = Type.Object({
  versions: Type.Array(
    Type.Object({
      id: Type.Integer(),
      at: time('in force from'),
      by,
      ...configured,
      holidays: Type.Array(DateSchema),
    }),
    { description: 'in order of time' },
  ),
  overrides: Type.Array(Type.Object(overrideFields), { description: 'in order of their making' }),
  wanted: Type.Array(
    Type.Object({ facility: Type.String(), at: time('from'), table: Type.Number({ description: 'fingerprint; 0 none' }) }),
    { description: 'which table each device should run, in order of time' },
  ),
})
export const DownloadInputSchema = Type.Object(
  { facilities: Type.Array(Type.String({ maxLength: 64 }), { minItems: 1, maxItems: 500 }) },
  strict,
)
export const DownloadedSchema = Type.Object({ devices: Type.Integer() })

/** Light as a share of full light, %. */
export const percent = (level: number): number => Math.round(level * 10_000) / 100

export type DeviceProgrammeView = Static<typeof DeviceProgrammesSchema>['items'][number]
export type OverrideView = Static<typeof OverrideSchema>
export type ControlProgrammeView = Static<typeof ControlProgrammeSchema>
export type ProgrammesView = Static<typeof ProgrammesSchema>
export type CalendarView = Static<typeof CalendarSchema>
export type CalendarsView = Static<typeof CalendarsSchema>
export type AssignmentsView = Static<typeof AssignmentsSchema>
export type ConditionView = Static<typeof ConditionSchema>
export type PreviewView = Static<typeof PreviewSchema>
export type TryOutView = Static<typeof TryOutSchema>
export type DeviceProgrammesView = Static<typeof DeviceProgrammesSchema>
