import { encodeReports, type NativeReport } from '../src/telemetry/codecs/native.ts'
import {
  acknowledgementTopic,
  commandTopic,
  gatewayAcknowledgementTopic,
  gatewayCommandTopic,
  gatewayStatusTopic,
  gatewayTelemetryTopic,
  programmeTopic,
  statusTopic,
  telemetryTopic,
} from '../src/telemetry/topic.ts'
import type { SimulatedFacilityInput, SimulatedReport } from './device.ts'

export const clientModes = ['separate', 'gateways'] as const
/** One MQTT client per facility, or one per gateway that reports for all behind it. */
export type ClientMode = (typeof clientModes)[number]

export interface SimulatedMessage {
  /** Which client sends it. */
  client: string
  topic: string
  payload: string
}

export interface SimulatedClient {
  key: string
  /** Id of the facility or gateway whose credentials it has. */
  device: string
  statusTopic: string
  /** Where it is told what to do, and where it answers. */
  commandTopic: string
  acknowledgementTopic: string
  /** The facility its topics name; null for a gateway, whose commands name it. */
  facility: string | null
}

/** Reports in one gateway message at most; keeps the payload far below the 64 kB a server takes by default. */
const MAX_ARRAY = 50

function clientOf({ id, kind, gateway }: SimulatedFacilityInput, mode: ClientMode): SimulatedClient & { topic: string } {
  if (mode === 'gateways' && gateway !== null) {
    return {
      ...{ key: `gateway-${gateway}`, device: gateway, statusTopic: gatewayStatusTopic(gateway), topic: gatewayTelemetryTopic(gateway) },
      ...{ commandTopic: gatewayCommandTopic(gateway), acknowledgementTopic: gatewayAcknowledgementTopic(gateway), facility: null },
    }
  }
  return {
    ...{ key: id, device: id, statusTopic: statusTopic(kind.key, id), topic: telemetryTopic(kind.key, id) },
    ...{ commandTopic: commandTopic(kind.key, id), acknowledgementTopic: acknowledgementTopic(kind.key, id), facility: id },
  }
}

/** The clients a fleet needs, each once. */
export function clientsOf(facilities: readonly SimulatedFacilityInput[], mode: ClientMode): SimulatedClient[] {
  return [...new Map(facilities.map((facility) => [clientOf(facility, mode).key, clientOf(facility, mode)])).values()].map(
    ({ topic: _, ...client }) => client,
  )
}

/** Where the facilities of each client find the tables of their switching: ids by topic, by the key of the client. */
export function tableTopicsOf(facilities: readonly SimulatedFacilityInput[], mode: ClientMode): Map<string, Map<string, string>> {
  const topics = new Map<string, Map<string, string>>()
  for (const facility of facilities) {
    if (!facility.kind.table.index.has('programme-table')) continue
    const { key } = clientOf(facility, mode)
    const own = topics.get(key) ?? new Map<string, string>()
    topics.set(key, own.set(programmeTopic(facility.kind.key, facility.id), facility.id))
  }
  return topics
}

/** Reports to MQTT messages; a gateway's reports are gathered in arrays. Each facility's reports stay in order. */
export function encodeMessages(reports: readonly SimulatedReport[], mode: ClientMode): SimulatedMessage[] {
  const messages: SimulatedMessage[] = []
  const gathered = new Map<string, { client: string; topic: string; body: NativeReport[] }>()
  const flush = ({ client, topic, body }: { client: string; topic: string; body: NativeReport[] }) => {
    messages.push({ client, topic, payload: encodeReports(body) })
  }
  for (const { facility, at, values } of reports) {
    const { key: client, topic } = clientOf(facility, mode)
    if (mode === 'separate' || facility.gateway === null) {
      messages.push({ client, topic, payload: encodeReports({ at, values }) })
      continue
    }
    const open = gathered.get(client) ?? { client, topic, body: [] }
    gathered.set(client, open)
    open.body.push({ facility: facility.id, at, values })
    if (open.body.length === MAX_ARRAY) {
      flush(open)
      gathered.delete(client)
    }
  }
  for (const open of gathered.values()) flush(open)
  return messages
}
