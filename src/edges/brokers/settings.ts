import { createSecureContext } from 'node:tls'
import { LamplighterError } from '../../errors.ts'
import { parseFacilityQuery } from '../../facilities/facility-query.ts'
import type { BrokerConnection } from '../../storage/broker-connection-store.ts'
import { certificatesIn } from '../tls/material.ts'
import type { BrokerConnectionInput } from './brokers.ts'

/** The filters as the broker is asked for them. */
export const filtersOf = ({ topics, share }: Pick<BrokerConnection, 'topics' | 'share'>): string[] =>
  topics.map((topic) => (share ? `$share/${share}/${topic}` : topic))

/** Whether the broker goes on with the same session. */
export const isSameSession = (one: BrokerConnection, other: BrokerConnection): boolean =>
  one.url === other.url && one.clientId === other.clientId

/**
 * The settings with what was left out. A password goes only to the address it was given for, lest it is sent to whoever somebody else names; a
 * key is sent to nobody. Throws `invalid-request`.
 */
export function whole(id: string, input: BrokerConnectionInput, before: BrokerConnection | undefined): BrokerConnection {
  const isKept = input.password === undefined && before !== undefined && before.password !== ''
  if (isKept && (placeOf(input.url) !== placeOf(before.url) || input.username !== before.username))
    refuse('password: give it again, because the address or the user name is another.')
  return { ...input, id, password: input.password ?? before?.password ?? '', key: input.key ?? before?.key ?? '' }
}

/** Throws `invalid-request` with what does not go together. */
export function check(settings: BrokerConnection): void {
  const { url, username, password, certificate, key, topics, share, readAlong } = settings
  if (!URL.canParse(url) || !/^(mqtts?|wss?):\/\/[^/]/.test(url)) refuse('url: give mqtt://host, mqtts://host, ws://host or wss://host.')
  const { username: inUrl, password: alsoInUrl, protocol, searchParams } = new URL(url)
  if (inUrl || alsoInUrl) refuse('url: give user name and password in their own fields; an address is shown to everybody.')
  // The client library would take the client id from there.
  if (searchParams.has('clientId') || (protocol.startsWith('mqtt') && searchParams.size > 0))
    refuse('url: give it without "?" and what follows.')
  if (username === '' && password !== '') refuse('password: it needs a user name.')
  if ((certificate === '') !== (key === '')) refuse('certificate and key go together.')
  checkPem(settings)
  if (share !== '' && /[/+#\s]/.test(share)) refuse('share: a name without blanks and /, +, #.')
  for (const topic of topics) {
    if (!isFilter(topic)) refuse(`topics: ${JSON.stringify(topic)} is no MQTT topic filter.`)
    if (topic.startsWith('$'))
      refuse('topics: those that begin with $ are the broker\'s own; give the name of a shared subscription as "share".')
  }
  if (readAlong.query) parseFacilityQuery(readAlong.query)
}

function checkPem({ ca, certificate, key }: BrokerConnection): void {
  try {
    if (ca && certificatesIn(ca).length === 0) refuse('ca: holds no certificate as PEM.')
    createSecureContext({ ...(ca && { ca }), ...(certificate && { cert: certificate, key }) })
  } catch (error) {
    if (error instanceof LamplighterError) throw error
    refuse(`ca, certificate, key: they cannot be used: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function refuse(detail: string): never {
  throw new LamplighterError('invalid-request', detail)
}

/** Who is spoken to, and whether in plain. */
function placeOf(url: string): string {
  if (!URL.canParse(url)) return url
  const { protocol, host } = new URL(url)
  return `${protocol}//${host}`
}

/** MQTT 3.1.1, 4.7.1: + takes a whole level, # the last one. */
function isFilter(filter: string): boolean {
  const levels = filter.split('/')
  return filter !== '' && levels.every((level, i) => level === '+' || (level === '#' && i === levels.length - 1) || !/[+#\0]/.test(level))
}
