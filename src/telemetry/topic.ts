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

/** Where the service tells devices what to do, and where they answer; a gateway is told for those behind it. */
export const commandTopic = (kind: string, id: string) => `facilities/${kind}/${id}/commands`
export const gatewayCommandTopic = (id: string) => `gateways/${id}/commands`
/** Where a device finds the table of its switching, retained. */
export const programmeTopic = (kind: string, id: string) => `facilities/${kind}/${id}/programme`
export const acknowledgementTopic = (kind: string, id: string) => `facilities/${kind}/${id}/acknowledgements`
export const gatewayAcknowledgementTopic = (id: string) => `gateways/${id}/acknowledgements`

/** Whose answer comes on a topic: that of a facility, or of a gateway for those behind it; undefined for any other topic. */
export function acknowledgingOf(topic: string): { facility: string; kind: string } | { gateway: string } | undefined {
  const [root, first, second, third, ...rest] = topic.split('/')
  if (!first || !second || rest.length > 0) return undefined
  if (root === 'facilities' && third === 'acknowledgements') return { facility: second, kind: first }
  return root === 'gateways' && second === 'acknowledgements' && third === undefined ? { gateway: first } : undefined
}

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

export const isStatus = (topic: Topic | undefined): boolean => topic?.type === 'status' || topic?.type === 'gateway-status'
