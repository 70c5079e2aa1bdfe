import type { LampDaysView, LampMomentsView, LightingEnergyView } from '../../../../../src/edges/http/lamp-history-schemas.ts'
import type { LampOnPageView } from '../../../../../src/edges/http/lamp-on-schemas.ts'
import type { EnergyGrouping } from '../../../../../src/edges/lamp-history.ts'
import type { LampGrouping } from '../../../../../src/edges/lamp-on-rates.ts'
import { get } from '../../live/api.ts'
import type { Dates } from './days-range.ts'

const PAGE = 500
/** Enough for the roads and cabinets of any city. */
const MOST_PAGES = 10

/** All pages as one. */
async function whole<T extends { rows: unknown[]; next: string | null }>(path: string, asked: Record<string, string>): Promise<T> {
  let answer: T | undefined
  for (let page = 0; page < MOST_PAGES; page++) {
    const more = await get<T>(path, { ...asked, limit: PAGE, ...(answer && { after: answer.next as string }) })
    answer = { ...more, rows: [...(answer?.rows ?? []), ...more.rows] }
    if (more.next === null) break
  }
  return answer as T
}

export const getLampDays = (by: LampGrouping, { from, to }: Dates) => whole<LampDaysView>('/api/lamp-on-rate/days', { by, from, to })
export const getEnergy = (by: EnergyGrouping, { from, to }: Dates) => whole<LightingEnergyView>('/api/lighting-energy', { by, from, to })
export const getLastNight = (by: LampGrouping) => whole<LampOnPageView>('/api/lamp-on-rate/last-night', { by })
export const getMoments = (by: LampGrouping, key: string | null, span: { from: number; to: number }) =>
  get<LampMomentsView>('/api/lamp-on-rate/history', { by, ...(key !== null && { key }), ...span })
