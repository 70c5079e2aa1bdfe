import type { FacilityKind } from './facility-kind.ts'

/**
 * The rule that protects lives and is about a point, by its index; undefined where there is none. Nobody enters such a point by hand: what a person
 * types must neither end nor hide what the device warns of.
 */
export const protectingRule = (kind: Pick<FacilityKind, 'rules'>, point: number): string | undefined =>
  kind.rules.find(({ shelvable, points }) => !shelvable && points[0] === point)?.key
