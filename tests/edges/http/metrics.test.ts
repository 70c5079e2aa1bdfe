import { expect, test } from 'vitest'
import { createMetrics } from '../../../src/edges/http/metrics.ts'
import { LiveCounts } from '../../../src/edges/live/counts.ts'
import type { BrokerFigures } from '../../../src/edges/mqtt/broker.ts'
import type { Services } from '../../../src/edges/services.ts'
import { RejectionLog } from '../../../src/telemetry/rejection-log.ts'
import { figures } from '../city.ts'

const broker: BrokerFigures = {
  connects: 101,
  refusedConnects: new Map([['revoked', 102]]),
  disconnects: new Map([
    ['goodbye', 103],
    ['too-slow', 104],
  ]),
  throttled: 105,
  throttledTime: 106_500,
  dropped: 107,
  awaySessions: 108,
  queuedBytes: 109,
  notQueued: new Map([['share-full', 110] as const]),
  refusedSubscriptions: new Map([['filter-too-long', 112] as const]),
  subscribedBytes: 113,
  notRetained: new Map([['full', 114] as const]),
  forgottenSessions: new Map([['expired', 115] as const]),
  retained: 111,
}

async function brokerLines(figuresNow: ReturnType<Services['figures']>): Promise<string[]> {
  const services = {
    figures: () => figuresNow,
    rejections: new RejectionLog(),
    alarmSystem: { rate: () => 0, floodNow: () => null },
    vendorCodecs: { figures: () => new Map() },
    channels: { figures: () => [] },
    reports: { figures: () => ({ taken: new Map(), open: 0, waiting: 0 }) },
  } as unknown as Parameters<typeof createMetrics>[0]
  const text = await createMetrics(services, new LiveCounts()).metrics()
  return text.split('\n').filter((line) => line.startsWith('lamplighter_mqtt_'))
}

test('each figure of the broker has its line, counters in seconds where they count time', async () => {
  const lines = await brokerLines({ ...figures, mqttClients: 112, broker })
  expect(lines.toSorted()).toEqual(
    [
      'lamplighter_mqtt_clients 112',
      'lamplighter_mqtt_connects_total 101',
      'lamplighter_mqtt_refused_connections_total{reason="revoked"} 102',
      'lamplighter_mqtt_disconnects_total{reason="goodbye"} 103',
      'lamplighter_mqtt_disconnects_total{reason="too-slow"} 104',
      'lamplighter_mqtt_throttled_total 105',
      'lamplighter_mqtt_throttled_seconds_total 106.5',
      'lamplighter_mqtt_not_forwarded_total 107',
      'lamplighter_mqtt_away_sessions 108',
      'lamplighter_mqtt_queued_bytes 109',
      'lamplighter_mqtt_not_queued_total{reason="share-full"} 110',
      'lamplighter_mqtt_refused_subscriptions_total{reason="filter-too-long"} 112',
      'lamplighter_mqtt_subscribed_bytes 113',
      'lamplighter_mqtt_not_retained_total{reason="full"} 114',
      'lamplighter_mqtt_forgotten_sessions_total{reason="expired"} 115',
      'lamplighter_mqtt_retained 111',
    ].toSorted(),
  )
})

test('without a broker of its own there is nothing to count', async () => {
  const lines = await brokerLines({ ...figures, broker: null })
  expect(lines.filter((line) => !line.endsWith(' 0'))).toEqual([])
})
