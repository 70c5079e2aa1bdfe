import { expect, test } from 'vitest'
import type { BrokerConnection } from '../../../src/storage/broker-connection-store.ts'
import { openStateStore } from '../../../src/storage/embedded/state-store.ts'

const settings: Omit<BrokerConnection, 'id'> = {
  title: 'Waterworks',
  enabled: true,
  url: 'mqtt://127.0.0.1:1',
  protocol: '3.1.1',
  username: '',
  password: 'kept',
  clientId: 'us',
  topics: [],
  share: '',
  ca: '',
  certificate: '',
  key: '',
  readAlong: { mode: 'off', query: '' },
}

test('one connection is found by its id as it stands in the list of all', () => {
  const state = openStateStore(':memory:')
  const { brokerConnections } = state
  for (const id of ['b', 'a']) brokerConnections.put({ ...settings, topics: [id], id, by: 'admin', at: 7 })
  expect(brokerConnections.all().map(({ id }) => id)).toEqual(['a', 'b'])
  expect(brokerConnections.get('b')).toEqual(brokerConnections.all()[1])
  expect(brokerConnections.get('b')).toMatchObject({ topics: ['b'], password: 'kept', by: 'admin', at: 7 })
  expect(brokerConnections.get('c')).toBeUndefined()
  state.close()
})
