import { isInScope } from '../access/scope.ts'
import { createImportJobs } from '../edges/exchange/import-jobs.ts'
import type { Services } from '../edges/services.ts'
import { alarmListing } from './alarm-listing.ts'
import { alarmServices } from './alarm-services.ts'
import { alarmSystem } from './alarm-system.ts'
import { companyFigures } from './company-figures/company-figures.ts'
import { gasDeliveries } from './company-figures/gas-deliveries.ts'
import { commandServices } from './control/command-services.ts'
import { dayFigures } from './day-figures.ts'
import { deviceServices } from './devices/device-services.ts'
import { dialectServices } from './dialect-services.ts'
import { channelServices } from './dispatch/channel-services.ts'
import { handoverServices } from './dispatch/handover-services.ts'
import { orderServices } from './dispatch/order-services.ts'
import { rosterServices } from './dispatch/roster-services.ts'
import { dutyReportServices } from './duty-reports/duty-report-services.ts'
import { reportParts } from './duty-reports/report-parts.ts'
import { emergencyServices } from './emergency/emergency-services.ts'
import { lightLever, roundsLever } from './emergency/plan-levers.ts'
import { enteredReadings } from './entered-readings.ts'
import { alertSourceServices } from './external-systems/alert-source-services.ts'
import { facilityListing, pageAfter } from './facility-listing.ts'
import { facilityServices } from './facility-services.ts'
import { facilityDetail, facilityState, latestValues, reportTimes } from './facility-state.ts'
import { groupServices } from './group-services.ts'
import { heartbeatServices } from './heartbeat-services.ts'
import { lampHistory } from './lamp-history.ts'
import { lampOnRates } from './lamp-on-rates.ts'
import { mapServices } from './map-services.ts'
import { overrideServices } from './override-services.ts'
import type { ServiceParts } from './parts.ts'
import { plantTakeOver } from './plant-take-over.ts'
import { reportServices } from './reports/report-services.ts'
import { roundServices } from './rounds/round-services.ts'
import { storageServices } from './storage-services.ts'
import { trafficServices } from './traffic/traffic-services.ts'

/** What people and other programs may do with the running city. Every action is audited in the transaction that makes it durable. */
export function createServices(parts: ServiceParts): Services {
  const { plant, state, telemetry, rejections, kinds, now } = parts
  const { folder, city, onTrouble } = parts.imports
  const devices = deviceServices(parts)
  const takeOver = plantTakeOver(parts, devices)
  const listing = facilityListing(plant, (facility) => facilityState(facility, parts))
  const lamps = lampOnRates(parts)
  const alarms = alarmSystem(parts)
  const figures = dayFigures(parts)
  const history = lampHistory({ ...parts, lampOnRates: lamps, dayFigures: figures })
  const orders = orderServices(parts.desk, { ...parts, lampOnRates: lamps })
  const entered = enteredReadings(parts)
  const facilities = facilityServices(parts, devices, takeOver.refuseMeanwhile)
  const rounds = roundServices(parts, { ...facilities, enteredReadings: entered })
  const companies = companyFigures(parts, rounds)
  return {
    kinds: [...kinds.values()],
    plant,
    state,
    telemetry,
    gridOrigin: parts.gridOrigin,
    dayFigures: figures,
    lampOnRates: lamps,
    enteredReadings: entered,
    companyFigures: companies,
    gasDeliveries: gasDeliveries(parts),
    lampHistory: history,
    rejections,
    notReady: parts.notReady,
    figures: parts.figures,
    onChange: parts.onChange,
    certificate: parts.certificate,
    health: parts.health,
    map: mapServices({ ...parts, city }),
    storage: storageServices(parts.storage, state, now),
    vendorCodecs: parts.vendorCodecs,
    brokers: parts.brokers,
    alarmSystem: alarms,
    reports: reportServices(parts.desk, { ...parts, lampOnRates: lamps, city }),
    orders,
    commands: commandServices(parts, orders, listing),
    programmes: parts.programmes,
    lightChanges: parts.lightChanges,
    emergencyPlans: emergencyServices({ ...parts, levers: [lightLever(parts), roundsLever(rounds, plant)] }),
    roster: rosterServices(parts),
    rounds,
    channels: channelServices(parts),
    alertSources: alertSourceServices(parts, facilities),
    handovers: handoverServices(parts),
    dutyReports: dutyReportServices({
      ...parts,
      parts: reportParts({
        ...parts,
        companyFigures: companies,
        alarmSystem: alarms,
        orders,
        dayFigures: figures,
        lampOnRates: lamps,
        lampHistory: history,
        rounds,
      }),
    }),
    devices,
    traffic: trafficServices(parts),
    dialects: dialectServices(parts),
    liveAlarms: () => parts.register.live(),
    affectedBy: (alarm, scope, after, limit) => {
      const affected = parts.pipeline.affectedBy(alarm).filter((facility) => isInScope(scope, facility))
      return pageAfter(affected, after, limit)
    },
    facilityState: (facility) => facilityState(facility, parts),
    reportsOf: (facility) => reportTimes(facility, parts),
    facilityDetail: (facility) => facilityDetail(facility, parts),
    ...heartbeatServices(parts),
    ...listing,
    ...alarmListing({ ...parts, ...listing }),
    listAlarmed: (filter, after, limit) => {
      const alarmed = new Set([...parts.register.live()].map(({ facility }) => facility))
      return pageAfter(
        listing.findFacilities(filter).filter(({ id }) => alarmed.has(id)),
        after,
        limit,
      )
    },
    latestValues: (facility) => latestValues(facility, parts),
    backtests: parts.backtests,
    telemetryExports: parts.telemetryExports,
    telemetryImports: parts.telemetryImports,
    ruleSet: () => ({ groups: parts.rules.groups, overrides: parts.rules.overrides }),
    imports: createImportJobs(folder, { plant, kinds, city, takeOver, now, log: onTrouble }),
    ...facilities,
    ...alarmServices(parts),
    ...groupServices(parts),
    ...overrideServices(parts),
  }
}
