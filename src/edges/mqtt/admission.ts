import type { AedesOptions, Client, ConnectPacket } from 'aedes'
import { type Admission, connectRefusals, type Peer } from './access.ts'
import type { BrokerOptions, ConnectedClient, ConnectionFault } from './broker-options.ts'
import type { Connection, Connections } from './connections.ts'
import type { GuessLimits } from './guess-limits.ts'
import type { PublishRates } from './publish-rates.ts'
import type { Topics } from './topics.ts'

export interface AdmissionParts {
  options: BrokerOptions
  connections: Connections
  guesses: GuessLimits
  rates: PublishRates
  topics: Topics
  /** The connected client with an id, if there is one. */
  clientOf(id: string): Client | undefined
}

type AuthenticateDone = Parameters<NonNullable<AedesOptions['authenticate']>>[3]

const identifierRejected = 2
const notAuthorized = 5
/** CONNACK "unsupported protocol version" as an MQTT 5 client reads it. */
const refusalOfVersion5 = Buffer.from([0x20, 3, 0, 0x84, 0])
const noClientId = 'A client without an id must ask for a clean session.'

/** Asks who a client is, and lets in whom it may. */
export function admitClients(parts: AdmissionParts): AedesOptions {
  const { options, connections, guesses } = parts
  const attempts = new WeakMap<Client, ConnectPacket>()
  return {
    preConnect(client, packet, done) {
      const version = packet.protocolVersion as number
      if (version === 5) {
        refuse(client, packet, 'unsupported-version', 'MQTT 5 is not spoken here; connect with 3.1.1.')
        client.conn.write(refusalOfVersion5, () => done(new Error('unsupported protocol version'), false))
        return
      }
      attempts.set(client, packet)
      done(null, true)
    },
    authenticate(client, username, password, done) {
      const packet = attempts.get(client) as ConnectPacket
      attempts.delete(client)
      const connection = connections.of(client) as Connection
      const { address, certificate } = connection.from
      const clientId = packet.clientId ?? ''
      // The session of a client without a name could never be resumed and would stay for ever.
      if (!clientId && !packet.clean) {
        refuse(client, packet, 'no-client-id', noClientId)
        return answer(done, identifierRejected, noClientId)
      }
      const will = packet.will ? { topic: packet.will.topic } : null
      const attempt = { clientId, username, password, certificate, address, will }
      const account = options.access.isGuessable?.(attempt) ? username : undefined
      const decide = (answered: Admission) => {
        const holder = parts.clientOf(client.id)
        const admission = 'peer' in answered && holder ? unlessHeld(answered.peer, connections.peerOf(holder)) : answered
        if ('refused' in admission) {
          const isWrong = admission.refused === 'wrong-credentials'
          if (account && isWrong) guesses.failed(account, address, password ?? new Uint8Array(), options.now())
          refuse(client, packet, admission.refused, connectRefusals[admission.refused])
          return answer(done, notAuthorized, connectRefusals[admission.refused])
        }
        if (account) guesses.succeeded(account, address)
        letIn(parts, client, connection, packet, admission)
        done(null, true)
      }
      if (account && !guesses.mayGuess(account, address, options.now())) return decide({ refused: 'too-many-tries' })
      const admission = options.access.authenticate(attempt)
      if (admission instanceof Promise) void admission.then(decide)
      else decide(admission)
    },
  }

  function refuse(client: Client, packet: ConnectPacket, reason: ConnectionFault, detail: string): void {
    const connection = connections.of(client)
    if (!connection) return
    connection.isRefused = true
    const { clientId, username } = packet
    connections.refused(reason, connection.from.address, detail, { clientId, username })
  }
}

/** Aedes would end the connection that has the client id, and give its session to whoever came with it. */
function unlessHeld(peer: Peer, holder: Peer | null): Admission {
  const isOwn = holder === null || (holder.id === peer.id && holder.sort === peer.sort)
  return isOwn ? { peer } : { refused: 'client-id-taken' }
}

function letIn(
  { options, connections, rates, topics, clientOf }: AdmissionParts,
  client: Client,
  connection: Connection,
  packet: ConnectPacket,
  { peer }: Extract<Admission, { peer: unknown }>,
): void {
  const connected: ConnectedClient = {
    // Aedes has given it one when it came without.
    clientId: client.id,
    peer,
    address: connection.from.address,
    listener: connection.from.listener ?? '',
    certificate: connection.from.certificate,
    clean: packet.clean !== false,
    keepalive: packet.keepalive ?? 0,
    version: packet.protocolVersion ?? 4,
    since: options.now(),
  }
  const before = clientOf(client.id)
  const ended = before && connections.of(before)
  if (ended) ended.end ??= 'taken-over'
  if (packet.will && topics.isRefused(packet.will, client.id, peer)) (client as unknown as { _will: unknown })._will = undefined
  connection.stream.open(rates.of(client, connected))
  connection.client = connected
}

const answer = (done: AuthenticateDone, returnCode: number, why: string) => done(Object.assign(new Error(why), { returnCode }), false)
