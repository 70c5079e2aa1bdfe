import Type, { type Static } from 'typebox'
import { lampOnVerdicts } from '../../operations/lamp-on-rate.ts'
import { circuitStates, type LampOnRow } from '../lamp-on-rates.ts'
import { literals, nullable, time } from './schema-parts.ts'
import { RoadClassSchema } from './schemas.ts'

const count = (description: string) => Type.Integer({ minimum: 0, description })
const share = (description: string) => nullable(Type.Number({ minimum: 0, maximum: 1, description }))

export const wholeness = {
  share: share('whole of all; null of none'),
  target: share('that of the road classes, by the number of facilities'),
  isMet: Type.Boolean(),
}
const IntegritySchema = Type.Object(
  {
    facilities: count('lamps and cabinets'),
    intact: count('of those, in service and without a fault of their own'),
    ...wholeness,
  },
  { description: 'how whole the lighting facilities are; null where only lamps were asked for' },
)

export const LampOnRowSchema = Type.Object({
  key: Type.String({ description: "name of the road or district, class of the road ('' where nobody said), yes or no for a key area" }),
  roadClass: nullable(RoadClassSchema),
  due: count('lamps that should be lit: lit, dark, unknown and estimated ones; 0 by day'),
  lit: count('that say so themselves'),
  dark: count('that say so themselves, or have no supply'),
  unknown: count('that should be lit and said nothing that is recent enough'),
  estimated: count('without a controller, counted by the current of their circuit'),
  estimatedLit: Type.Number({ description: 'lit ones of those' }),
  notDue: count('that should be dark now'),
  unscheduled: count('of which nobody can say whether they should be lit'),
  exempt: count('out of service, under maintenance or run by hand'),
  rate: share('lit of those whose state is known; null where none is, as by day'),
  least: share('what the rate would be were all unknown lamps dark'),
  most: share('what the rate would be were all unknown lamps lit'),
  target: share('that of the road classes, by the number of their lamps; null where no lamp should be lit'),
  margin: nullable(
    Type.Integer({ description: 'how many more lamps may go out before the target is missed; below 0: how many must be lit again' }),
  ),
  verdict: literals(lampOnVerdicts, {
    description: 'against the target; open: it depends on the unknown lamps; none: no lamp should be lit',
  }),
  integrity: nullable(IntegritySchema),
})
export type LampOnRowView = Static<typeof LampOnRowSchema>

export const LampOnPageSchema = Type.Object({
  at: time('when the lamps were looked at'),
  total: LampOnRowSchema,
  rows: Type.Array(LampOnRowSchema, { description: 'in order of their keys' }),
  next: nullable(Type.String({ description: 'to be passed back as `after`; null on the last page' })),
})
export type LampOnPageView = Static<typeof LampOnPageSchema>

export const SelectionRateSchema = Type.Object({
  at: time('when the lamps were looked at'),
  total: LampOnRowSchema,
  dark: Type.Array(Type.String(), { description: 'ids of those that are dark and should not be' }),
  unknown: Type.Array(Type.String()),
})
export type SelectionRateView = Static<typeof SelectionRateSchema>

export const CircuitsSchema = Type.Object({
  circuits: Type.Array(
    Type.Object({
      circuit: nullable(Type.Integer({ description: 'null: what hangs on it on no known circuit' })),
      state: literals(circuitStates, { description: 'dead: without voltage by a fault; unknown: nobody says' }),
      alarm: nullable(Type.Integer({ description: 'the alarm by which it is dead' })),
      facilities: Type.Integer(),
      lamps: LampOnRowSchema,
    }),
    { description: 'in order of their numbers' },
  ),
})
export type CircuitsView = Static<typeof CircuitsSchema>

export function lampOnRowView({ key, roadClass, tally, rate, integrity }: LampOnRow): LampOnRowView {
  const { required: _, requiredUnknown: __, ...counts } = tally
  return { key, roadClass, ...counts, estimatedLit: Math.round(tally.estimatedLit * 100) / 100, ...rate, integrity }
}
