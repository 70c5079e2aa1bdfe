import { readFileSync } from 'node:fs'
import type { Static, TSchema } from 'typebox'
import { Value } from 'typebox/value'
import { LamplighterError } from '../errors.ts'

/** Reads a file of JSON that has this shape; `what` says in words what that is. Throws `invalid-request` with what is wrong. */
export function readJsonFile<S extends TSchema>(file: string, schema: S, what: string): Static<S> {
  let content: unknown
  try {
    content = JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    const message = error instanceof Error ? error.message : error
    throw new LamplighterError('invalid-request', `${file} cannot be read as JSON: ${message}`, error)
  }
  if (Value.Check(schema, content)) return content as Static<S>
  const [problem] = Value.Errors(schema, content)
  throw new LamplighterError('invalid-request', `${file} is not ${what}: ${problem?.instancePath || 'the file'} ${problem?.message}`)
}
