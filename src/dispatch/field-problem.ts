import { type Text, text } from '../telemetry/point.ts'

/** What is wrong with something that somebody filled in. */
export interface FieldProblem {
  /** Which field, as keys and places joined by dots: `routes.2.chain`. */
  at: string
  words: Text
  /** What it is a field of, where there are several. */
  of?: Text
}

export const fieldProblem = (at: string, en: string, zh: string): FieldProblem => ({ at, words: text(en, zh) })

/** The same, for whoever does not see the field. */
export const problemWords = ({ of, words }: FieldProblem): string => (of ? `${of.en}: ${words.en}` : words.en)

/** Problems of a part, as those of the whole in which it stands at `at`. */
export const within = (at: string, of: Text | undefined, problems: readonly FieldProblem[]): FieldProblem[] =>
  problems.map((one) => ({ ...one, at: one.at ? `${at}.${one.at}` : at, ...(of && { of }) }))
