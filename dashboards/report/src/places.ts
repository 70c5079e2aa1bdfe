import { metresBetween } from '../../../src/dispatch/repair-queue.ts'
import type { PublicState } from '../../../src/operations/citizen-report.ts'
import type { Text } from '../../../src/telemetry/point.ts'
import { ask, Refusal } from './public-api.ts'
import type { Position } from './sketch.ts'

/** A pole or cabinet as the public is told of it. */
export interface Place {
  code: string
  name: Text
  road: string | null
  kind: string
  position: [number, number] | null
  /** What is known of a fault there; null: nothing. */
  known: { state: PublicState; since: number; isDanger: boolean } | null
}

/** The place with this code; null when there is none. */
export const placeOf = (code: string): Promise<Place | null> =>
  ask<Place>(`places/${encodeURIComponent(code)}`).catch((problem) => {
    if (problem instanceof Refusal && (problem.status === 404 || problem.status === 400)) return null
    throw problem
  })

const listed = async (query: string): Promise<Place[]> => (await ask<{ places: Place[] }>(`places?${query}`)).places

/** What somebody may mean by a few words: the number of a pole, or else a road. */
export async function findPlaces(words: string): Promise<Place[]> {
  // Chinese keyboards write letters of full width.
  const number = words.normalize('NFKC')
  const exact = /^[\w.-]{1,64}$/.test(number) ? await placeOf(number) : null
  return exact ? [exact] : listed(`road=${encodeURIComponent(words)}`)
}

export const placesNear = ([longitude, latitude]: Position): Promise<Place[]> => listed(`near=${longitude},${latitude}`)

/** Metres from somewhere; null where nobody knows where it is. */
export const awayFrom = (from: Position | null, { position }: Place): number | null =>
  from && position ? metresBetween(from, position) : null
