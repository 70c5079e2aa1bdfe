import { connectRefusals } from './access.ts'
import type { ConnectionFault, DisconnectReason } from './broker-options.ts'

/** Why connections are closed before they are let in, for engineers. */
export const connectionFaults: Readonly<Record<ConnectionFault, string>> = {
  ...connectRefusals,
  'not-connect': 'The first bytes are no MQTT CONNECT: another protocol, or TLS on the port without.',
  'connect-too-large': 'The CONNECT is longer than any device needs.',
  'bad-length': 'The length of a packet is not written as MQTT asks.',
  'packet-too-large': 'A packet is longer than MQTT_MAX_PAYLOAD allows.',
  'unsupported-version': 'The client speaks MQTT 5; set it to 3.1.1.',
  'no-client-id': 'A client without an id must ask for a clean session.',
  'connection-error': 'The connection broke, or said nothing, before it had logged in.',
  'client-error': 'What came was no MQTT that can be read.',
  'too-many-connections': 'As many clients are connected as MQTT_MAX_CONNECTIONS allows.',
  'too-many-from-address': 'As many clients are connected from this address as MQTT_MAX_CONNECTIONS_PER_ADDRESS allows.',
  'too-many-connects': 'There were more new connections from this address in a minute than MQTT_CONNECTS_PER_MINUTE allows.',
  'tls-failed': 'The TLS handshake failed: no TLS, too old a version, or the client does not trust the certificate.',
  'certificate-refused': 'The client showed no certificate where one is asked, or one of an authority that is not trusted.',
  'handshake-timeout': 'The connection was not ready for MQTT in time.',
  'too-many-handshakes': 'Too many TLS handshakes waited.',
  'not-from-proxy': 'The connection did not come from one of MQTT_PROXIES.',
  'proxy-header': 'The connection did not begin with a header of the PROXY protocol.',
  'wrong-path': 'A WebSocket was asked for on another path than /mqtt.',
  'wrong-protocol': 'A WebSocket was asked for without the subprotocol mqtt.',
  'wrong-origin': 'A WebSocket was asked for by a page of an origin that is not in MQTT_WEBSOCKET_ORIGINS.',
  'not-binary': 'A WebSocket sent text, where MQTT is binary.',
  'too-many-pings': 'A WebSocket sent pings and did not read the answers.',
}

/** How connections end, for engineers. */
export const disconnectReasons: Readonly<Record<DisconnectReason, string>> = {
  goodbye: 'The client said goodbye.',
  'connection-lost': 'The network connection ended without a goodbye.',
  'keep-alive': 'The client was silent for one and a half times its keep-alive.',
  'taken-over': 'Another connection came with the same client id.',
  'too-many-sessions': 'Its device, or its address, came with another client id and has as many sessions as it may.',
  'too-many-unreleased': 'The client began more QoS 2 messages than it may without releasing them.',
  revoked: 'The credential was revoked or has expired, or the device was disabled.',
  'too-slow': 'The client did not take what it was sent.',
  'client-error': 'What came was no MQTT that can be read.',
  'not-connect': connectionFaults['not-connect'],
  'connect-too-large': connectionFaults['connect-too-large'],
  'bad-length': connectionFaults['bad-length'],
  'packet-too-large': connectionFaults['packet-too-large'],
}
