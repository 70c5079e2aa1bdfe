import { describe, expect, test } from 'vitest'
import { type Device, ownerOfClientId } from '../../src/access/device.ts'
import { filterProblem, mayPublish, mayReceive, mayReportFor, maySubscribe, type OwnedFacility } from '../../src/access/topic-access.ts'

const lamp = { key: 'street-light' }
const facilities: OwnedFacility[] = [
  { id: 'lamp-1', gateway: null, kind: lamp },
  { id: 'lamp-2', gateway: 'gw-1', kind: lamp },
  { id: 'lamp-3', gateway: 'gw-2', kind: lamp },
  { id: 'gw-1', gateway: null, kind: { key: 'gateway' } },
  { id: 'self', gateway: null, kind: { key: 'server', reportsItself: true } },
]
const find = (id: string) => facilities.find((facility) => facility.id === id)

type Subject = Pick<Device, 'id' | 'sort' | 'topics' | 'subscriptions'>
const device: Subject = { id: 'lamp-1', sort: 'device', topics: [], subscriptions: [] }
const gateway: Subject = { id: 'gw-1', sort: 'gateway', topics: ['spBv1.0/City/+/gw-1/#'], subscriptions: ['spBv1.0/City/NCMD/gw-1/#'] }
const service: Subject = {
  id: 'platform',
  sort: 'service',
  topics: ['facilities/street-light/+/telemetry', 'application/#'],
  subscriptions: ['facilities/+/+/status', 'application/7/#'],
}

const topics = [
  'facilities/street-light/lamp-1/telemetry',
  'facilities/street-light/lamp-1/status',
  'facilities/pump-station/lamp-1/telemetry',
  'facilities/street-light/lamp-1/commands/dim',
  'facilities/street-light/lamp-1/acknowledgements',
  'facilities/street-light/lamp-2/acknowledgements',
  'facilities/street-light/lamp-3/acknowledgements',
  'gateways/gw-1/acknowledgements',
  'gateways/gw-2/acknowledgements',
  'facilities/street-light/lamp-2/telemetry',
  'facilities/street-light/lamp-3/telemetry',
  'facilities/street-light/nobody/telemetry',
  'facilities/server/self/telemetry',
  'facilities/gateway/gw-1/telemetry',
  'gateways/gw-1/telemetry',
  'gateways/gw-1/status',
  'gateways/gw-2/telemetry',
  'gateways/lamp-1/telemetry',
  'spBv1.0/City/NDATA/gw-1',
  'spBv1.0/City/NDATA/gw-2',
  'application/7/up',
  '$SYS/x',
]
const publishable = {
  device: [
    'facilities/street-light/lamp-1/telemetry',
    'facilities/street-light/lamp-1/status',
    'facilities/street-light/lamp-1/acknowledgements',
  ],
  gateway: [
    'facilities/street-light/lamp-2/acknowledgements',
    'gateways/gw-1/acknowledgements',
    'facilities/street-light/lamp-2/telemetry',
    'facilities/gateway/gw-1/telemetry',
    'gateways/gw-1/telemetry',
    'gateways/gw-1/status',
    'spBv1.0/City/NDATA/gw-1',
  ],
  service: [
    'facilities/street-light/lamp-1/telemetry',
    'facilities/street-light/lamp-2/telemetry',
    'facilities/street-light/lamp-3/telemetry',
    'facilities/street-light/nobody/telemetry',
    'application/7/up',
  ],
}

describe.each([device, gateway, service])('a $sort', (subject) => {
  test('publishes what it speaks for and nothing else', () => {
    expect(topics.filter((topic) => mayPublish(subject, topic, find))).toEqual(publishable[subject.sort])
  })

  test('receives only what its subscriptions may bring', () => {
    const all = [...topics, 'facilities/gateway/gw-1/commands/x', 'facilities/street-light/lamp-2/commands/x', 'gateways/gw-1/commands/x']
    const received = {
      device: ['facilities/street-light/lamp-1/commands/dim'],
      gateway: ['facilities/gateway/gw-1/commands/x', 'facilities/street-light/lamp-2/commands/x', 'gateways/gw-1/commands/x'],
      service: ['facilities/street-light/lamp-1/status', 'application/7/up'],
    }
    expect(all.filter((topic) => mayReceive(subject, topic, find))).toEqual(received[subject.sort])
  })
})

test.each([
  [device, 'facilities/street-light/lamp-1/commands/#', true],
  [device, 'facilities/street-light/lamp-1/programme', true],
  [device, 'facilities/street-light/lamp-2/programme', false],
  [gateway, 'facilities/street-light/lamp-2/programme', true],
  [gateway, 'facilities/street-light/+/programme', false],
  [device, 'facilities/street-light/lamp-1/commands/+/x', true],
  [device, 'facilities/street-light/+/commands/#', false],
  [device, 'facilities/+/lamp-1/commands/#', false],
  [device, 'facilities/street-light/lamp-1/#', false],
  [device, 'facilities/street-light/lamp-1/telemetry', false],
  [device, 'gateways/lamp-1/commands/#', false],
  [device, '#', false],
  [device, '+/+', false],
  [gateway, 'gateways/gw-1/commands/#', true],
  [gateway, 'gateways/gw-1/#', false],
  [gateway, 'facilities/street-light/lamp-3/commands/#', false],
  [gateway, 'spBv1.0/City/NCMD/gw-1', true],
  [gateway, 'spBv1.0/City/NCMD/gw-1/x/#', true],
  [gateway, 'spBv1.0/City/NCMD/+', false],
  [gateway, 'spBv1.0/#', false],
  [service, 'facilities/street-light/+/status', true],
  [service, 'facilities/street-light/lamp-1/status', true],
  [service, 'facilities/+/+/+', false],
  [service, 'facilities/#', false],
  [service, 'facilities/street-light/lamp-1/commands/#', false],
  [service, 'application/7/#', true],
  [service, '$share/group/application/7/#', false],
  [service, '#', false],
] as const)('%o may subscribe to %s: %s', (subject, filter, may) => expect(maySubscribe(subject, filter, find)).toBe(may))

test.each([
  ['spBv1.0/City/#', 'gateway', 'topics', true],
  ['#', 'service', 'topics', false],
  ['+/x', 'service', 'subscriptions', false],
  ['$SYS/#', 'service', 'subscriptions', false],
  ['a/#/b', 'device', 'topics', false],
  ['facilities/+/+/telemetry', 'gateway', 'topics', false],
  ['facilities/+/+/telemetry', 'service', 'topics', true],
  ['facilities/+/+/state', 'service', 'topics', false],
  ['facilities/+/+/state', 'service', 'subscriptions', true],
  ['facilities/+/+/commands', 'service', 'subscriptions', false],
  ['facilities/street-light/lamp-1/acknowledgements', 'service', 'topics', false],
  ['facilities/#', 'service', 'subscriptions', false],
  ['facilities/+/+/+', 'service', 'subscriptions', false],
  ['gateways/+/status', 'service', 'subscriptions', true],
] as const)('%s may be registered for a %s among its %s: %s', (filter, sort, use, isGood) =>
  expect(filterProblem(filter, sort, use) === null).toBe(isGood),
)

test.each([
  ['lamp-1', 'lamp-1'],
  ['lamp-1:2', 'lamp-1'],
  ['lamp-1/a:b', 'lamp-1'],
  ['lamp-10', 'lamp-10'],
  ['', ''],
])('client id %j is of %j', (clientId, owner) => expect(ownerOfClientId(clientId)).toBe(owner))

test.each<[string, Partial<Subject>, string, boolean]>([
  ['its own', {}, 'lamp-1', true],
  ['another', {}, 'lamp-2', false],
  ['another, with the topics of one device', { topics: ['v3/city/devices/lamp-9/#'] }, 'lamp-2', false],
  ['another, with those of all devices', { topics: ['v3/city/devices/+/up'] }, 'lamp-2', true],
  ['another, with those of another application', { topics: ['v3/other/#'] }, 'lamp-2', false],
  ['another behind it', { id: 'gw-1', sort: 'gateway' }, 'lamp-2', true],
  ['another behind it, as no gateway', { id: 'gw-1' }, 'lamp-2', false],
  ['another behind another', { id: 'gw-1', sort: 'gateway' }, 'lamp-3', false],
  ['any, as another program', { id: 'platform', sort: 'service' }, 'lamp-3', true],
])('by a topic that names no facility a device may report for %s', (_, change, facility, may) => {
  expect(mayReportFor({ ...device, ...change }, facility, 'v3/city/devices/+/up', find)).toBe(may)
})
