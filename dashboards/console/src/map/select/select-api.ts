import type { CircuitsView, LampOnPageView, LampOnRowView, SelectionRateView } from '../../../../../src/edges/http/lamp-on-schemas.ts'
import type { AlarmView, ModesChanged } from '../../../../../src/edges/http/schemas.ts'
import type { LampGrouping } from '../../../../../src/edges/lamp-on-rates.ts'
import type { FacilityMode } from '../../../../../src/facilities/plant.ts'
import { getFacilities } from '../../facility/facility-api.ts'
import { get, id, request, type SeenAlarm } from '../../live/api.ts'

const PAGE = 2000
/** Enough for the roads of any city. */
const MOST_PAGES = 10
/** Alarms and facilities that one request takes. */
const MOST_ALARMS = 500
export const MOST_MODES = 1000

export interface Rates {
  at: number
  total: LampOnRowView
  rows: LampOnRowView[]
}

export async function getRates(by: LampGrouping): Promise<Rates> {
  const rows: LampOnRowView[] = []
  let after: string | undefined
  for (let page = 0; ; page++) {
    const answer = await get<LampOnPageView>('/api/lamp-on-rate', { by, limit: PAGE, ...(after !== undefined && { after }) })
    rows.push(...answer.rows)
    if (answer.next === null || page === MOST_PAGES) return { at: answer.at, total: answer.total, rows }
    after = answer.next
  }
}

export const getSelectionRate = (facilities: readonly string[]) =>
  request<SelectionRateView>('POST', '/api/lamp-on-rate/selection', { facilities })

export const getCircuits = (feeder: string) => get<CircuitsView>(`/api/facilities/${id(feeder)}/circuits`)

/** Numbers of the facilities that a query finds; more than `most` when there are more. */
export async function findNumbers(query: string, most: number): Promise<number[]> {
  const numbers: number[] = []
  let after: string | number | undefined
  for (;;) {
    const page = await getFacilities({ query, limit: 1000, ...(after !== undefined && { after }) })
    numbers.push(...page.items.map(({ number }) => number))
    if (page.next === null || numbers.length > most) return numbers
    after = page.next
  }
}

export const setModes = (facilities: readonly string[], mode: FacilityMode, reason: string) =>
  request<ModesChanged>('PUT', '/api/facilities/mode', { facilities, mode, reason })

interface Answered {
  alarms: AlarmView[]
  refused: number
}

async function inParts(path: string, seen: readonly SeenAlarm[], more: object): Promise<Answered> {
  const done: Answered = { alarms: [], refused: 0 }
  for (let from = 0; from < seen.length; from += MOST_ALARMS) {
    const part = seen.slice(from, from + MOST_ALARMS).map(({ id, version }) => ({ id, version }))
    const answer = await request<{ alarms: AlarmView[]; refused?: unknown[] }>('POST', path, { alarms: part, ...more })
    done.alarms.push(...answer.alarms)
    done.refused += answer.refused?.length ?? 0
  }
  return done
}

export const acknowledgeEach = (seen: readonly SeenAlarm[], comment: string) =>
  inParts('/api/alarms/acknowledge', seen, { each: true, ...(comment && { comment }) })
export const commentOnEach = (seen: readonly SeenAlarm[], text: string) => inParts('/api/alarms/comment', seen, { text })
