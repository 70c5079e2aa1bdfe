const NAMESPACE = 'spBv1.0'

/** Verbs of messages, and whether they are of a device behind the node. */
const reportingVerbs = { NBIRTH: false, NDATA: false, NDEATH: false, DBIRTH: true, DDATA: true, DDEATH: true } as const
const commandVerbs = { NCMD: false, DCMD: true } as const
export type ReportingVerb = keyof typeof reportingVerbs
export type CommandVerb = keyof typeof commandVerbs

interface NodeAddress {
  group: string
  node: string
  device: string | null
}

export interface ReportingTopic extends NodeAddress {
  sort: 'report'
  verb: ReportingVerb
}
export type SparkplugTopic = ReportingTopic | (NodeAddress & { sort: 'command'; verb: CommandVerb }) | { sort: 'state'; host: string }

/** All of Sparkplug B: what nodes and devices say, commands, and the states of hosts. */
export const SPARKPLUG_FILTER = `${NAMESPACE}/#`

export const isSparkplugTopic = (topic: string) => topic.startsWith(`${NAMESPACE}/`)
export const stateTopic = (host: string) => `${NAMESPACE}/STATE/${host}`
export const isStateTopic = (topic: string) => topic.startsWith(`${NAMESPACE}/STATE/`)
export const nodeCommandTopic = (group: string, node: string) => `${NAMESPACE}/${group}/NCMD/${node}`
export const deviceCommandTopic = (group: string, node: string, device: string) => `${NAMESPACE}/${group}/DCMD/${node}/${device}`

export function parseSparkplugTopic(topic: string): SparkplugTopic | undefined {
  const [namespace, group, verb, node, device, ...rest] = topic.split('/')
  if (namespace !== NAMESPACE || !group || !verb || rest.length > 0) return undefined
  if (group === 'STATE') return node === undefined ? { sort: 'state', host: verb } : undefined
  if (!node) return undefined
  const address = { group, node, device: device ?? null }
  if (isVerb(verb, reportingVerbs)) return hasDevice(device, reportingVerbs[verb]) ? { sort: 'report', verb, ...address } : undefined
  if (isVerb(verb, commandVerbs)) return hasDevice(device, commandVerbs[verb]) ? { sort: 'command', verb, ...address } : undefined
  return undefined
}

const isVerb = <V extends string>(verb: string, verbs: Readonly<Record<V, boolean>>): verb is V => Object.hasOwn(verbs, verb)
const hasDevice = (device: string | undefined, expected: boolean) => (expected ? Boolean(device) : device === undefined)
