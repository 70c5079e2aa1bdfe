import { ALARM, type Channel, type ChannelSettings, type ChannelType, unknownNames } from './channel.ts'

/** Every field that settings of any type have. */
interface AnySettings {
  host: string
  port: number
  security: 'tls' | 'starttls' | 'none'
  user: string
  password: string
  from: string
  to: readonly string[]
  url: string
  secret: string
  method: 'POST' | 'GET'
  contentType: string
  body: string
  header: string
  numbers: readonly string[]
  topic: string
}
type Field = keyof AnySettings

/** Settings as somebody gives them: a secret that is absent stays as it was, anything else is the usual. */
export type SettingsInput = { type: ChannelType } & { [K in Field]?: AnySettings[K] | undefined }

interface TypeFields {
  fields: readonly Field[]
  /** Never told again. The address of a robot is one: whoever knows it can send. */
  secrets: readonly Field[]
}

export const channelTypes: Readonly<Record<ChannelType, TypeFields>> = {
  mail: { fields: ['host', 'port', 'security', 'user', 'password', 'from', 'to'], secrets: ['password'] },
  webhook: { fields: ['url', 'secret'], secrets: ['secret'] },
  alertmanager: { fields: ['url', 'user', 'password'], secrets: ['password'] },
  dingtalk: { fields: ['url', 'secret'], secrets: ['url', 'secret'] },
  wecom: { fields: ['url'], secrets: ['url'] },
  feishu: { fields: ['url', 'secret'], secrets: ['url', 'secret'] },
  sms: { fields: ['url', 'method', 'contentType', 'body', 'header', 'numbers'], secrets: ['header'] },
  mqtt: { fields: ['topic'], secrets: [] },
}

const usual: AnySettings = {
  ...{ host: '', port: 587, security: 'starttls', user: '', password: '', from: '', to: [], url: '', secret: '' },
  ...{ method: 'POST', contentType: 'application/json', body: '', header: '', numbers: [], topic: '' },
}

/** Names that a template may use. */
export const templateNames = ['title', 'text', 'order', 'facility', 'district', 'class', 'state', 'crew', 'by', 'link'] as const

/** Topics of the service's own broker that no device publishes on and nothing else of the service uses. */
export const NOTICE_TOPICS = 'lamplighter/notices/'

/**
 * Whole settings, with the secrets of those before where none is given, and what is wrong with that. A kept secret goes only where it was given
 * for, lest it is sent to whoever somebody else names.
 */
export function wholeSettings(
  input: SettingsInput,
  before: ChannelSettings | undefined,
): { settings: ChannelSettings; problems: readonly string[] } {
  const { fields, secrets } = channelTypes[input.type]
  const known = before?.type === input.type ? (before as unknown as AnySettings) : undefined
  const kept = secrets.filter((field) => input[field] === undefined && known && known[field] !== '')
  const given = Object.fromEntries(fields.map((field) => [field, input[field] ?? (kept.includes(field) ? known?.[field] : usual[field])]))
  const settings = { type: input.type, ...given } as unknown as ChannelSettings
  const isElsewhere = known !== undefined && placeOf(settings) !== placeOf(before as ChannelSettings)
  return { settings, problems: isElsewhere ? kept.map((field) => `${field}: give it again, because it would go elsewhere.`) : [] }
}

/** Who is spoken to, as whom, and whether in plain. */
function placeOf(settings: ChannelSettings): string {
  const { host, port, security, user, url, topic } = { ...usual, ...settings }
  return [originOf(url), host, port, security, user, topic].join(' ')
}

const originOf = (url: string): string => (URL.canParse(url) ? new URL(url).origin : url)

/** Where it goes, in few words and without secrets. */
export function addressOf(settings: ChannelSettings): string {
  switch (settings.type) {
    case 'mail':
      return settings.to.join(', ')
    case 'mqtt':
      return settings.topic
    case 'sms':
      return `${settings.numbers.join(', ')} · ${originOf(settings.url)}`
    case 'webhook':
    case 'alertmanager':
      return settings.url
    default:
      return originOf(settings.url)
  }
}

/** Settings that may be told: without their secrets, and which of these there are. */
export function toldSettings(settings: ChannelSettings): { settings: SettingsInput; secrets: string[] } {
  const { secrets } = channelTypes[settings.type]
  const all = Object.entries(settings)
  const isSecret = (name: string) => (secrets as readonly string[]).includes(name)
  return {
    settings: Object.fromEntries(all.filter(([name]) => !isSecret(name))) as SettingsInput,
    secrets: all.filter(([name, value]) => isSecret(name) && value !== '').map(([name]) => name),
  }
}

/** What is wrong with a channel, in words; empty when nothing is. */
export function channelProblems({ settings, template, types }: Channel, knownTypes: readonly string[]): string[] {
  const strange = template === null ? [] : unknownNames(template, templateNames)
  const noTypes = types === 'all' ? [] : types.filter((type) => !knownTypes.includes(type))
  return [
    ...settingsProblems(settings),
    ...(strange.length > 0 ? [`template: nobody knows ${strange.join(', ')}; there are ${templateNames.join(', ')}.`] : []),
    ...(types !== 'all' && types.includes(ALARM) && settings.type !== 'alertmanager'
      ? [`types: ${ALARM} is for Alertmanager only; others are told of orders.`]
      : []),
    ...(noTypes.length > 0 ? [`types: there is no ${noTypes.join(', ')}; there are ${knownTypes.join(', ')}.`] : []),
  ]
}

const ADDRESS = /^[^\s@<>,;]+@[^\s@<>,;]+$/
const NUMBER = /^\+?\d[\d -]{2,20}$/

function settingsProblems(settings: ChannelSettings): string[] {
  const unless = (holds: boolean, words: string) => (holds ? [] : [words])
  switch (settings.type) {
    case 'mail': {
      const { host, from, to, user, password } = settings
      // A name before the address, as in "Lamps <lamps@city.example>".
      const sender = /^[^\r\n<>]*<([^<>]*)>$/.exec(from)?.[1] ?? from
      return [
        ...unless(/^[a-z0-9.:-]+$/i.test(host), 'host: give the name of the mail server, such as smtp.example.'),
        ...unless(ADDRESS.test(sender), 'from: give a mail address.'),
        ...unless(to.length > 0, 'to: give at least one mail address.'),
        ...to.filter((one) => !ADDRESS.test(one)).map((one) => `to: ${JSON.stringify(one)} is no mail address.`),
        ...unless((user === '') === (password === ''), 'user and password go together.'),
      ]
    }
    case 'webhook':
      return [
        ...urlProblems(settings.url),
        ...unless(isStrong(settings.secret), 'secret: give whsec_ with base64 of 24 bytes or more, or at least 16 characters.'),
      ]
    case 'alertmanager':
      return [
        ...urlProblems(settings.url),
        ...unless((settings.user === '') === (settings.password === ''), 'user and password go together.'),
      ]
    case 'sms': {
      const { url, header, contentType, numbers, body, method } = settings
      const place = method === 'GET' ? url : url + body
      return [
        ...urlProblems(url.replace(/\{\{\w+\}\}/g, 'x')),
        ...unless(header === '' || /^[\w-]+:\s*[\x20-\x7e]+$/.test(header), 'header: give a name, a colon and a value.'),
        ...unless(/^[\w.+-]+\/[\w.+-]+(;[\x20-\x7e]*)?$/.test(contentType), 'contentType: give one such as application/json.'),
        ...unless(place.includes('{{number}}') && place.includes('{{text}}'), 'url, body: {{number}} and {{text}} must stand in them.'),
        ...unless(numbers.length > 0, 'numbers: give at least one.'),
        ...numbers.filter((one) => !NUMBER.test(one)).map((one) => `numbers: ${JSON.stringify(one)} is no telephone number.`),
      ]
    }
    case 'mqtt': {
      const rest = settings.topic.startsWith(NOTICE_TOPICS) ? settings.topic.slice(NOTICE_TOPICS.length) : ''
      return unless(
        /^[^+#\s\p{Cc}]+$/u.test(rest) && !/\/\/|\/$/.test(rest),
        `topic: give one that begins with ${NOTICE_TOPICS}, without +, # and blanks.`,
      )
    }
    default:
      return urlProblems(settings.url)
  }
}

function urlProblems(url: string): string[] {
  const to = URL.canParse(url) ? new URL(url) : null
  if (!to || !/^https?:$/.test(to.protocol)) return ['url: give an address such as https://robot.example/hook.']
  return to.username || to.password ? ['url: give it without user name and password.'] : []
}

/** Of a secret that signs: as many bits as Standard Webhooks ask for, or a sentence. */
const isStrong = (secret: string): boolean =>
  secret.startsWith('whsec_') ? Buffer.from(secret.slice(6), 'base64').length >= 24 : secret.length >= 16
