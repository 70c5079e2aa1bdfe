import type { Terms } from '../facility-kind.ts'
import type { LampPoint } from './points.ts'

/**
 * TALQ: function and attribute. uCIFI: number and name in LwM2M object 3416, Outdoor lamp controller. FIWARE: Streetlight of
 * Smart Data Models; its illuminanceLevel is 0 to 1.
 */
export const terms: { readonly [K in LampPoint]?: Terms } = {
  voltage: { talq: 'LampMonitorFunction.supplyVoltage', fiware: 'voltage' },
  current: { fiware: 'current' },
  power: { talq: 'ElectricalMeterFunction.totalPower', fiware: 'powerConsumption' },
  'power-factor': { fiware: 'powerFactor' },
  energy: { talq: 'ElectricalMeterFunction.totalActiveEnergy', fiware: 'lifetimePowerConsumption' },
  'dim-command': { talq: 'LampActuatorFunction.targetLightCommand', ucifi: '3416/1 Command' },
  'dim-actual': {
    talq: 'LampActuatorFunction.actualLightState',
    ucifi: '3416/3 Dimming level (measured)',
    fiware: 'illuminanceLevel',
  },
  'on-hours': { talq: 'LampMonitorFunction.operatingHours', ucifi: '3416/15 Lamp operating hours' },
  'switch-count': { talq: 'LampMonitorFunction.switchOnCounter', ucifi: '3416/18 Lamp switch counter' },
  'driver-temperature': { ucifi: '3416/21 Control gear temperature' },
  control: { talq: 'LampActuatorFunction.lampActuatorControlReason' },
  relay: { fiware: 'powerState' },
}
