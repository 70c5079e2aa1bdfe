import type { FacilityKind } from '../../facilities/facility-kind.ts'
import {
  type Acknowledgement,
  acknowledgementSchema,
  type CommandMessage,
  commandMessageSchema,
} from '../../telemetry/codecs/command-messages.ts'
import { exampleValues, type JsonSchema, reportSchema } from '../../telemetry/codecs/native-schema.ts'
import { encodeTable, tableMessageSchema } from '../../telemetry/codecs/programme-messages.ts'
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
} from '../../telemetry/topic.ts'
import { clientEventSchemas, serverEventSchemas } from '../live/event-schemas.ts'

/** Any moment, so that the document is the same each time it is made. */
const EXAMPLE_AT = Date.UTC(2026, 0, 15, 19, 30)

const statusPayload: JsonSchema = { type: 'string', enum: ['online', 'offline'] }
const idParameter = (what: string) => ({ parameters: { id: { description: `Id of the ${what}, as it is registered.` } } })
const pascal = (key: string) => key.replaceAll(/(^|-)(\w)/g, (_, _dash, letter: string) => letter.toUpperCase())

interface Channel {
  name: string
  address: string
  about: string
  server: 'mqtt' | 'live'
  /** From the point of view of Lamplighter. */
  action: 'send' | 'receive'
  parameters?: object
  messages: Record<string, object>
}

/** The AsyncAPI 3 document of what goes over MQTT in the native dialect and over the live socket, from the kinds and the schemas of events. */
export function asyncApi(kinds: readonly FacilityKind[], version: string): object {
  const spoken = kinds.filter(({ reportsItself }) => !reportsItself)
  const channels = [...nativeChannels(spoken), ...commandChannels(spoken.filter(({ commands }) => commands.size > 0)), ...liveChannels()]
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Lamplighter',
      version,
      description:
        'What devices send, and what consoles are told. A PUBACK says that the message is on disk. Times are ms since 1970 unless they say otherwise.',
    },
    defaultContentType: 'application/json',
    servers: {
      mqtt: { host: 'localhost:1883', protocol: 'mqtt', protocolVersion: '3.1.1', description: 'The embedded broker. QoS 1 is meant.' },
      live: { host: 'localhost:8080', pathname: '/socket.io', protocol: 'wss', description: 'socket.io 4; the session cookie is needed.' },
    },
    channels: Object.fromEntries(
      channels.map(({ name, address, about, server, parameters = {}, messages }) => [
        name,
        { address, description: about, servers: [{ $ref: `#/servers/${server}` }], ...parameters, messages: references(messages) },
      ]),
    ),
    operations: Object.fromEntries(
      channels.map(({ name, action, about }) => [name, { action, channel: { $ref: `#/channels/${name}` }, summary: about }]),
    ),
    components: { messages: Object.assign({}, ...channels.map(({ messages }) => messages)) },
  }
}

const references = (messages: Record<string, object>) =>
  Object.fromEntries(Object.keys(messages).map((name) => [name, { $ref: `#/components/messages/${name}` }]))

function nativeChannels(kinds: readonly FacilityKind[]): Channel[] {
  const ofKinds = kinds.flatMap((kind): Channel[] => {
    const report = { at: EXAMPLE_AT, values: exampleValues(kind.table) }
    const title = `${kind.title.en} (${kind.title.zh})`
    return [
      {
        ...{ name: `${pascal(kind.key)}Telemetry`, address: telemetryTopic(kind.key, '{id}'), server: 'mqtt', action: 'receive' },
        about: `Values of a facility of the kind ${kind.key}.`,
        parameters: idParameter(kind.key),
        messages: {
          [`${pascal(kind.key)}Report`]: {
            title,
            payload: oneOrMany(reportSchema(kind.table, false)),
            examples: [{ payload: report }, { payload: [report] }],
          },
        },
      },
    ]
  })
  const [first] = kinds
  const named = first && { facility: `${first.key}-1`, at: EXAMPLE_AT, values: exampleValues(first.table) }
  return [
    ...ofKinds,
    {
      ...{ name: 'Status', address: statusTopic('{kind}', '{id}'), server: 'mqtt', action: 'receive' },
      about: "Whether a facility's link is up: a greeting, retained, and the last will.",
      parameters: { parameters: { kind: { enum: kinds.map(({ key }) => key) }, ...idParameter('facility').parameters } },
      messages: { LinkStatus: { contentType: 'text/plain', payload: statusPayload, examples: [{ payload: 'online' }] } },
    },
    {
      ...{ name: 'TelemetryBehindGateway', address: gatewayTelemetryTopic('{id}'), server: 'mqtt', action: 'receive' },
      about: 'Reports of facilities behind a gateway, each naming its own.',
      parameters: idParameter('gateway'),
      messages: {
        ReportBehindGateway: {
          payload: oneOrMany({ anyOf: kinds.map(({ table }) => reportSchema(table, true)) }),
          ...(named && { examples: [{ payload: [named] }] }),
        },
      },
    },
    {
      ...{ name: 'GatewayStatus', address: gatewayStatusTopic('{id}'), server: 'mqtt', action: 'receive' },
      about: 'Whether the link of a gateway, and of all behind it, is up.',
      parameters: idParameter('gateway'),
      messages: { GatewayLinkStatus: { contentType: 'text/plain', payload: statusPayload, examples: [{ payload: 'offline' }] } },
    },
  ]
}

/** Where devices are told what to do, and where they answer. */
function commandChannels(kinds: readonly FacilityKind[]): Channel[] {
  const [first] = kinds
  const [command] = first?.commands.keys() ?? []
  if (!first || command === undefined) return []
  const expires = EXAMPLE_AT + 30_000
  const told: CommandMessage = { id: 'a1b2c3d4-0001', command, value: null, at: EXAMPLE_AT, expires, until: null }
  const done: Acknowledgement = { id: told.id, done: true }
  const facility = `${first.key}-1`
  const tableExample = {
    table: 2_864_434_397,
    from: EXAMPLE_AT,
    until: EXAMPLE_AT + 86_400_000,
    stagger: 4000,
    steps: [[EXAMPLE_AT, 100]] as const,
  }
  const known = kinds.map(({ key, commands }) => `${key}: ${[...commands.keys()].join(', ')}`).join('; ')
  const ofFacility = { parameters: { kind: { enum: kinds.map(({ key }) => key) }, ...idParameter('facility').parameters } }
  return [
    {
      ...{ name: 'Commands', address: commandTopic('{kind}', '{id}'), server: 'mqtt', action: 'send', parameters: ofFacility },
      about: `What a facility is told, with QoS 1 and never retained; it may come again with the same id. Commands: ${known}.`,
      messages: { Command: { payload: commandMessageSchema, examples: [{ payload: told }] } },
    },
    {
      ...{ name: 'Programmes', address: programmeTopic('{kind}', '{id}'), server: 'mqtt', action: 'send', parameters: ofFacility },
      about: 'The table of its switching for some weeks, retained, where a facility can run alone; it reports which one it runs.',
      messages: { Programme: { payload: tableMessageSchema, examples: [{ payload: JSON.parse(encodeTable(tableExample)) }] } },
    },
    {
      ...{
        name: 'Acknowledgements',
        address: acknowledgementTopic('{kind}', '{id}'),
        server: 'mqtt',
        action: 'receive',
        parameters: ofFacility,
      },
      about: 'What the facility says to it: that it did it, or that it will not.',
      messages: { Acknowledgement: { payload: acknowledgementSchema, examples: [{ payload: done }] } },
    },
    {
      ...{ name: 'GatewayCommands', address: gatewayCommandTopic('{id}'), server: 'mqtt', action: 'send' },
      parameters: idParameter('gateway'),
      about: 'The same for a facility behind a gateway, which the message names.',
      messages: { CommandBehindGateway: { payload: commandMessageSchema, examples: [{ payload: { ...told, facility } }] } },
    },
    {
      ...{ name: 'GatewayAcknowledgements', address: gatewayAcknowledgementTopic('{id}'), server: 'mqtt', action: 'receive' },
      about: 'What a facility behind the gateway says to it.',
      parameters: idParameter('gateway'),
      messages: { AcknowledgementBehindGateway: { payload: acknowledgementSchema, examples: [{ payload: { ...done, facility } }] } },
    },
  ]
}

const oneOrMany = (report: JsonSchema): JsonSchema => ({ oneOf: [report, { type: 'array', items: report }] })

const abouts: Readonly<Record<keyof typeof serverEventSchemas | keyof typeof clientEventSchemas, string>> = {
  delta: 'Changes since the snapshot (GET /api/snapshot) or the delta before; states as an attachment of bytes.',
  heartbeat: 'Each second, so that a client knows how fresh it is.',
  readings: 'Newest values of the watched facility.',
  orders: 'Repair orders that are new or changed, as far as they are in scope.',
  reports: 'Reports of citizens that are new or changed, as far as they are in scope, without contacts.',
  emergencies: 'Emergency plans that are active, on connecting and whenever that changes, as far as their area is in scope.',
  rounds: 'Rounds that were made, walked, missed or called off, by their plans, as far as they are in scope or for the own crew.',
  commands: 'Commands to facilities that are new or moved on, as far as they are in scope.',
  'light-changes': 'Changes of light that somebody asked for, or of which something became, as far as they are in scope.',
  programmes: 'What light is asked of whom, or which tables devices run, is otherwise; ask for it again.',
  'signed-out': 'The session has ended.',
  watch: 'Asks for the readings of one facility.',
}

function liveChannels(): Channel[] {
  const channel = (action: Channel['action'], [event, schema]: [string, object | null]): Channel => ({
    ...{ name: `live${pascal(event)}`, address: event, server: 'live', action, about: abouts[event as keyof typeof abouts] },
    messages: { [`${pascal(event)}Event`]: schema ? { payload: plain(schema) } : { description: 'Nothing more.' } },
  })
  return [
    ...Object.entries(serverEventSchemas).map((entry) => channel('send', entry)),
    ...Object.entries(clientEventSchemas).map((entry) => channel('receive', entry)),
  ]
}

/** Schemas carry what only their library knows. */
const plain = (schema: object): object => JSON.parse(JSON.stringify(schema))
