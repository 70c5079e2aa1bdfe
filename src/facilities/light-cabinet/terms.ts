import type { Terms } from '../facility-kind.ts'
import type { CabinetPoint } from './points.ts'

/** TALQ: function and attribute. FIWARE: StreetlightControlCabinet of Smart Data Models; powers are kW there. */
export const terms: { readonly [K in CabinetPoint]?: Terms } = {
  'voltage-a': { fiware: 'voltageR' },
  'voltage-b': { fiware: 'voltageS' },
  'voltage-c': { fiware: 'voltageT' },
  'current-a': { fiware: 'intensityR' },
  'current-b': { fiware: 'intensityS' },
  'current-c': { fiware: 'intensityT' },
  'active-power': { talq: 'ElectricalMeterFunction.totalPower', fiware: 'totalActivePower' },
  'reactive-power': { fiware: 'totalReactivePower' },
  'power-factor': { fiware: 'cosPhi' },
  energy: { talq: 'ElectricalMeterFunction.totalActiveEnergy', fiware: 'energyConsumed' },
  frequency: { fiware: 'frequency' },
  door: { talq: 'SegmentMonitorFunction.cabinetDoorOpen' },
  temperature: { talq: 'TemperatureSensorFunction.temperature' },
  mode: { fiware: 'workingMode' },
}
