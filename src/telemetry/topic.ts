/** The topics of the native dialect. */
export type Topic =
  | { type: 'telemetry'; kind: string; id: string }
  | { type: 'status'; kind: string; id: string }
  | { type: 'gateway-telemetry'; id: string }
  | { type: 'gateway-status'; id: string }

export const telemetryTopic = (kind: string, id: string) => `facilities/${kind}/${id}/telemetry`
export const statusTopic = (kind: string, id: string) => `facilities/${kind}/${id}/status`
export const gatewayTelemetryTopic = (id: string) => `gateways/${id}/telemetry`
export const gatewayStatusTopic = (id: string) => `gateways/${id}/status`

export function parseTopic(topic: string): Topic | undefined {
  const [root, first, second, third, ...rest] = topic.split('/')
  if (!first || !second || rest.length > 0) return undefined
  if (root === 'facilities' && (third === 'telemetry' || third === 'status')) return { type: third, kind: first, id: second }
  if (root === 'gateways' && third === undefined) {
    if (second === 'telemetry') return { type: 'gateway-telemetry', id: first }
    if (second === 'status') return { type: 'gateway-status', id: first }
  }
  return undefined
}

export function isStatusTopic(topic: string): boolean {
  const type = parseTopic(topic)?.type
  return type === 'status' || type === 'gateway-status'
}
