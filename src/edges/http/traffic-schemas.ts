import Type, { type Static } from 'typebox'
import { connectionFaults, disconnectReasons } from '../mqtt/connection-faults.ts'
import type { ConnectionState, Diagnosis, RefusedConnects, TappedMessage } from '../traffic.ts'
import { nullable, time } from './schema-parts.ts'
import { RejectionSampleSchema } from './schemas.ts'
import { rejectionView } from './views.ts'

const help = Type.String({ description: 'what it means, for engineers' })
const CountSchema = Type.Object({
  reason: Type.String(),
  help,
  count: Type.Integer({ description: 'since the start of the service' }),
  lastHour: Type.Integer(),
})

export const RefusedConnectSchema = Type.Object({
  id: nullable(Type.String({ description: 'user name, or client id without one; null where nobody said who they are' })),
  clientId: nullable(Type.String()),
  address: Type.String(),
  at: time('when'),
  reason: Type.String(),
  help,
  detail: Type.String(),
})
const RefusedOfSchema = Type.Object({
  ...RefusedConnectSchema.properties,
  counts: Type.Array(Type.Object({ reason: Type.String(), help, count: Type.Integer() }), {
    description: 'of this id since the start of the service',
  }),
})

const FlowSchema = Type.Object({
  messages: Type.Integer(),
  bytes: Type.Integer({ description: 'of payloads' }),
  perMinute: Type.Number({ description: 'messages a minute, an exponential average of 5 minutes' }),
  last: nullable(time('when the last one came')),
})

const ConnectionSchema = Type.Object({
  connected: Type.Boolean(),
  connects: Type.Integer(),
  lastConnect: time('when it was let in last'),
  sort: Type.String({ description: 'device, service, or anyone who need not say who they are' }),
  account: nullable(Type.String({ description: 'device id or user name' })),
  clientId: Type.String(),
  address: Type.String(),
  listener: Type.String(),
  protocol: Type.String(),
  keepAlive: Type.Integer({ description: 's; 0 = it need not be heard' }),
  cleanSession: Type.Boolean(),
  certificate: nullable(Type.Object({ commonName: nullable(Type.String()), altNames: Type.Array(Type.String()) })),
  lastDisconnect: nullable(Type.Object({ at: time('when'), reason: Type.String(), help, detail: Type.String() })),
  flow: FlowSchema,
  throttledSeconds: Type.Number({ description: 'how long its messages had to wait because it sent too fast' }),
  lastThrottled: nullable(time('when')),
  subscriptions: Type.Array(Type.String()),
})

export const DiagnosisSchema = Type.Object({
  id: Type.String(),
  since: time('since when it is counted'),
  registered: Type.Boolean({ description: 'as a device with credentials of its own' }),
  facility: nullable(
    Type.Object({
      kind: Type.String(),
      gateway: nullable(Type.String({ description: 'the one that reports for it' })),
      lastReport: nullable(time('by the clock of the device')),
      lastReceived: nullable(time('when a report came in last')),
      clockSkew: nullable(Type.Number({ description: 'how far the device clock is ahead of ours, ms' })),
      usualInterval: nullable(Type.Number({ description: 'at which its reports usually come in, ms' })),
    }),
  ),
  connection: nullable(ConnectionSchema),
  topics: Type.Array(Type.Object({ topic: Type.String(), clientId: Type.String(), flow: FlowSchema }), {
    description: 'messages on its own topics, and which client sent the last one',
  }),
  refused: nullable(RefusedOfSchema),
  rejected: Type.Array(RejectionSampleSchema, { description: 'newest first; of a gateway also those of what it reports for' }),
})
export type DiagnosisView = Static<typeof DiagnosisSchema>

export const TrafficSchema = Type.Object({
  rejections: Type.Array(CountSchema),
  refusals: Type.Array(CountSchema, { description: 'connections not taken' }),
  rejected: Type.Array(RejectionSampleSchema, { description: 'newest first' }),
  refused: Type.Array(RefusedConnectSchema, { description: 'newest first' }),
  taps: Type.Integer({ description: 'open ones' }),
})
export type TrafficView = Static<typeof TrafficSchema>

export const TappedSchema = Type.Object({
  id: Type.Integer(),
  at: time('when it passed'),
  direction: Type.String(),
  source: Type.String(),
  topic: Type.String(),
  clientId: nullable(Type.String()),
  peer: nullable(Type.String()),
  qos: nullable(Type.Integer()),
  retain: nullable(Type.Boolean()),
  bytes: Type.Integer(),
  payload: Type.String({ description: 'first bytes, as text' }),
  payloadHex: Type.String(),
})
export type TappedView = Static<typeof TappedSchema>

export const tappedView = ({ payload, ...message }: TappedMessage): TappedView => {
  const bytes = Buffer.from(payload)
  return { ...message, payload: bytes.toString('utf8'), payloadHex: bytes.toString('hex') }
}

/** All that were counted since the start, the most frequent first. */
export function countsView<R extends string>(
  counts: ReadonlyMap<R, number>,
  lastHour: ReadonlyMap<R, number>,
  texts: Readonly<Record<R, string>>,
): Static<typeof CountSchema>[] {
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .map(([reason, count]) => ({ reason, help: texts[reason], count, lastHour: lastHour.get(reason) ?? 0 }))
}

export const refusedConnectView = ({ counts: _, ...refused }: RefusedConnects) => ({ ...refused, help: connectionFaults[refused.reason] })

export function diagnosisView(
  { id, since, connection, topics, refused, rejected }: Diagnosis,
  more: Pick<DiagnosisView, 'registered' | 'facility'>,
): DiagnosisView {
  return {
    ...{ id, since, ...more },
    connection: connection && connectionView(connection),
    topics: [...topics],
    refused: refused && {
      ...refusedConnectView(refused),
      counts: [...refused.counts].map(([reason, count]) => ({ reason, help: connectionFaults[reason], count })),
    },
    rejected: rejected.map(rejectionView),
  }
}

const protocols: Readonly<Record<number, string>> = { 3: 'MQTT 3.1', 4: 'MQTT 3.1.1' }

function connectionView({ last, ...state }: ConnectionState): Static<typeof ConnectionSchema> {
  const { lastDisconnect } = state
  return {
    connected: state.connections > 0,
    connects: state.connects,
    lastConnect: last.since,
    sort: last.peer.sort,
    account: last.peer.id || null,
    ...{ clientId: last.clientId, address: last.address, listener: last.listener },
    protocol: protocols[last.version] ?? `MQTT ${last.version}`,
    ...{ keepAlive: last.keepalive, cleanSession: last.clean },
    certificate: last.certificate && { commonName: last.certificate.commonName ?? null, altNames: [...last.certificate.altNames] },
    lastDisconnect: lastDisconnect && { ...lastDisconnect, help: disconnectReasons[lastDisconnect.reason] },
    flow: state.flow,
    throttledSeconds: state.throttled / 1000,
    lastThrottled: state.lastThrottled,
    subscriptions: [...state.subscriptions],
  }
}
