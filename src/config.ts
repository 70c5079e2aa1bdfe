import { existsSync, readFileSync } from 'node:fs'
import { BlockList, isIP } from 'node:net'
import { LamplighterError } from './errors.ts'

interface Setting<T> {
  value: T
  help: string
  parse: (text: string) => T
}

function setting<T>(value: T, help: string, parse: (text: string) => T): Setting<T> {
  return { value, help, parse }
}

const string = (value: string, help: string) => setting<string>(value, help, (text) => text)
const integer = (value: number, help: string, min: number, max: number) =>
  setting(value, `${help} (${min} to ${max})`, (text) => {
    const number = Number(text)
    if (!Number.isInteger(number) || number < min || number > max) throw new Error(`must be a whole number from ${min} to ${max}`)
    return number
  })
const boolean = (value: boolean, help: string) =>
  setting(value, help, (text) => {
    if (text !== 'true' && text !== 'false') throw new Error('must be true or false')
    return text === 'true'
  })
const choice = <const T extends string>(value: T, help: string, choices: readonly T[]) =>
  setting<T>(value, `${help}: ${choices.join(', ')}`, (text) => {
    const found = choices.find((c) => c === text)
    if (found === undefined) throw new Error(`must be one of ${choices.join(', ')}`)
    return found
  })

/** West, south, east and north in degrees; kept as text. */
const box = (help: string) =>
  setting('', help, (text) => {
    if (text === '') return text
    const sides = text.split(',').map((side) => (side.trim() === '' ? Number.NaN : Number(side)))
    const [west, south, east, north] = sides as [number, number, number, number]
    const isBox = sides.length === 4 && west >= -180 && west < east && east <= 180 && south >= -90 && south < north && north <= 90
    if (!isBox) throw new Error('must be west,south,east,north in degrees, such as 114.2,37.9,114.8,38.2')
    return sides.join(',')
  })

/** An id as facilities have it, or none. */
const facilityId = (value: string, help: string) =>
  setting(value, help, (text) => {
    if (!/^[A-Za-z0-9._-]{0,64}$/.test(text)) throw new Error('must have at most 64 letters, digits, dots, dashes or underscores')
    return text
  })

/** One level of an MQTT topic, or none. */
const hostId = (value: string, help: string) =>
  setting(value, help, (text) => {
    if (/[+#/\0]/.test(text) || text.length > 64) throw new Error('must have at most 64 characters, and no /, + or #')
    return text
  })

/** Days of single kinds, such as { 'street-light': 90 }; kept as text. Throws when it is none. */
export function daysOfKinds(text: string): Record<string, number> {
  const entries = text === '' ? [] : text.split(',').map((part) => part.trim().split(':') as [string, string?])
  const days = entries.map(([kind, given = '']): [string, number] => [kind.trim(), given.trim() === '' ? Number.NaN : Number(given)])
  const isSound = days.every(([kind, number]) => kind !== '' && Number.isInteger(number) && number >= 1 && number <= MOST_DAYS)
  if (!isSound || entries.some(({ length }) => length > 2) || new Set(days.map(([kind]) => kind)).size < days.length)
    throw new Error(`must be kinds with whole days (1 to ${MOST_DAYS}), each once, such as street-light:90,pump-station:400`)
  return Object.fromEntries(days)
}
const MOST_DAYS = 36_500
const kindDays = (help: string) =>
  setting('', help, (text) => {
    daysOfKinds(text)
    return text
  })

/** Parts between commas, without blanks around them. */
export const listOf = (text: string): string[] => (text === '' ? [] : text.split(',').map((part) => part.trim()))

/** Addresses and networks, such as 10.0.0.7,fd00::/8. Throws when it is none. */
export function addressesOf(text: string): BlockList {
  const addresses = new BlockList()
  for (const part of listOf(text)) {
    const [address = '', bits, ...rest] = part.split('/')
    const longest = { 0: 0, 4: 32, 6: 128 }[isIP(address)] ?? 0
    const length = bits === undefined ? longest : /^\d{1,3}$/.test(bits) ? Number(bits) : Number.NaN
    if (longest === 0 || rest.length > 0 || !(length <= longest))
      throw new Error('must be addresses or networks, such as 10.0.0.7,fd00::/8')
    addresses.addSubnet(address, length, longest === 32 ? 'ipv4' : 'ipv6')
  }
  return addresses
}
const addresses = (help: string) =>
  setting('', help, (text) => {
    addressesOf(text)
    return text
  })

/** Origins of web pages, such as https://maps.example; kept as text. */
const origins = (help: string) =>
  setting('', help, (text) => {
    if (!listOf(text).every((origin) => URL.canParse(origin) && new URL(origin).origin === origin))
      throw new Error('must be origins such as https://maps.example, without a path')
    return text
  })

/** A file, or a web address. */
const fileOrAddress = (help: string) =>
  setting('', help, (text) => {
    if (/^https?:/.test(text) && !/^https?:\/\/[^/]+\/./.test(URL.canParse(text) ? text : ''))
      throw new Error('must be a file or a whole web address, such as https://tiles.example/city.pmtiles')
    return text
  })

/** Address of map tiles by zoom, column and row. */
const tileTemplate = (help: string) =>
  setting('', help, (text) => {
    if (text === '') return text
    const lacking = ['z|TileMatrix', 'x|TileCol', '-?y|TileRow'].filter((axis) => !new RegExp(`\\{(${axis})\\}`, 'i').test(text))
    // Which hosts browsers may ask must be known at the start.
    const address = text.replace('{s}', 's').replace(/\{.*/s, '')
    if (!/^https?:\/\/[^/]+\//.test(address) || !URL.canParse(address) || lacking.length > 0)
      throw new Error('must be a web address with {z}, {x} and {y}, such as https://tiles.example/{z}/{x}/{y}.png')
    return text
  })

/** The address of a web page, without a slash at its end. */
const address = (help: string) =>
  setting('', help, (text) => {
    if (text === '') return text
    if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) throw new Error('must be an address such as https://lamp.example')
    return text.replace(/\/+$/, '')
  })

/** Whom others may write to, as VAPID tokens want it (RFC 8292). */
const contact = (usual: string, help: string) =>
  setting(usual, help, (text) => {
    const isMail = /^mailto:[^@\s]+@[^@\s]+$/.test(text)
    if (!isMail && !(URL.canParse(text) && new URL(text).protocol === 'https:'))
      throw new Error('must be an address such as mailto:night@lamp.example or https://lamp.example')
    return text
  })

/** As people dial it, or none. */
const telephone = (help: string) =>
  setting('', help, (text) => {
    if (text !== '' && !/^\+?[0-9][0-9 ()-]{1,28}[0-9]$/.test(text)) throw new Error('must be a telephone number such as +86 311 12345')
    return text
  })

const someOf = <const T extends string>(help: string, choices: readonly T[]) =>
  setting('', `${help}: some of ${choices.join(', ')}`, (text) => {
    if (!listOf(text).every((part) => choices.some((c) => c === part))) throw new Error(`must be some of ${choices.join(', ')}`)
    return text
  })

/** Where the city is when nobody says otherwise. */
export const DEFAULT_TIME_ZONE = 'Asia/Shanghai'

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}

/** Throws where there is no such time zone. */
export function timeZoneName(name: string): string {
  if (!isTimeZone(name)) throw new Error('must be a time zone such as Asia/Shanghai')
  return name
}

const timeZone = (value: string, help: string) => setting(value, help, timeZoneName)

/** Every setting with its default. Each can stand in the configuration file, in the environment, or on the command line (--http-port). */
const settings = {
  DATA_FOLDER: string('data', 'folder of the journal and the embedded databases'),
  PLANT_FILE: string('', 'JSON file {"facilities": [...]} registered at every start'),
  SERVER_ID: facilityId('lamplighter', 'id of the facility as which the service reports itself; it does not when empty'),
  CITY_BOX: box('where facilities of the city can be, as west,south,east,north in degrees; imports refuse others'),
  MAP_ROADS_FILE: string('', 'GeoJSON file of the roads of the city, for the map; shown until somebody sends others to the server'),
  MAP_ROADS_DATUM: choice('wgs84', 'what its degrees are', ['wgs84', 'gcj02']),
  MAP_TILES_URL: tileTemplate('address of map tiles (XYZ or WMTS), such as https://tiles.example/{z}/{x}/{y}.png; none when empty'),
  MAP_TILES_SUBDOMAINS: string('', 'what {s} stands for in that address, such as a,b,c'),
  MAP_TILES_ATTRIBUTION: string('', 'words about whose map it is, shown with it'),
  MAP_TILES_MIN_ZOOM: integer(0, 'zoom from which there are tiles', 0, 22),
  MAP_TILES_MAX_ZOOM: integer(18, 'zoom up to which there are tiles; beyond, the last are enlarged', 0, 22),
  MAP_TILES_DATUM: choice('wgs84', 'what they are drawn for: gcj02 for most map services made for China', ['wgs84', 'gcj02']),
  MAP_PMTILES: fileOrAddress('file or web address of a PMTiles archive, in place of MAP_TILES_URL'),
  TIME_ZONE: timeZone(DEFAULT_TIME_ZONE, 'local time of the city, for rules that are judged at certain hours'),
  HTTP_HOST: string('127.0.0.1', 'address of the console and the API'),
  HTTP_PORT: integer(8080, 'port of the console and the API; 0 = any free one', 0, 65535),
  HTTP_TLS: boolean(false, 'whether the console and the API are served over HTTPS'),
  HTTP_ALLOW_PLAIN: boolean(
    false,
    'lets people come from other machines without TLS: passwords and sessions can then be read and taken over on the way',
  ),
  HTTP_PROXIES: addresses('addresses and networks of reverse proxies, whose X-Forwarded-For is believed; nobody else is'),
  HTTP_ORIGINS: origins('more origins by which people reach the console, such as https://lamp.example; for a proxy that changes Host'),
  PUBLIC_URL: address('how people reach the console, for links in messages, such as https://lamp.example; messages have none when empty'),
  REPORT_PHONE: telephone(
    'telephone number for reports of citizens, shown on their page and printed with the codes of poles; none when empty',
  ),
  NOTIFY_ALLOWED_ADDRESSES: addresses(
    'addresses and networks inside the house to which messages may go; else none inside it but mail servers on their ports',
  ),
  NOTIFY_CA_FILE: string(
    '',
    'PEM file of authorities that may sign certificates of mail servers, webhooks and push services, besides the usual ones',
  ),
  PUSH_CONTACT: contact(
    'mailto:nobody@lamplighter.invalid',
    'whom the push services of browsers may write to, as mailto: or https: address',
  ),
  HTTP_SECURE_COOKIES: boolean(false, 'true behind HTTPS of a proxy: the session cookie is then Secure and __Host- bound'),
  TLS_CERT_FILE: string('', 'PEM file of the certificate for HTTPS and MQTT, read again when it changes; an own one is made when empty'),
  TLS_KEY_FILE: string('', 'PEM file of the private key of that certificate'),
  TLS_NAMES: string('', 'more host names and addresses of this machine, for the certificate that is made'),
  ADMIN_PASSWORD: string('', 'password of the first account, admin, at the first start; made up and printed once when empty'),
  SECOND_FACTOR_REQUIRED: boolean(true, 'whether dispatchers, engineers and administrators must set up a second factor'),
  SECOND_FACTOR_GRACE_DAYS: integer(7, 'how long after they are first told they may do without', 0, 365),
  MQTT_HOST: string('127.0.0.1', 'address of the embedded MQTT broker'),
  MQTT_PORT: integer(1883, 'port of the embedded MQTT broker; 0 = any free one', 0, 65535),
  MQTT_ACCESS: choice(
    'auto',
    'who may connect to the broker: devices (each with its own credentials), open (anybody, on loopback only), auto (open on loopback without a proxy or WebSocket when neither MQTT_USERNAME nor certificates are required, else devices)',
    ['auto', 'devices', 'open'],
  ),
  MQTT_USERNAME: string('', 'user name that programs may share which are trusted with every facility; none when empty'),
  MQTT_PASSWORD: string('', 'password of that user name'),
  MQTT_ALLOW_PLAIN: boolean(
    false,
    'lets devices come from other machines without TLS: what they say can then be read and changed on the way',
  ),
  MQTT_TLS: boolean(false, 'whether the broker listens with TLS too'),
  MQTT_TLS_HOST: string('0.0.0.0', 'address of MQTT with TLS'),
  MQTT_TLS_PORT: integer(8883, 'port of MQTT with TLS; 0 = any free one', 0, 65535),
  MQTT_CLIENT_CERTIFICATES: choice('off', 'whether devices show a certificate with TLS', ['off', 'optional', 'required']),
  MQTT_CLIENT_CA_FILE: string('', 'PEM file of the authorities that sign certificates of devices'),
  MQTT_CLIENT_CRL_FILE: string('', 'PEM file of the lists of revoked certificates of devices, one of each authority; none when empty'),
  MQTT_WEBSOCKET: choice('off', 'whether the broker listens for WebSocket too, plain or with TLS', ['off', 'ws', 'wss']),
  MQTT_WEBSOCKET_HOST: string('127.0.0.1', 'address of MQTT over WebSocket'),
  MQTT_WEBSOCKET_PORT: integer(8083, 'port of MQTT over WebSocket, at the path /mqtt; 0 = any free one', 0, 65535),
  MQTT_WEBSOCKET_ORIGINS: origins('origins whose web pages may connect, such as https://maps.example; none when empty'),
  MQTT_PROXIED: someOf('listeners behind a proxy that speaks the PROXY protocol', ['plain', 'tls', 'websocket']),
  MQTT_PROXIES: addresses('addresses and networks of those proxies; nobody else may connect there'),
  MQTT_MAX_CONNECTIONS: integer(20_000, 'MQTT connections at once', 1, 1_000_000),
  MQTT_MAX_CONNECTIONS_PER_ADDRESS: integer(1_000, 'the same from one address', 1, 1_000_000),
  MQTT_CONNECTS_PER_MINUTE: integer(60, 'new MQTT connections from one address', 1, 1_000_000),
  MQTT_TRUSTED_ADDRESSES: addresses('addresses and networks behind which there are many devices; those two limits do not hold for them'),
  MQTT_DEVICE_RATE: integer(10, 'messages a second of one device; beyond, it is read slower', 1, 100_000),
  MQTT_DEVICE_BURST: integer(50, 'messages it may send at once', 1, 1_000_000),
  MQTT_GATEWAY_RATE: integer(500, 'messages a second of one gateway', 1, 100_000),
  MQTT_GATEWAY_BURST: integer(2_000, 'messages it may send at once', 1, 1_000_000),
  MQTT_SESSION_DAYS: integer(7, 'how long the session of an MQTT client that is away is kept', 1, MOST_DAYS),
  MQTT_MAX_PAYLOAD: integer(65_536, 'longest MQTT payload taken, bytes', 128, 16_777_216),
  SPARKPLUG_HOST_ID: hostId(
    'lamplighter',
    'id as which the service tells Sparkplug nodes that it is there; it tells them nothing when empty',
  ),
  SPARKPLUG_REORDER_MS: integer(2000, 'longest time a Sparkplug message may come after those that follow it', 0, 60_000),
  MQTT_READ_ALONG: choice('off', 'what clients of the embedded broker may read along under lamplighter/', [
    'off',
    'state',
    'home-assistant',
  ]),
  MQTT_READ_ALONG_QUERY: string('', 'of which facilities, as in the list of facilities; of all when empty'),
  MAX_CLOCK_AHEAD_SECONDS: integer(300, 'how far a device clock may be ahead', 0, 86_400),
  COMMAND_ANSWER_SECONDS: integer(30, 'how long a device may take to confirm a command; in that time it is sent up to three times', 3, 600),
  MAX_AGE_DAYS: integer(400, 'oldest device time taken', 1, 20_000),
  JOURNAL_COMMIT_MS: integer(5, 'longest time a message waits for others before it is written to disk', 0, 20),
  JOURNAL_MAX_MB: integer(2048, 'size at which the journal gives up its oldest messages', 8, 1_048_576),
  JOURNAL_MAX_HOURS: integer(72, 'age at which the journal gives up messages no store has taken', 1, 8760),
  JOURNAL_KEEP_HOURS: integer(24, 'how long the journal keeps what is stored, for back-tests, in at most half of its size', 0, 8760),
  SET_ASIDE_MAX_BATCHES: integer(1000, 'batches of refused readings that are kept; past it the oldest are given up', 1, 100_000),
  SET_ASIDE_MAX_MB: integer(256, 'size of all batches of refused readings at which the oldest are given up', 1, 1_048_576),
  BACKUP_FOLDER: string('', 'folder in which a backup is made each day; none when empty'),
  BACKUP_HOUR: integer(3, 'local hour of the daily backup', 0, 23),
  BACKUP_KEEP: integer(14, 'newest backups that are kept', 1, 10_000),
  TELEMETRY_STORE: choice('embedded', 'where time series are kept', ['embedded', 'influxdb1', 'influxdb2', 'influxdb3']),
  TELEMETRY_RETENTION_DAYS: integer(400, 'how long every single reading is kept', 1, MOST_DAYS),
  TELEMETRY_RETENTION: kindDays('the same of single kinds in the embedded store, as street-light:90,pump-station:400'),
  TELEMETRY_MINUTES_DAYS: integer(400, 'how long the embedded store keeps minutes where it keeps single readings no more', 1, MOST_DAYS),
  TELEMETRY_HOURS_DAYS: integer(
    3660,
    'how long hours are kept; calendar days, which the embedded store has, are kept for ever',
    1,
    MOST_DAYS,
  ),
  INFLUXDB_URL: string('http://127.0.0.1:8086', 'address of InfluxDB'),
  INFLUXDB_CA_FILE: string('', 'PEM file of the authorities that may sign the certificate of InfluxDB; the usual ones when empty'),
  INFLUXDB_DATABASE: string('lamplighter', 'InfluxDB 1.x or 3 database, made when missing'),
  INFLUXDB_USERNAME: string('', 'InfluxDB 1.x user'),
  INFLUXDB_PASSWORD: string('', 'InfluxDB 1.x password'),
  INFLUXDB_PASSWORD_FILE: string('', 'file with the InfluxDB 1.x password, read again when it is refused'),
  INFLUXDB_ORG: string('', 'InfluxDB 2.x organisation'),
  INFLUXDB_BUCKET: string('lamplighter', 'InfluxDB 2.x bucket, made when missing'),
  INFLUXDB_TOKEN: string('', 'InfluxDB 2.x or 3 token'),
  INFLUXDB_TOKEN_FILE: string('', 'file with the InfluxDB 2.x or 3 token, read again when it is refused'),
  LOG_LEVEL: choice('info', 'how much is logged', ['debug', 'info', 'warn', 'error', 'silent']),
} satisfies Record<string, Setting<string | number | boolean>>

type Settings = typeof settings
export type Config = { readonly [K in keyof Settings]: Settings[K]['value'] }

const names = Object.keys(settings) as (keyof Settings)[]
const flagOf = (name: string) => `--${name.toLowerCase().replaceAll('_', '-')}`

export function configHelp(): string {
  const rows = names.map(
    (name) => `  ${name.padEnd(26)} ${settings[name].help} [${settings[name].value === '' ? 'empty' : settings[name].value}]`,
  )
  return [
    'Usage: npm start -- [--config FILE] [--http-port 8080 ...]',
    '',
    'Settings, highest precedence first: command line (--http-port 8080), environment (HTTP_PORT=8080),',
    'configuration file (JSON, {"HTTP_PORT": 8080}; --config FILE or CONFIG_FILE).',
    '',
    ...rows,
  ].join('\n')
}

/** A setting in force and where it comes from: `default`, `environment`, `command line`, or the path of the configuration file. */
export interface SettingInForce {
  name: string
  /** Null where it is a secret that is set. */
  value: string | null
  from: string
  isDefault: boolean
}

export interface ReadSettings {
  config: Config
  inForce: readonly SettingInForce[]
}

/** Reads the configuration as `readSettings` does. */
export const readConfig = (args: readonly string[], environment: Readonly<Record<string, string | undefined>>): Config =>
  readSettings(args, environment).config

/**
 * Reads the configuration from the command line, the environment and the file they name.
 * All problems are reported at once in one `config-invalid` error, a line each.
 */
export function readSettings(args: readonly string[], environment: Readonly<Record<string, string | undefined>>): ReadSettings {
  const problems: string[] = []
  const given = new Map<string, { text: string; from: string }>()
  const flags = readFlags(args, problems)
  const file = flags.get('CONFIG') ?? environment.CONFIG_FILE
  flags.delete('CONFIG')
  if (file) readFile(file, given, problems)
  for (const [name, text] of Object.entries(environment)) {
    if (text === undefined) continue
    if (name in settings) given.set(name, { text, from: 'environment' })
    else if (name !== 'CONFIG_FILE') reportTypo(name, problems)
  }
  for (const [name, text] of flags) given.set(name, { text, from: 'command line' })
  const config = Object.fromEntries(names.map((name) => [name, parse(name, given.get(name), problems)])) as Config
  if (problems.length === 0) checkTogether(config, problems)
  if (problems.length > 0) {
    const count = problems.length === 1 ? 'One problem' : `${problems.length} problems`
    throw new LamplighterError('config-invalid', `${count} in the configuration:\n${problems.map((p) => `  - ${p}`).join('\n')}`)
  }
  const inForce = names.map((name) => {
    const from = given.get(name)?.from ?? 'default'
    return { name, value: shownValue(name, config[name]), from, isDefault: config[name] === settings[name].value }
  })
  return { config, inForce }
}

/** Files with secrets are no secrets themselves. */
const isSecret = (name: string): boolean => /PASSWORD|TOKEN/.test(name) && !name.endsWith('_FILE')

/** What may be shown of a setting; null for a secret that is set. */
function shownValue(name: string, value: string | number | boolean): string | null {
  const text = String(value)
  if (isSecret(name)) return text === '' ? '' : null
  if (!URL.canParse(text)) return text
  // An address may carry a name and a password.
  const { username, password } = new URL(text)
  return username === '' && password === '' ? text : text.replace(/\/\/[^/?#]*@/, '//')
}

function readFlags(args: readonly string[], problems: string[]): Map<string, string> {
  const flags = new Map<string, string>()
  for (let i = 0; i < args.length; i++) {
    const [flag, inline] = (args[i] as string).split(/=(.*)/s)
    const name = flag?.startsWith('--') ? flag.slice(2).toUpperCase().replaceAll('-', '_') : ''
    if (name !== 'CONFIG' && !(name in settings)) {
      const hint = closest(name)
      problems.push(`command line: unknown option ${args[i]}${hint ? `; did you mean ${flagOf(hint)}?` : '; see --help'}`)
      continue
    }
    const value = inline ?? args[++i]
    if (value === undefined) problems.push(`command line: ${flag} needs a value`)
    else flags.set(name, value)
  }
  return flags
}

function readFile(file: string, given: Map<string, { text: string; from: string }>, problems: string[]): void {
  if (!existsSync(file)) {
    problems.push(`configuration file ${file} does not exist`)
    return
  }
  let content: unknown
  try {
    content = JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    problems.push(`configuration file ${file} is not valid JSON: ${error instanceof Error ? error.message : error}`)
    return
  }
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    problems.push(`configuration file ${file} is not an object of settings`)
    return
  }
  for (const [name, value] of Object.entries(content)) {
    if (name in settings) given.set(name, { text: String(value), from: file })
    else problems.push(`${file}: unknown setting ${name}${closest(name) ? `; did you mean ${closest(name)}?` : '; see --help'}`)
  }
}

function parse(name: keyof Settings, given: { text: string; from: string } | undefined, problems: string[]) {
  const { value, parse: read } = settings[name]
  if (!given) return value
  try {
    return read(given.text)
  } catch (error) {
    const shown = isSecret(name) ? 'the value given' : JSON.stringify(given.text)
    problems.push(`${given.from}: ${name} ${error instanceof Error ? error.message : error}, not ${shown}`)
    return value
  }
}

/** The environment holds many names of other programs (SERVER_IP, HTTPS_PORT, BACKUP_HOST); only one that is ours but for slips is a mistake. */
function reportTypo(name: string, problems: string[]): void {
  const words = name.split('_')
  const near = names.find((known) => {
    const own = known.split('_')
    return own.length === words.length && own.every((word, i) => isSlip(words[i] as string, word))
  })
  if (near) problems.push(`environment: unknown setting ${name}; did you mean ${near}?`)
}

/** Another letter makes another word of a short one, so that only swapped letters are a slip there. */
const isSlip = (given: string, word: string): boolean =>
  given === word || isSwapped(given, word) || (word.length >= 5 && distance(given, word) === 1)

/** Whether two neighbouring letters have changed places. */
function isSwapped(given: string, word: string): boolean {
  const i = [...word].findIndex((letter, at) => letter !== given[at])
  return i >= 0 && given === `${word.slice(0, i)}${word.charAt(i + 1)}${word.charAt(i)}${word.slice(i + 2)}`
}

/** Whether the embedded broker lets in who shows neither credentials nor a certificate. */
export const isOpen = (config: Config): boolean =>
  config.MQTT_ACCESS === 'open' ||
  (config.MQTT_ACCESS === 'auto' && config.MQTT_USERNAME === '' && config.MQTT_CLIENT_CERTIFICATES !== 'required' && !isFronted(config))

/** Whether others may reach the broker by a listener on this machine: what a proxy brings, which WebSocket is made for, comes from anywhere. */
const isFronted = ({ MQTT_PROXIED, MQTT_WEBSOCKET }: Config): boolean => MQTT_PROXIED !== '' || MQTT_WEBSOCKET !== 'off'

function checkTogether(config: Config, problems: string[]): void {
  checkListeners(config, problems)
  checkMap(config, problems)
  if ((config.MQTT_USERNAME === '') !== (config.MQTT_PASSWORD === '')) problems.push('MQTT_USERNAME and MQTT_PASSWORD go together')
  if (config.TELEMETRY_STORE === 'influxdb2') {
    if (config.INFLUXDB_ORG === '') problems.push('TELEMETRY_STORE influxdb2 needs INFLUXDB_ORG')
    if (config.INFLUXDB_TOKEN === '' && config.INFLUXDB_TOKEN_FILE === '')
      problems.push('TELEMETRY_STORE influxdb2 needs INFLUXDB_TOKEN or INFLUXDB_TOKEN_FILE')
  }
  if (config.TELEMETRY_STORE !== 'influxdb3') {
    const ofKinds = [...Object.values(daysOfKinds(config.TELEMETRY_RETENTION)), config.TELEMETRY_MINUTES_DAYS]
    const longest = Math.max(config.TELEMETRY_RETENTION_DAYS, ...(config.TELEMETRY_STORE === 'embedded' ? ofKinds : []))
    if (config.TELEMETRY_HOURS_DAYS < longest)
      problems.push(`TELEMETRY_HOURS_DAYS must be at least ${longest}, as long as single readings and minutes are kept`)
  }
  if (config.ADMIN_PASSWORD !== '' && config.ADMIN_PASSWORD.length < 12) problems.push('ADMIN_PASSWORD must have at least 12 characters')
  if (!/^https?:/.test(config.INFLUXDB_URL) || !URL.canParse(config.INFLUXDB_URL))
    problems.push('INFLUXDB_URL is not a URL that begins with http: or https:')
}

function checkMap(config: Config, problems: string[]): void {
  const { MAP_TILES_URL: url, MAP_PMTILES: archive, MAP_TILES_SUBDOMAINS: subdomains } = config
  if (url !== '' && archive !== '') problems.push('MAP_TILES_URL and MAP_PMTILES exclude each other')
  if (url !== '' && config.MAP_TILES_ATTRIBUTION === '') problems.push('MAP_TILES_URL needs MAP_TILES_ATTRIBUTION, as its makers demand')
  if (url.includes('{s}') !== (subdomains !== '')) problems.push('MAP_TILES_SUBDOMAINS goes together with {s} in MAP_TILES_URL')
  if (!listOf(subdomains).every((part) => /^[A-Za-z0-9-]{1,32}$/.test(part)))
    problems.push('MAP_TILES_SUBDOMAINS must be parts of host names, such as a,b,c')
  if (config.MAP_TILES_MIN_ZOOM > config.MAP_TILES_MAX_ZOOM) problems.push('MAP_TILES_MIN_ZOOM must not be above MAP_TILES_MAX_ZOOM')
}

const isLoopback = (host: string) => ['127.0.0.1', '::1', 'localhost'].includes(host)

function checkListeners(config: Config, problems: string[]): void {
  if (!isLoopback(config.HTTP_HOST) && !config.HTTP_TLS && !config.HTTP_ALLOW_PLAIN)
    problems.push(
      `HTTP_HOST ${config.HTTP_HOST} is reachable from outside without TLS: use HTTP_TLS, listen on 127.0.0.1, or set HTTP_ALLOW_PLAIN`,
    )
  if (config.MQTT_PROXIED !== '' && isOpen(config))
    problems.push(
      `MQTT_PROXIED ${config.MQTT_PROXIED} is reachable from outside, through the proxy: MQTT_ACCESS open would let anybody in; use devices, or auto`,
    )
  const { MQTT_TLS, MQTT_WEBSOCKET, MQTT_CLIENT_CERTIFICATES: certificates } = config
  const listeners = [
    { setting: 'MQTT_HOST', host: config.MQTT_HOST, isOn: true, isSecured: false },
    { setting: 'MQTT_TLS_HOST', host: config.MQTT_TLS_HOST, isOn: MQTT_TLS, isSecured: true },
    {
      setting: 'MQTT_WEBSOCKET_HOST',
      host: config.MQTT_WEBSOCKET_HOST,
      isOn: MQTT_WEBSOCKET !== 'off',
      isSecured: MQTT_WEBSOCKET === 'wss',
    },
  ].filter(({ isOn, host }) => isOn && !isLoopback(host))
  for (const { setting, host, isSecured } of listeners) {
    if (!isSecured && !config.MQTT_ALLOW_PLAIN)
      problems.push(`${setting} ${host} is reachable from outside without TLS: use MQTT_TLS, listen on 127.0.0.1, or set MQTT_ALLOW_PLAIN`)
    if (isOpen(config))
      problems.push(
        `${setting} ${host} is reachable from outside: set MQTT_ACCESS devices, so that each device needs credentials of its own, or MQTT_USERNAME and MQTT_PASSWORD, or listen on 127.0.0.1`,
      )
  }
  if (certificates !== 'off') {
    if (config.MQTT_CLIENT_CA_FILE === '') problems.push(`MQTT_CLIENT_CERTIFICATES ${certificates} needs MQTT_CLIENT_CA_FILE`)
    if (!MQTT_TLS && MQTT_WEBSOCKET !== 'wss')
      problems.push(`MQTT_CLIENT_CERTIFICATES ${certificates} needs MQTT_TLS or MQTT_WEBSOCKET wss`)
  }
  if ((config.TLS_CERT_FILE === '') !== (config.TLS_KEY_FILE === '')) problems.push('TLS_CERT_FILE and TLS_KEY_FILE go together')
  if ((config.MQTT_PROXIED === '') !== (config.MQTT_PROXIES === '')) problems.push('MQTT_PROXIED and MQTT_PROXIES go together')
}

function closest(name: string): keyof Settings | undefined {
  return names.find((known) => name.length > 5 && distance(name, known) <= 2)
}

/** Levenshtein distance. */
function distance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 2) return 3
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const swap = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(swap, (row[j] as number) + 1, (next[j - 1] as number) + 1))
    }
    row = next
  }
  return row[b.length] as number
}
