import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Services } from '../../edges/services.ts'
import { companyOf } from '../../operations/company.ts'
import type { ReportPart } from '../../operations/duty-report.ts'
import type { Round } from '../../operations/round.ts'
import { coverageOf } from '../../operations/round-coverage.ts'
import { mergeAreas, roundTables } from '../../operations/round-report.ts'
import type { ServiceParts } from '../parts.ts'

/** Rounds read at once, with their visits; others have their turn in between. */
const PART = 50

type Sources = Pick<ServiceParts, 'plant'> & Pick<Services, 'rounds'>

/** What became of the rounds of a company, and how often its areas were walked. */
export function roundPart({ plant, rounds }: Sources): ReportPart {
  return {
    key: 'rounds',
    company: 'all',
    async tables({ from, to }, { company }) {
      const isOwn = (of: Round['company']) => company === 'bureau' || of === company
      const sees = (id: string | null) => {
        const facility = id === null ? undefined : plant.get(id)
        return company === 'bureau' || facility === undefined || companyOf(facility) === company
      }
      // Of a round only what is told, so that a month takes little memory.
      const found: Parameters<typeof roundTables>[0][number][] = []
      const areas: Parameters<typeof mergeAreas>[0][number][] = []
      for (let before: number | null | undefined; before !== null; await nextTurn()) {
        const { items, next } = rounds.list({ from, to, limit: PART, ...(before !== undefined && { before }) })
        const own = items.filter((round) => isOwn(round.company))
        found.push(...own.map(({ stops, ...round }) => ({ ...round, stops: { length: stops.length } })))
        const walked = own.filter(({ state }) => state !== 'called-off')
        areas.push(...coverageOf(walked, (id) => rounds.checkInsOf(id), 'district', sees))
        before = next
      }
      return roundTables(found, mergeAreas(areas))
    },
  }
}
