import { isInScope, type Scope, scopeKey } from '../../access/scope.ts'
import { type CalendarDay, calendarDays, countDays, dateOf } from '../../control/calendar-day.ts'
import { type CompanyFigures, type CompanyOptions, type Duty, duties } from '../../edges/company-figures.ts'
import type { DateRange } from '../../edges/day-figures.ts'
import { keptAnswers } from '../../edges/http/kept-answers.ts'
import type { Rounds } from '../../edges/rounds.ts'
import { LamplighterError } from '../../errors.ts'
import { gasStation } from '../../facilities/gas-station/index.ts'
import type { Facility } from '../../facilities/plant.ts'
import { pumpStation } from '../../facilities/pump-station/index.ts'
import { sewagePlant } from '../../facilities/sewage-plant/index.ts'
import { wastePlant } from '../../facilities/waste-plant/index.ts'
import { companyOf } from '../../operations/company.ts'
import { type CompanyFigure, type CompanyTable, type CompanyView, known } from '../../operations/company-view.ts'
import { seconds } from '../../telemetry/duration.ts'
import { text } from '../../telemetry/point.ts'
import type { ServiceParts } from '../parts.ts'
import type { Asked, Over } from './company-parts.ts'
import { drainageOver, drainageView } from './drainage.ts'
import { tellExpectedUse } from './expected-use.ts'
import { gasOver, gasView } from './gas.ts'
import { sewageOver, sewageView } from './sewage.ts'
import { wasteOver, wasteView } from './waste.ts'
import { waterOver, waterView } from './water.ts'

/** What many consoles ask for is worked out once in this time, ms. */
const KEPT = seconds(15)
const MOST_DAYS = 62
/** Deliveries that are looked at. */
const MOST_DELIVERIES = 500

const kindOf: Readonly<Record<Duty, string>> = {
  water: pumpStation.key,
  drainage: pumpStation.key,
  sewage: sewagePlant.key,
  gas: gasStation.key,
  waste: wastePlant.key,
}

type Parts = Pick<ServiceParts, 'plant' | 'detector' | 'state' | 'telemetry' | 'gridOrigin' | 'utcOffset' | 'ingest' | 'now'>

/** What the companies are judged by, worked out from what their facilities said. */
export function companyFigures(parts: Parts, { dayOf }: Pick<Rounds, 'dayOf'>): CompanyFigures {
  const { plant, state, utcOffset, now } = parts
  const keep = keptAnswers(now, KEPT)

  const facilitiesOf = (duty: Duty, scope: Scope): Facility[] =>
    [...plant].filter(
      (facility) => facility.kind.key === kindOf[duty] && companyOf(facility) === duties[duty] && isInScope(scope, facility),
    )

  const daysOf = (from: number, to: number): CalendarDay[] =>
    calendarDays(dateOf(from, utcOffset), dateOf(Math.max(from, to - 1), utcOffset), utcOffset)

  function asked(duty: Duty, scope: Scope, from: number, to: number, { limits = 'own', weather }: CompanyOptions) {
    const facilities = facilitiesOf(duty, scope)
    const base: Asked = { parts, facilities, from, to, now: now() }
    return {
      ...{ ...base, limits, weather, utcOffset, days: daysOf(from, to) },
      calendar: state.roster.dispatchPolicy().calendar,
      roundsOf: (facility: string, at: number) => dayOf(facility, 'disinfection', at),
      deliveries: duty === 'gas' ? deliveriesFor(facilities) : [],
    }
  }

  function deliveriesFor(facilities: readonly Facility[]) {
    const own = new Set(facilities.map(({ id }) => id))
    return state.gasDeliveries.list({ state: 'planned', limit: MOST_DELIVERIES }).items.filter(({ station }) => own.has(station))
  }

  async function over(duty: Duty, from: number, to: number, scope: Scope, options: CompanyOptions): Promise<Over> {
    const question = asked(duty, scope, from, to, options)
    if (duty === 'water') return await waterOver(question)
    if (duty === 'drainage') return await drainageOver(question)
    if (duty === 'sewage') return await sewageOver(question)
    return duty === 'gas' ? await gasOver(question) : await wasteOver(question)
  }

  async function look(duty: Duty, scope: Scope, options: CompanyOptions): Promise<CompanyView> {
    const at = now()
    const question = asked(duty, scope, daysOf(at, at + 1)[0]?.from ?? at, at, options)
    if (duty === 'sewage') return { at, ...(await sewageView(question)) }
    if (duty === 'gas') return { at, ...(await gasView(question)) }
    if (duty === 'drainage') return { at, ...(await drainageView(question)) }
    const { figures, table, curves } = duty === 'water' ? await waterView(question) : await wasteView(question)
    return { at, figures, tables: [table], curves }
  }

  async function dayTable(duty: Duty, range: DateRange, scope: Scope, options: CompanyOptions): Promise<CompanyTable> {
    const found: { day: CalendarDay; figures: CompanyFigure[]; known: number }[] = []
    for (const day of calendarDays(range.from, range.to, utcOffset).filter(({ from }) => from <= now()))
      found.push({ day, ...(await over(duty, day.from, day.to, scope, options)) })
    return {
      key: `${duty}-history`,
      title: text('Day by day', '逐日'),
      columns: [
        { key: 'date', title: text('Day', '日期') },
        ...(found[0]?.figures ?? []).map(({ key, title, unit, digits, format }) => ({
          ...{ key, title },
          ...(unit && { unit }),
          ...(digits !== undefined && { digits }),
          ...(format && { format }),
        })),
        { key: 'known', title: text('Known of the day', '有数据比例'), format: 'share', digits: 0 },
      ],
      rows: found.map(({ day, figures, known: share }) => ({
        ...{ facility: null, at: null, verdict: 'none' as const },
        cells: [day.date, ...figures.map(({ value }) => value), known(share)],
      })),
      note: text('From stored readings; what is not known of a day is not in its sums.', '由存储数据计算；缺失部分不计入。'),
    }
  }

  const key = (duty: Duty, scope: Scope, options: CompanyOptions, more = '') => JSON.stringify([duty, scopeKey(scope), options, more])

  return {
    view: async (duty, scope, options = {}) => await keep(key(duty, scope, options), () => look(duty, scope, options)),
    async days(duty, range, scope, options = {}) {
      const count = countDays(range.from, range.to)
      if (count === 0) throw new LamplighterError('invalid-request', `from, ${range.from}, must not be after to, ${range.to}.`)
      if (count > MOST_DAYS)
        throw new LamplighterError('invalid-request', `${count} days are too many for one answer; ask for ${MOST_DAYS} at most.`)
      return await keep(key(duty, scope, options, `${range.from} ${range.to}`), () => dayTable(duty, range, scope, options))
    },
    tellExpectedUse: () => tellExpectedUse(parts, (scope) => asked('gas', scope, now(), now(), {})),
    async over(duty, { from, to }, scope, options = {}) {
      const { figures, table } = await over(duty, from, to, scope, options)
      return { figures, tables: [table] }
    },
  }
}
