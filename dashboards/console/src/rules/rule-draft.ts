import type { OverrideView } from '../../../../src/edges/http/rule-schemas.ts'
import type { RuleView } from '../../../../src/edges/http/schemas.ts'
import { sortOf } from '../alarm/parameter-format.ts'

export type RuleChanges = OverrideView['changes']

/** How many of a parameter's own unit one unit is that a person types: seconds for ms, percent for shares. */
export function scaleOf(name: string): number {
  const sort = sortOf(name)
  return sort === 'duration' ? 1000 : sort === 'share' ? 0.01 : 1
}

const SECOND = 1000
/** Scaling leaves no trailing digits of binary fractions. */
const clean = (value: number) => Number(value.toPrecision(12))

/** A stored number as it stands in the form. */
export const typedOf = (value: number | undefined, scale: number): string => (value === undefined ? '' : String(clean(value / scale)))

/** What the form says, in the units of the API; an empty field changes nothing. */
export function changesOf(form: FormData, parameters: readonly string[]): RuleChanges {
  const text = (name: string) => String(form.get(name) ?? '').trim()
  const given = (name: string, scale: number) => (text(name) === '' ? undefined : clean(Number(text(name)) * scale))
  const changed = parameters.flatMap((name): [string, number][] => {
    const value = given(`parameter.${name}`, scaleOf(name))
    return value === undefined ? [] : [[name, value]]
  })
  const [onDelay, offDelay] = [given('onDelay', SECOND), given('offDelay', SECOND)]
  return {
    ...(text('enabled') !== '' && { enabled: text('enabled') === 'on' }),
    ...(text('priority') !== '' && { priority: text('priority') as RuleView['priority'] }),
    ...(onDelay !== undefined && { onDelay }),
    ...(offDelay !== undefined && { offDelay }),
    ...(changed.length > 0 && { parameters: Object.fromEntries(changed) }),
  }
}
