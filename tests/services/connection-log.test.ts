import { expect, test } from 'vitest'
import type { ConnectedClient, RefusedConnect } from '../../src/edges/mqtt/broker-options.ts'
import { ConnectionLog } from '../../src/services/traffic/connection-log.ts'
import { minutes } from '../../src/telemetry/duration.ts'

const client = (clientId: string, more: Partial<ConnectedClient> = {}): ConnectedClient => ({
  ...{ clientId, peer: { id: clientId, sort: 'device' }, address: '10.0.0.1', listener: 'MQTT', certificate: null },
  ...{ clean: true, keepalive: 60, version: 4, since: 0, ...more },
})
const refusal = (more: Partial<RefusedConnect>): RefusedConnect => ({
  ...{ clientId: 'D-1', username: 'D-1', address: '10.0.0.1', reason: 'wrong-credentials', detail: 'no', ...more },
})

function start() {
  const clock = { now: 0 }
  const log = new ConnectionLog(() => clock.now)
  return { log, clock }
}

test('a device that takes over its own connection is connected once, and says how the last one ended', () => {
  const { log, clock } = start()
  log.onConnect(client('D-1', { address: '10.0.0.1' }))
  clock.now = 10
  log.onConnect(client('D-1', { address: '10.0.0.2', since: 10 }))
  log.onDisconnect(client('D-1'), 'taken-over', '')
  expect(log.connection('D-1')).toMatchObject({
    ...{ connections: 1, connects: 2, last: { address: '10.0.0.2', since: 10 } },
    lastDisconnect: { at: 10, reason: 'taken-over' },
  })
  clock.now = 20
  log.onDisconnect(client('D-1'), 'keep-alive', 'silent')
  expect(log.connection('D-1')).toMatchObject({ connections: 0, lastDisconnect: { at: 20, reason: 'keep-alive', detail: 'silent' } })
  expect(log.connection('D-2')).toBeNull()
})

test('messages count for the device and for their topic, waiting for who sent too fast', () => {
  const { log, clock } = start()
  const gateway = client('G-1')
  log.onConnect(gateway)
  clock.now = minutes(1)
  log.published('facilities/tank/T-1/telemetry', 100, gateway)
  log.published('gateways/G-1/status', 20, gateway)
  log.onThrottled(gateway, 500)
  log.onThrottled(gateway, 250)
  expect(log.connection('G-1')).toMatchObject({
    ...{ flow: { messages: 2, bytes: 120, last: minutes(1) }, throttled: 750, lastThrottled: minutes(1) },
  })
  expect(log.ofTopic('facilities/tank/T-1/telemetry')).toMatchObject({ clientId: 'G-1', flow: { messages: 1, bytes: 100 } })
  expect(log.ofTopic('facilities/tank/T-2/telemetry')).toBeUndefined()
})

test('clients without an identity of their own are known by their client id, and no device by that of another', () => {
  const { log } = start()
  log.onConnect(client('D-1', { peer: { id: '', sort: 'anyone' }, address: '10.0.0.9' }))
  expect(log.connection('D-1')).toMatchObject({ last: { address: '10.0.0.9' } })
  log.onConnect(client('other', { peer: { id: 'D-1', sort: 'device' }, address: '10.0.0.1' }))
  expect(log.connection('D-1')).toMatchObject({ last: { address: '10.0.0.1' } })
  expect(log.connection('other')).toBeNull()
})

test('refusals are counted by reason, of known and unknown ids, and found by user name and by client id', () => {
  const { log, clock } = start()
  log.onRefusedConnect(refusal({}))
  clock.now = minutes(2)
  log.onRefusedConnect(refusal({ reason: 'client-id-taken', clientId: 'X-9' }))
  log.onRefusedConnect(refusal({ reason: 'tls-failed', clientId: undefined, username: undefined }))
  expect(log.refusedOf('D-1')).toMatchObject({
    ...{ at: minutes(2), reason: 'client-id-taken', clientId: 'X-9' },
    counts: new Map([
      ['wrong-credentials', 1],
      ['client-id-taken', 1],
    ]),
  })
  expect(log.refusedOf('X-9')).toMatchObject({ id: 'D-1', counts: new Map([['client-id-taken', 1]]) })
  expect(log.newestRefused().map(({ reason, id }) => [reason, id])).toEqual([
    ['tls-failed', null],
    ['client-id-taken', 'D-1'],
    ['wrong-credentials', 'D-1'],
  ])
  expect(log.refusedLastHour()).toEqual(
    new Map([
      ['wrong-credentials', 1],
      ['client-id-taken', 1],
      ['tls-failed', 1],
    ]),
  )
})

test('made-up ids, clients and topics do not grow without end, and who is connected is not forgotten for them', () => {
  const { log } = start()
  log.onConnect(client('first'))
  for (let i = 0; i < 100_001; i++) {
    const passing = client(`c-${i}`)
    log.onConnect(passing)
    log.onDisconnect(passing, 'goodbye', '')
    log.published(`facilities/tank/T-${i}/telemetry`, 1, passing)
    log.onRefusedConnect(refusal({ clientId: `x-${i}`, username: undefined }))
  }
  expect(log.connection('first')?.connections).toBe(1)
  expect(log.connection('c-0')).toBeNull()
  expect(log.connection('c-100000')).not.toBeNull()
  expect(log.ofTopic('facilities/tank/T-0/telemetry')).toBeUndefined()
  expect(log.refusedOf('x-94000')).toBeNull()
  expect(log.refusedOf('x-100000')).not.toBeNull()
})
