import type { Scope } from '../access/scope.ts'
import type { Company } from '../operations/company.ts'
import type { CompanyFigure, CompanyTable, CompanyView } from '../operations/company-view.ts'
import type { DeliveryState, GasDelivery } from '../operations/gas-delivery.ts'
import type { WeatherClass } from '../operations/gas-figures.ts'
import type { LimitSet } from '../operations/sewage-figures.ts'
import type { StoredDeliveryQuery } from '../storage/gas-delivery-store.ts'
import type { Page } from '../storage/state-store.ts'
import type { DateRange } from './day-figures.ts'

/** What a company does: the drainage company has pumps of wet wells and sewage plants, which are judged apart. */
export const duties = {
  water: 'water',
  drainage: 'drainage',
  sewage: 'drainage',
  gas: 'gas',
  waste: 'waste',
} as const satisfies Record<string, Company>
export type Duty = keyof typeof duties
export const dutyNames = Object.keys(duties) as Duty[]

export interface CompanyOptions {
  /** Whose limits sewage is judged by; those of each plant where absent. */
  limits?: LimitSet
  /** Weather of the coming days, for the use of gas; as in the last day where absent. */
  weather?: WeatherClass
}

export interface DeliveryInput {
  station: string
  /** ms */
  at: number
  tonnes: number
  note: string
}

export type DeliveryQuery = Omit<StoredDeliveryQuery, 'within'>

/** What the companies of the bureau are judged by, of the facilities in scope. */
export interface CompanyFigures {
  /** As it stands now, and since midnight; looked at anew after some seconds. */
  view(duty: Duty, scope: Scope, options?: CompanyOptions): Promise<CompanyView>
  /** Figures of each day of the city's calendar. Throws `invalid-request` for more days than one answer holds. */
  days(duty: Duty, range: DateRange, scope: Scope, options?: CompanyOptions): Promise<CompanyTable>
  /** Tells each gas station what it is expected to give a day, where that is news, so that its alarms of the reserve go by it. */
  tellExpectedUse(): Promise<void>
  /** Figures and tables of a time, ms, for reports. */
  over(
    duty: Duty,
    span: { from: number; to: number },
    scope: Scope,
    options?: CompanyOptions,
  ): Promise<{ figures: CompanyFigure[]; tables: CompanyTable[] }>
}

/** The plan of deliveries of gas, as people enter it. A station out of scope is like one that there is not. */
export interface GasDeliveries {
  list(query: DeliveryQuery, scope: Scope): Page<GasDelivery>
  add(input: DeliveryInput, by: string, scope: Scope): GasDelivery
  /** Also to say that it came or will not come. Throws `not-found`. */
  change(id: number, change: Partial<Omit<DeliveryInput, 'station'>> & { state?: DeliveryState }, by: string, scope: Scope): GasDelivery
}
