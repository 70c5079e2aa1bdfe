import Type from 'typebox'

const Name = Type.String({ maxLength: 200 })

/** An `ImportMapping` as people write it. */
export const MappingSchema = Type.Object(
  {
    kinds: Type.Optional(Type.Record(Type.String(), Name)),
    time: Type.Optional(Name),
    facility: Type.Optional(Name),
    points: Type.Optional(Type.Record(Type.String(), Type.Union([Name, Type.Null()]))),
  },
  { additionalProperties: false },
)
