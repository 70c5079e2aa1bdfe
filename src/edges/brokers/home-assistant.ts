import type { Facility } from '../../facilities/plant.ts'
import type { Point } from '../../telemetry/point.ts'
import { VERSION } from '../../version.ts'
import { facilityStates } from '../http/schemas.ts'

/** Where Home Assistant looks for devices unless it is told otherwise. */
const PREFIX = 'homeassistant'
/** States of a facility in which somebody should look after it. */
const IN_TROUBLE = ['no-report', 'low', 'medium', 'high', 'critical']

/** Device classes of the sensor integration of Home Assistant, by unit. */
const deviceClasses: Readonly<Record<string, string>> = {
  ...{ V: 'voltage', mV: 'voltage', A: 'current', mA: 'current', W: 'power', kW: 'power', kWh: 'energy', var: 'reactive_power' },
  ...{ Hz: 'frequency', '°C': 'temperature', Pa: 'pressure', kPa: 'pressure', dBm: 'signal_strength', 'm³/h': 'volume_flow_rate' },
  ...{ 'L/h': 'volume_flow_rate', s: 'duration', min: 'duration', h: 'duration', ms: 'duration', m: 'distance', 'mm/s': 'speed' },
}

/** Ids hold dots; names in the topics of Home Assistant must not. */
const objectId = (id: string) => `lamplighter_${id.replaceAll('.', '_dot_')}`

export const discoveryTopic = (id: string) => `${PREFIX}/device/${objectId(id)}/config`
export const isDiscoveryTopic = (topic: string) => topic.startsWith(`${PREFIX}/device/lamplighter_`)

/** What Home Assistant (2024.11 or newer, device discovery over MQTT) makes a device with its entities of. */
export function discoveryMessage({ id, kind, name, road }: Facility, stateTopic: string, availabilityTopic: string): string {
  const own = objectId(id)
  const { keys, points } = kind.table
  const components = Object.fromEntries(points.map((point, i) => [keys[i] as string, entityOf(point, keys[i] as string, own)]))
  return JSON.stringify({
    device: { identifiers: [own], name, model: kind.title.en, ...(road && { suggested_area: road }) },
    origin: { name: 'Lamplighter', sw_version: VERSION },
    components: {
      ...components,
      lamplighter_state: {
        ...{ platform: 'sensor', name: 'State', unique_id: `${own}_state`, device_class: 'enum', options: [...facilityStates] },
        value_template: '{{ value_json.state }}',
      },
      lamplighter_problem: {
        ...{ platform: 'binary_sensor', name: 'Problem', unique_id: `${own}_problem`, device_class: 'problem' },
        value_template: `{{ 'ON' if value_json.state in ${JSON.stringify(IN_TROUBLE).replaceAll('"', "'")} else 'OFF' }}`,
      },
    },
    state_topic: stateTopic,
    availability_topic: availabilityTopic,
    qos: 1,
  })
}

function entityOf(point: Point, key: string, own: string): object {
  const value = `value_json['values'].get('${key}')`
  const common = { name: point.title.en, unique_id: `${own}_${key}`, value_template: `{{ ${value} }}` }
  if (point.type === 'boolean') {
    return { platform: 'binary_sensor', ...common, value_template: `{{ 'ON' if ${value} else 'OFF' if ${value} == false else None }}` }
  }
  if (point.type === 'state') {
    return { platform: 'sensor', ...common, device_class: 'enum', options: point.states.map((one) => one.key) }
  }
  const deviceClass = deviceClasses[point.unit]
  const stateClass = point.counter ? 'total_increasing' : deviceClass === 'energy' ? 'total' : 'measurement'
  return {
    ...{ platform: 'sensor', ...common, state_class: stateClass, suggested_display_precision: point.digits },
    ...(point.unit && { unit_of_measurement: point.unit }),
    ...(deviceClass && { device_class: deviceClass }),
  }
}
