import type { Diagnosis, Traffic } from '../../edges/traffic.ts'
import type { Plant } from '../../facilities/plant.ts'
import type { StateStore } from '../../storage/state-store.ts'
import type { RejectionLog } from '../../telemetry/rejection-log.ts'
import { gatewayStatusTopic, gatewayTelemetryTopic, statusTopic, telemetryTopic } from '../../telemetry/topic.ts'
import { ConnectionLog } from './connection-log.ts'
import { LiveTaps } from './live-taps.ts'

/** Rejected messages in one diagnosis. */
const REJECTED = 20

export interface TrafficParts {
  plant: Pick<Plant, 'get' | 'behind'>
  state: Pick<StateStore, 'audit'>
  rejections: RejectionLog
  now: () => number
}

/** What comes and goes. Taps are audited. */
export function trafficServices({ plant, state, rejections, now }: TrafficParts): Traffic {
  const since = now()
  const log = new ConnectionLog(now)
  const taps = new LiveTaps(now)
  let subscriptions: (clientId: string) => readonly string[] = () => []
  rejections.onAdd((message, found) => {
    // What the broker refused was told as such.
    if (message.sender === undefined) taps.rejected(message, found)
  })

  function diagnosis(id: string): Diagnosis {
    const facility = plant.get(id)
    const connection = log.connection(id)
    const own = facility ? [telemetryTopic(facility.kind.key, id), statusTopic(facility.kind.key, id)] : []
    const topics = [...own, gatewayTelemetryTopic(id), gatewayStatusTopic(id)]
    const clientId = connection?.last.clientId
    return {
      ...{ id, since },
      connection: connection && {
        ...connection,
        subscriptions: connection.connections > 0 && clientId !== undefined ? subscriptions(clientId) : [],
      },
      topics: topics.map((topic) => log.ofTopic(topic)).filter((found) => found !== undefined),
      refused: log.refusedOf(id),
      rejected: rejections.samplesOf([id, ...[...plant.behind(id)].map((one) => one.id)]).slice(0, REJECTED),
    }
  }

  return {
    diagnosis,
    refusedLastHour: () => log.refusedLastHour(),
    refusedConnects: () => log.newestRefused(),
    taps: () => taps.size,
    tap(order, by, listener) {
      const tap = taps.open(order, by, listener)
      const { filter, source = 'all sources', direction = 'in and out' } = order
      state.audit({ at: now(), by, action: 'tap-traffic', subject: filter, detail: `${source}, ${direction}` })
      return tap
    },
    observer: log,
    onSubscriptions(ask) {
      subscriptions = ask
    },
    published: (topic, bytes, from) => log.published(topic, bytes, from),
    came: (passing, acknowledge) => taps.came(passing, acknowledge),
    refused: (passing, why) => taps.refused(passing, why),
    sent: (passing) => taps.sent(passing),
    translated: (message, natives) => taps.translated(message, natives),
  }
}
