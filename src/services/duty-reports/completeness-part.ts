import { setImmediate as nextTurn } from 'node:timers/promises'
import { countDays, dateOf } from '../../control/calendar-day.ts'
import type { PointCompleteness } from '../../edges/day-figures.ts'
import type { Facility } from '../../facilities/plant.ts'
import { companyOf } from '../../operations/company.ts'
import { CompletenessCount, type FacilityCompleteness } from '../../operations/completeness-report.ts'
import type { ReportPart } from '../../operations/duty-report.ts'
import { addUp } from '../../storage/completeness.ts'
import type { ReportSources } from './report-parts.ts'

/** Days of facilities asked for at once: each asking takes a moment for the whole city. */
const DAYS_AT_ONCE = 40_000

type Sources = Pick<ReportSources, 'plant' | 'dayFigures' | 'utcOffset'>

/** How much of what devices should have told came. It is counted by days of the city's calendar, so that shifts have none. */
export const completenessPart = ({ plant, dayFigures, utcOffset }: Sources): ReportPart => ({
  key: 'completeness',
  company: 'all',
  async tables({ period, from, to }, { company }) {
    if (period === 'shift') return []
    const range = { from: dateOf(from, utcOffset), to: dateOf(to - 1, utcOffset) }
    const isAsked = (facility: Facility) =>
      !facility.kind.reportsItself && facility.mode !== 'out-of-service' && (company === 'bureau' || companyOf(facility) === company)
    const own = [...plant].filter(isAsked)
    const size = Math.max(1, Math.floor(DAYS_AT_ONCE / countDays(range.from, range.to)))
    const count = new CompletenessCount()
    for (let i = 0; i < own.length; i += size) {
      count.add((await dayFigures.completeness(own.slice(i, i + size), undefined, range)).map(ofFacility))
      await nextTurn()
    }
    const titles = new Map(own.map(({ kind }) => [kind.key, kind.title]))
    return count.tables((kind) => titles.get(kind) ?? { zh: kind, en: kind })
  },
})

function ofFacility({ facility: { id, name, kind }, days }: PointCompleteness): FacilityCompleteness {
  const { expected, counted } = addUp(days)
  const silentDays = days.filter((day) => day.expected > 0 && day.counted === 0).length
  return { id, name, kind: kind.key, expected, counted, silentDays }
}
