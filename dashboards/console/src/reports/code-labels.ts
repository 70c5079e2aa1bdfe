import type { WallFacility } from '../live/live-state.ts'

/** Which facilities get a label; all that is given must hold. */
export interface LabelChoice {
  district: string
  road: string
  /** Id of the cabinet that feeds them; it gets a label too. */
  cabinet: string
  /** Ids between blanks or commas. */
  ids: string
}

export type Labelled = Pick<WallFacility, 'id' | 'road' | 'district' | 'fedBy'>

/** Labels on an A4 sheet. */
export const COLUMNS = 2
export const ROWS = 5
const PER_SHEET = COLUMNS * ROWS

export const isEmptyChoice = (choice: LabelChoice): boolean => Object.values(choice).every((given) => given.trim() === '')

const byNumber = new Intl.Collator('en', { numeric: true })

/** Those chosen, road by road in the order of their ids: that is how somebody walks along with the labels. */
export function labelsOf<T extends Labelled>(facilities: readonly T[], { district, road, cabinet, ids }: LabelChoice): T[] {
  const wanted = new Set(
    ids
      .toLowerCase()
      .split(/[\s,，;；]+/)
      .filter(Boolean),
  )
  return facilities
    .filter(
      (one) =>
        (!district || one.district === district) &&
        (!road || one.road === road) &&
        (!cabinet || one.fedBy === cabinet || one.id === cabinet) &&
        (wanted.size === 0 || wanted.has(one.id.toLowerCase())),
    )
    .sort((a, b) => a.road.localeCompare(b.road) || byNumber.compare(a.id, b.id))
}

export const sheetsOf = <T>(labels: readonly T[]): T[][] =>
  Array.from({ length: Math.ceil(labels.length / PER_SHEET) }, (_, i) => labels.slice(i * PER_SHEET, (i + 1) * PER_SHEET))
