import type { Scope } from '../../access/scope.ts'
import { type CountedDifference, type KeptLightChange, permissionFor } from '../../control/light-change.ts'
import type { Services } from '../services.ts'
import type { LightChangeView } from './light-change-schemas.ts'
import { percent } from './programme-schemas.ts'

export const differenceView = ({ before, after, ...rest }: CountedDifference): LightChangeView['differences'][number] => ({
  ...rest,
  ...{ before: percent(before), after: percent(after) },
})

/** Undefined where none of it is in scope. */
export function lightChangeView(
  { token: _, basis: __, alone: ___, approval, differences, ...rest }: KeptLightChange,
  { lightChanges }: Pick<Services, 'lightChanges'>,
  scope: Scope,
): LightChangeView | undefined {
  const { isSeen, isElsewhere } = lightChanges.placeOf(rest.change, scope)
  if (!isSeen) return undefined
  return {
    ...rest,
    change: rest.change as LightChangeView['change'],
    differences: differences.map(differenceView),
    approval: approval && { ...approval, reasons: [...approval.reasons], decision: approval.decision && { ...approval.decision } },
    ...{ needs: permissionFor(rest.change) as LightChangeView['needs'], isElsewhere },
  }
}
