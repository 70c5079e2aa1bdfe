import { ALONE_WITHIN, isManyAlone } from '../../control/approval.ts'
import { differenceOf, handedOn, isDarker } from '../../control/light-change.ts'
import { type BookedChange, ProgrammeBook } from '../../control/programme-book.ts'
import type { DarkenedFacilities } from '../../edges/light-changes.ts'
import { refuse } from '../../errors.ts'
import type { FacilityKind } from '../../facilities/facility-kind.ts'
import { matchesFacility, parseFacilityQuery, type QueriedFacility } from '../../facilities/facility-query.ts'
import { type FacilityDescription, isProgrammed } from '../../facilities/plant.ts'
import type { ServiceParts } from '../parts.ts'
import { comparedNights } from './light-effect.ts'
import type { ChangedProgrammes } from './programme-services.ts'

/** Degrees by which a place is corrected rather than another one: dusk comes two minutes sooner. */
const CORRECTION = 0.5

type Parts = Pick<ServiceParts, 'plant' | 'kinds' | 'now' | 'utcOffset'> & { programmes: ChangedProgrammes }
type Described = Omit<FacilityDescription, 'kind'> & { kind: FacilityKind }

/**
 * Light that facilities lose because they are described otherwise: by another label, district or place another programme finds them. Registering is
 * for one person, putting many in the dark is not, whichever road it takes.
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
      const history = programmes.present()
      const [lamps, cabinets] = [new Set<string>(), new Set<string>()]
      const queries = [
        ...(history.versions.at(-1)?.assignments ?? []),
        ...history.overrides.filter(({ until, ended }) => ended === null && until > at),
      ].map(({ query }) => parseFacilityQuery(query))
      if (queries.length === 0) return { lamps, cabinets }
      const foundBy = (one: QueriedFacility) => queries.map((query) => matchesFacility(query, one)).join()
      const book = new ProgrammeBook({ utcOffset, plant }, history)
      const { nights } = comparedNights(history, history, { from: at, until: Number.POSITIVE_INFINITY }, utcOffset)
      for (const description of next) {
        const was = plant.get(description.id)
        const kind = kinds.get(description.kind)
        if (!was?.position || !kind || !isProgrammed(was)) continue
        const isThere = description.position?.every((degrees, i) => Math.abs(degrees - (was.position?.[i] ?? 0)) < CORRECTION) ?? true
        const is: Described = { ...description, kind, position: isThere ? was.position : description.position }
        if (isThere && was.fedBy === is.fedBy && foundBy(was) === foundBy(is)) continue
        const lightOf = (one: Described, from: number, until: number): readonly Pick<BookedChange, 'at' | 'level'>[] => {
          const feeder = one.kind.light && one.fedBy !== null ? plant.get(one.fedBy) : undefined
          return handedOn(book.changes(one, from, until), feeder?.position ? book.changes(feeder, from, until) : null)
        }
        const isLess = nights.some(({ from, until }) => {
          const found = differenceOf(lightOf(was, from, until), lightOf(is, from, until))
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
