import Type, { type Static } from 'typebox'
import { type Mimic, mimicMedia, mimicSymbols } from '../../facilities/mimic.ts'
import { literals, TextSchema } from './schema-parts.ts'

const PlaceSchema = Type.Tuple([Type.Number(), Type.Number()])
const PointKey = (description: string) => Type.Optional(Type.String({ description }))
const ConditionSchema = Type.Optional(
  Type.Object(
    { rated: Type.String(), atLeast: Type.Optional(Type.Number()), atMost: Type.Optional(Type.Number()) },
    { description: 'drawn only where this rated value of the facility lies in the range' },
  ),
)

const ElementSchema = Type.Object({
  key: Type.String(),
  symbol: literals(mimicSymbols),
  title: TextSchema,
  at: PlaceSchema,
  size: PlaceSchema,
  beside: Type.Optional(Type.Boolean({ description: 'its values stand beside the symbol, not below it' })),
  letters: Type.Optional(Type.String()),
  state: PointKey('whether it runs, is open or has been seen'),
  command: PointKey('what `state` has been told to be'),
  trip: PointKey('whether its breaker has tripped'),
  level: PointKey('what fills the vessel'),
  values: Type.Optional(Type.Array(Type.Object({ point: Type.String(), label: TextSchema }))),
  alarmsOf: Type.Optional(
    Type.Array(Type.String(), { description: 'points that other elements show, but whose alarms stand at this one' }),
  ),
  only: ConditionSchema,
})

/** The process picture of a kind, in cells of a grid. */
export const MimicSchema = Type.Object(
  {
    columns: Type.Number(),
    rows: Type.Number(),
    elements: Type.Array(ElementSchema),
    lines: Type.Array(
      Type.Object({
        medium: literals(mimicMedia),
        path: Type.Array(PlaceSchema, { description: 'corners in the direction of the flow' }),
        arrow: Type.Optional(Type.Boolean()),
        title: Type.Optional(TextSchema),
        only: ConditionSchema,
      }),
    ),
  },
  { description: 'the process picture: elements and lines on a grid, each element bound to points' },
)
export type MimicView = Static<typeof MimicSchema>
export type MimicElementView = MimicView['elements'][number]
export type MimicLineView = MimicView['lines'][number]

export const mimicView = ({ columns, rows, elements, lines }: Mimic): MimicView => ({
  columns,
  rows,
  elements: elements.map(({ at, size, values = [], alarmsOf, ...rest }) => ({
    ...rest,
    ...(alarmsOf && { alarmsOf: [...alarmsOf] }),
    at: [...at],
    size: [...size],
    values: values.map(([point, label]) => ({ point, label })),
  })),
  lines: lines.map(({ path, ...rest }) => ({ ...rest, path: path.map((corner) => [...corner]) })),
})
