import { randomUUID } from 'node:crypto'
import { connect, type MqttClient } from 'mqtt'
import type { BrokerConnection } from '../../storage/broker-connection-store.ts'
import { seconds } from '../../telemetry/duration.ts'
import type { ConnectionTrial } from './brokers.ts'
import { clientOptions, describe, within } from './connection.ts'

const TRIAL_LISTENS = seconds(3)
const TRIAL_TIMEOUT = seconds(10)
const MAX_TRIAL_TOPICS = 20
const LEAVE_TIMEOUT = seconds(5)
/** Retained messages that are cleared at once. */
const CLEARED_AT_ONCE = 500

/** Connects under a client id of its own for a few seconds and takes nothing. */
export async function tryConnection(settings: BrokerConnection, isRead: (topic: string) => boolean): Promise<ConnectionTrial> {
  const trial: ConnectionTrial = { connected: false, problem: null, refused: [], messages: 0, topics: [] }
  const options = { ...clientOptions(settings), clientId: `lamplighter-trial-${randomUUID()}`, clean: true, connectTimeout: TRIAL_TIMEOUT }
  const client = connect(settings.url, { ...options, properties: {} })
  const seen = new Set<string>()
  client.on('message', (topic) => {
    trial.messages++
    if (seen.size < MAX_TRIAL_TOPICS) seen.add(topic)
  })
  try {
    await connected(client)
    trial.connected = true
    if (settings.topics.length > 0) {
      // Not with the others' share: a trial takes nothing from them.
      const granted = await client.subscribeAsync(settings.topics, { qos: 0 }).catch((error: unknown) => {
        trial.problem = describe(error)
        return []
      })
      trial.refused = granted.filter(({ qos }) => qos >= 128).map(({ topic }) => topic)
      await new Promise((resolve) => setTimeout(resolve, TRIAL_LISTENS))
    }
  } catch (error) {
    trial.problem = describe(error)
  } finally {
    client.stream?.destroy()
  }
  trial.topics = [...seen].map((topic) => ({ topic, isRead: isRead(topic) }))
  return trial
}

/** Ends the session that a broker keeps for these settings, and clears what was retained there. Gives why it could not, null when it could. */
export async function leaveBroker(settings: BrokerConnection, retained: readonly string[]): Promise<string | null> {
  const client = connect(settings.url, { ...clientOptions(settings), clean: true, properties: {}, manualConnect: true })
  const leave = async () => {
    client.connect()
    await connected(client)
    for (let i = 0; i < retained.length; i += CLEARED_AT_ONCE) {
      const some = retained.slice(i, i + CLEARED_AT_ONCE)
      await Promise.all(some.map((topic) => client.publishAsync(topic, '', { qos: 1, retain: true })))
    }
    await client.endAsync()
    return null
  }
  const problem = await within(LEAVE_TIMEOUT, [leave().catch(describe)])
  client.stream?.destroy()
  return problem === undefined ? 'no answer' : problem
}

const connected = (client: MqttClient) =>
  new Promise<void>((resolve, reject) => {
    client.once('connect', () => resolve())
    client.once('error', reject)
    client.once('close', () => reject(new Error('The broker closed the connection.')))
  })
