import Type from 'typebox'
import { priorities } from '../../detection/rule.ts'

/** What many shapes of the HTTP API are made of. */
export const time = (description: string) => Type.Number({ description: `${description}, ms since 1970` })
export const nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])
export const literals = <T extends string>(values: readonly T[], more: { default?: T; description?: string } = {}) =>
  Type.Unsafe<T>({ type: 'string', enum: [...values], ...more })
export const PrioritySchema = literals(priorities)
