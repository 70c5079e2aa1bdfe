import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { sharedAccess } from '../../../src/edges/mqtt/access.ts'
import { startBroker } from '../../../src/edges/mqtt/broker.ts'

const suite = process.env.PAHO_TESTING
if (!suite || process.argv.includes('--help')) {
  console.log(`Usage: PAHO_TESTING=FOLDER node launch.mjs tests/edges/mqtt/paho-interoperability.ts

Runs the interoperability tests of Eclipse Paho for MQTT 3.1.1 against the broker, with Python 3. FOLDER holds a copy of
https://github.com/eclipse/paho.mqtt.testing. What they hold is held in other words by conformance.test.ts, which needs no copy.`)
  process.exit(suite ? 0 : 1)
}

const topics = ['TopicA', 'TopicA/B', 'Topic/C', 'TopicA/C', '/TopicA']
const filters = ['TopicA/+', '+/C', '#', '/#', '/+', '+/+', 'TopicA/#']
const forbidden = 'test/nosubscribe'

const access = sharedAccess()
const broker = await startBroker({
  ...{ host: '127.0.0.1', port: 0, maxPayload: 10_000, now: Date.now },
  access: { ...access, maySubscribe: (peer, filter) => filter !== forbidden && access.maySubscribe(peer, filter) },
  isRead: () => true,
  isRetained: () => true,
  onPublish: (_topic, _payload, _from, acknowledged) => acknowledged(),
  onRefused: () => {},
})
const script = [
  'import client_test, unittest',
  `client_test.host, client_test.port = '127.0.0.1', ${broker.port}`,
  `client_test.topics, client_test.wildtopics = ${JSON.stringify(topics)}, ${JSON.stringify(filters)}`,
  `client_test.nosubscribe_topics = ${JSON.stringify([forbidden])}`,
  "unittest.main(module=client_test, argv=['client_test', '-v'])",
]
const child = spawn('python3', ['-W', 'ignore', '-c', script.join('\n')], { cwd: join(suite, 'interoperability'), stdio: 'inherit' })
const [code] = await once(child, 'exit')
await broker.close()
process.exit(code ?? 1)
