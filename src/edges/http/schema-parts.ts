import Type from 'typebox'
import { priorities } from '../../detection/rule.ts'

/** Holds for a text with anything in it but blanks. */
export const TextSchema = Type.Object({ en: Type.String(), zh: Type.String() })
export const NOT_BLANK = '\\S'

/** What many shapes of the HTTP API are made of. */
export const time = (description: string) => Type.Number({ description: `${description}, ms since 1970` })
export const nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])
export const literals = <T extends string>(values: readonly T[], more: { default?: T; description?: string } = {}) =>
  Type.Unsafe<T>({ type: 'string', enum: [...values], ...more })
/** What a person must say, in words: more than blanks. */
export const words = (description: string) => Type.String({ minLength: 1, maxLength: 2000, pattern: NOT_BLANK, description })
export const PrioritySchema = literals(priorities)
