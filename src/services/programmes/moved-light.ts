import { ALONE_WITHIN, isManyAlone } from '../../control/approval.ts'
import type { Night } from '../../control/control-programme.ts'
import { differenceOf, handedOn, isDarker } from '../../control/light-change.ts'
import { ProgrammeBook } from '../../control/programme-book.ts'
import { spanOf } from '../../control/programme-set.ts'
import type { DarkenedFacilities } from '../../edges/light-changes.ts'
import { refuse } from '../../errors.ts'
import type { FacilityKind } from '../../facilities/facility-kind.ts'
import { matchesFacility, parseFacilityQuery, type QueriedFacility } from '../../facilities/facility-query.ts'
import { type Facility, type FacilityDescription, isProgrammed } from '../../facilities/plant.ts'
import type { ServiceParts } from '../parts.ts'
import { comparedNights } from './light-effect.ts'
import type { ChangedProgrammes } from './programme-services.ts'

type Parts = Pick<ServiceParts, 'plant' | 'kinds' | 'now' | 'utcOffset'> & { programmes: ChangedProgrammes }
type Described = Omit<FacilityDescription, 'kind'> & { kind: FacilityKind }

/** A place in the city; null where none is known. */
function somewhere(plant: Iterable<Pick<Facility, 'position'>>): Facility['position'] {
  for (const { position } of plant) if (position) return position
  return null
}

/**
 * Light that facilities lose because they are described otherwise: by another label or district another programme finds them, by another feeder
 * they are handed another light. Registering is for one person, putting many in the dark is not, whichever road it takes.
 */
export function movedLight({ plant, kinds, now, utcOffset, programmes }: Parts) {
  /** What was done within `ALONE_WITHIN`. */
  let moved: { at: number; by: string; lamps: ReadonlySet<string> }[] = []
  const lately = (at: number, isOf: (by: string) => boolean = () => true): Set<string> =>
    new Set(moved.flatMap((one) => (one.at >= at - ALONE_WITHIN && isOf(one.by) ? [...one.lamps] : [])))

  return {
    latelyBy: (account: string, at: number): ReadonlySet<string> => lately(at, (by) => by === account),

    darkened(next: readonly FacilityDescription[]): DarkenedFacilities {
      const at = now()
      const [lamps, cabinets] = [new Set<string>(), new Set<string>()]
      const { versions, overrides } = programmes.present()
      const history = { versions: versions.slice(-1), overrides: overrides.filter((one) => spanOf(one).until > at) }
      const queries = [...(history.versions[0]?.assignments ?? []), ...history.overrides].map(({ query }) => parseFacilityQuery(query))
      const foundBy = (one: QueriedFacility) => queries.map((query) => matchesFacility(query, one)).join()
      const others = next.flatMap((description) => {
        const was = plant.get(description.id)
        const kind = kinds.get(description.kind)
        if (!was || !kind || !isProgrammed(was)) return []
        // A place that is corrected moves dusk by some seconds, which is nobody's darkness; one that is taken away may come back.
        const position = was.position ?? description.position ?? somewhere(plant)
        const is: Described = { ...description, kind, position }
        return was.fedBy === is.fedBy && foundBy(was) === foundBy(is) ? [] : [{ was: { ...was, position }, is }]
      })
      if (others.length === 0) return { lamps, cabinets }
      const book = new ProgrammeBook({ utcOffset, plant }, history)
      const { nights } = comparedNights(history, history, { from: at, until: Number.POSITIVE_INFINITY }, utcOffset)
      const lightOf = (one: Described, { from, until }: Pick<Night, 'from' | 'until'>) => {
        const feeder = one.kind.light && one.fedBy !== null ? plant.get(one.fedBy) : undefined
        return handedOn(book.changes(one, from, until), feeder?.position ? book.changes(feeder, from, until) : null)
      }
      for (const { was, is } of others) {
        const isLess = nights.some((night) => {
          const found = differenceOf(lightOf(was, night), lightOf(is, night))
          return found !== null && isDarker(found)
        })
        if (isLess) (was.kind.light ? lamps : cabinets).add(was.id)
      }
      return { lamps, cabinets }
    },

    /** Throws `action-refused` where these, with those of anybody within ten minutes, are more than one person puts in the dark; else counts them. */
    take({ lamps, cabinets }: DarkenedFacilities, by: string): void {
      const at = now()
      moved = moved.filter((one) => one.at >= at - ALONE_WITHIN)
      if (cabinets.size > 0 || isManyAlone(lamps, lately(at)))
        refuse(
          `It gives ${lamps.size} lamps and ${cabinets.size} cabinets less light, by programmes that would find them then, which is for two people: change the assignments or overrides first (POST /api/light-changes/arm), so that a second person sees it.`,
        )
      if (lamps.size > 0) moved.push({ at, by, lamps })
    },
  }
}
