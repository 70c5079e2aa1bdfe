import type { LightingHistory } from '../../control/lighting-history.ts'
import { spanOf } from '../../control/programme-set.ts'
import type { StateStore } from '../../storage/state-store.ts'

/** What the state store remembers of the lighting of its city, as far as it counted after `from`, ms. */
export function lightingHistory({ programmes }: Pick<StateStore, 'programmes'>, from = 0): LightingHistory {
  const versions = programmes.versions()
  return {
    versions: versions.slice(
      Math.max(
        0,
        versions.findLastIndex(({ at }) => at <= from),
      ),
    ),
    overrides: programmes.overrides().filter((override) => spanOf(override).until > from),
    wanted: programmes.wanted(from),
  }
}
