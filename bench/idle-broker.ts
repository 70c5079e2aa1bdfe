import { sharedAccess } from '../src/edges/mqtt/access.ts'
import { startBroker } from '../src/edges/mqtt/broker.ts'

// The broker alone, as a process whose memory is its own; tells its port.
const broker = await startBroker({
  ...{ host: '127.0.0.1', port: 0, maxPayload: 65_536, now: Date.now },
  access: { ...sharedAccess(), authenticate: ({ clientId }) => ({ peer: { id: clientId, sort: 'device' } }) },
  rateOf: ({ id }) => (id.startsWith('SL-') ? { perSecond: 10, burst: 50 } : undefined),
  onPublish: (_topic, _payload, _from, acknowledged) => acknowledged(),
  onRefused: () => {},
})
console.log(broker.port)
