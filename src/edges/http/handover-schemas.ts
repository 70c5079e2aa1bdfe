import Type, { type Static } from 'typebox'
import { facilityModes } from '../../detection/facility-mode.ts'
import { type OrderClass, type OrderState, orderClasses, orderStates } from '../../dispatch/order.ts'
import { ruleActions } from '../../facilities/rule-version.ts'
import { literals, nullable, PrioritySchema, TextSchema, time } from './schema-parts.ts'

const strict = { additionalProperties: false }
const listed = <T extends Type.TSchema>(schema: T, description: string) =>
  Type.Object({ total: Type.Integer(), items: Type.Array(schema, { description: 'the first 100' }) }, { description })

const alarm = {
  id: Type.Integer(),
  facility: Type.String(),
  name: Type.String(),
  district: Type.String(),
  title: TextSchema,
  priority: PrioritySchema,
  raised: time('when it was raised'),
  returned: Type.Optional(nullable(time('since when the fault is gone; null: it lasts'))),
  acknowledgedBy: nullable(Type.String()),
}
const OrderSchema = Type.Object({
  id: Type.Integer(),
  title: TextSchema,
  class: literals(Object.keys(orderClasses) as OrderClass[]),
  state: literals(Object.keys(orderStates) as OrderState[]),
  district: Type.String(),
  crew: nullable(Type.String({ description: 'name of the crew that has it' })),
  arriveBy: time('a crew must be there'),
  repairBy: time('it must be repaired'),
  isLate: Type.Boolean({ description: 'a clock has run out' }),
  relapses: Type.Integer(),
})
const ModeSchema = Type.Object({
  facility: Type.String(),
  name: Type.String(),
  district: Type.String(),
  mode: literals(facilityModes),
})
const RuleSchema = Type.Object({
  id: Type.Integer(),
  kind: Type.String(),
  group: nullable(Type.String()),
  facility: nullable(Type.String()),
  rule: Type.String(),
  action: literals(ruleActions),
  reason: Type.String(),
  by: Type.String(),
  at: time('of the change'),
})
const ended = nullable(time('when it ended'))
const at = time('when it happened')
const { id, facility, name, title } = alarm
const EventSchema = Type.Union([
  Type.Object({ type: Type.Literal('critical'), at, ended, id, facility, name, title }),
  Type.Object({ type: Type.Literal('flood'), at, ended, id, alarms: Type.Integer(), peak: Type.Integer() }),
  Type.Object({ type: Type.Literal('relapse'), at, order: Type.Integer(), title }),
  Type.Object({ type: Type.Literal('silence'), at, by: Type.String(), detail: Type.String() }),
])
const ReportSchema = Type.Object({
  id: Type.Integer(),
  at: time('it came in'),
  title: TextSchema,
  facility: Type.String({ description: 'empty where it names none' }),
  name: Type.String(),
  district: Type.String(),
  callerWaits: Type.Boolean({ description: 'wants to be called back' }),
})
const ShelfSchema = Type.Object({ ...alarm, by: Type.String(), until: time('when it comes back'), reason: Type.String() })
const NoteSchema = Type.Object({
  standing: listed(Type.Object(alarm), 'alarms that stand, the most urgent first'),
  shelved: listed(ShelfSchema, 'alarms that are put aside'),
  aside: Type.Optional(
    Type.Object(
      { shelved: Type.Integer(), 'suppressed-by-design': Type.Integer(), 'out-of-service': Type.Integer() },
      { description: 'alarms that are in no list of operators, by what hides them; notes of before do not say' },
    ),
  ),
  outOfService: listed(ModeSchema, 'facilities that do not run by themselves'),
  overrides: listed(RuleSchema, 'changes of rules made in the shift, the newest first'),
  orders: listed(OrderSchema, 'repair orders that are not over'),
  orderCounts: Type.Object(
    { made: Type.Integer(), closed: Type.Integer(), overdue: Type.Integer() },
    { description: 'repair orders made and closed in the shift, and those not over of which a clock has run out' },
  ),
  reports: Type.Optional(listed(ReportSchema, "citizens' reports that wait for the desk, the oldest first; notes of before do not say")),
  events: listed(EventSchema, 'critical alarms, floods, relapses and silences of sound of the shift'),
})
export type HandoverNoteView = Static<typeof NoteSchema>

const ShiftSchema = Type.Object({
  rotation: Type.String(),
  rotationName: Type.String(),
  shift: Type.String(),
  shiftName: Type.String(),
  team: Type.String(),
  teamName: Type.String(),
  from: time('begin'),
  to: time('end'),
})
const summary = {
  id: Type.Integer(),
  shift: ShiftSchema,
  leftBy: Type.String({ description: 'account that left and signed first' }),
  leftAt: time('first signature'),
  takenBy: nullable(Type.String({ description: 'account that took over' })),
  takenAt: nullable(time('second signature')),
  remark: Type.String({ description: 'of whoever took over' }),
  hash: Type.String({ description: 'SHA-256 of the text as it was signed, hexadecimal' }),
}
const SummarySchema = Type.Object(summary)
export type HandoverSummaryView = Static<typeof SummarySchema>
export const HandoverPageSchema = Type.Object({ items: Type.Array(SummarySchema), next: nullable(Type.Integer()) })
export const HandoverSchema = Type.Object({
  ...summary,
  text: Type.Object({ shift: ShiftSchema, at: time('when the note was made'), note: NoteSchema, words: Type.String() }),
  isIntact: Type.Boolean({ description: 'the text is still the one that was signed' }),
})
export type HandoverView = Static<typeof HandoverSchema>
export const HandoverDraftSchema = Type.Object({
  shift: ShiftSchema,
  at: time('when it was made'),
  note: NoteSchema,
  signed: nullable(SummarySchema),
})
export type HandoverDraftView = Static<typeof HandoverDraftSchema>

const WordsSchema = Type.String({ maxLength: 4000 })
const RotationKeySchema = Type.String({ minLength: 1, maxLength: 40 })
export const DraftQuerySchema = Type.Object({ rotation: RotationKeySchema }, strict)
export const LeaveSchema = Type.Object({ rotation: RotationKeySchema, words: WordsSchema }, strict)
export const TakeOverSchema = Type.Object({ remark: WordsSchema }, strict)
