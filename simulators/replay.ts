import { readFileSync, statSync } from 'node:fs'
import { basename } from 'node:path'
import { facilityKinds } from '../src/facilities/index.ts'
import {
  duration,
  failWith,
  flag,
  list,
  moment,
  mqttUrl,
  number,
  oneOf,
  pairs,
  readCommandLine,
  speed,
  text,
  type Values,
  value,
} from './arguments.ts'
import { MqttLink } from './mqtt-link.ts'
import { firstEventTime, play, reportMessages, type TimedMessage, type TimesMode } from './player.ts'
import { measureRawRecording, rawMessages, readRawRecording } from './raw-recording.ts'
import { type ColumnMapping, type Recording, readRecording, zipTables } from './recording.ts'
import { parseEdit, parseFileMapping, parseMappings, parseRanges, timeFormats, timeReader } from './recording-arguments.ts'
import { registerFacilities } from './registration.ts'
import { parseTable, type Table } from './table.ts'

const timesMode = (given: string): TimesMode => (given === 'keep' || given === 'now' ? given : moment(given))
const httpUrl = (given: string) => {
  if (!/^https?:$/.test(URL.canParse(given) ? new URL(given).protocol : '')) throw new Error('must be like http://127.0.0.1:8080')
  return given
}
const ratedValues = (given: string) => Object.fromEntries([...pairs(given)].map(([key, text]) => [key, number(-1e12, 1e12)(text)]))

const command = {
  usage: 'npm run replay -- FILE [options]',
  about: `Plays a recording onto MQTT: a table (delimited by ; , tab or blanks, or a single column) as one facility,
or JSON lines as "npm run record" writes them (several files are played one after the other).
Rows are counted from 0, without the header. The speed changes when messages are sent, never what they say.`,
  positionals: [1, 10_000] as const,
  options: {
    as: value('KIND', 'facility kind the table is played as', undefined, oneOf(facilityKinds.map(({ key }) => key))),
    facility: value('ID', 'facility the table is played as', undefined, text),
    map: list('COLUMN=POINT,...', 'columns (by name, or number from 1); POINT:scale=3.6:offset=1 changes the unit', parseMappings),
    with: list('FILE=POINT', 'a further file of one column, row by row beside the first', parseFileMapping),
    time: value('COLUMN', 'column of the time', undefined, text),
    'time-format': value('FORMAT', timeFormats.join(', '), 'local', oneOf(timeFormats)),
    'utc-offset': value('HOURS', 'hours east of Greenwich of local times', 8, number(-14, 14)),
    period: value('TIME', 'time between rows, like 60s, when there is no time column', undefined, duration),
    times: value('HOW', 'event times: keep, now (the last row falls on the moment it is sent), or an ISO 8601 start', 'now', timesMode),
    rows: value('RANGES', 'row ranges in the order to play: 1440-8640,0-1440 (ends not included)', undefined, parseRanges),
    'send-empty': flag('send rows without any value as empty reports: the device was there, its meter was not'),
    edit: list('SPEC', 'POINT:900..1099:add=-600 (both included); also scale=n, set=n, copy=first row, drop', parseEdit),
    speed: value('xN', 'x1 to x1000 and more', 1, speed),
    url: value('URL', 'MQTT broker', 'mqtt://127.0.0.1:1883', mqttUrl),
    'mqtt-username': value('NAME', 'MQTT user', undefined, text),
    'mqtt-password': value('TEXT', 'MQTT password', undefined, text),
    register: flag('register the facility first (needs --api), or print the registration without it'),
    rated: value('NAME=N,...', 'rated values to register', undefined, ratedValues),
    name: value('TEXT', 'name to register', undefined, text),
    api: value('URL', 'HTTP API, like http://127.0.0.1:8080', undefined, httpUrl),
    user: value('NAME', 'user of the API', 'admin', text),
    password: value('TEXT', 'password of the API', undefined, text),
  },
  examples: [
    'npm run replay -- run.csv --as pump-station --facility PS-01 --time datetime --map "Current=current-a,Volume Flow RateRMS=flow"',
    'npm run replay -- power.txt --as light-cabinet --facility LC-001 --map 1=power --with volts.txt=voltage-a --period 60s --speed x600',
    'npm run replay -- recorded.jsonl --speed x100',
  ],
}

type Options = Values<(typeof command)['options']>
const LARGEST_TABLE = 256 * 1024 * 1024
const CONNECT_WITHIN = 10_000
const PROGRESS_EVERY = 5000

function readTable(file: string): Table {
  if (statSync(file).size > LARGEST_TABLE) throw new Error(`is larger than ${LARGEST_TABLE / 1024 / 1024} MB; cut it into parts`)
  return parseTable(readFileSync(file, 'utf8'))
}

function isRaw(file: string): boolean {
  return /\.(jsonl|ndjson)$/.test(file)
}

/** All that the options of a table lack or contradict. */
function check(options: Options, files: string[]): string[] {
  const problems: string[] = []
  if (options.register && options.api !== undefined && options.password === undefined) problems.push('--api needs --password')
  if (files.every(isRaw)) return problems
  if (files.length > 1) problems.push('one table at a time; put further columns beside it with --with')
  const { as: key, facility, map, with: others, time, period } = options
  if (key === undefined) problems.push('--as is needed: the kind the table is played as')
  if (facility === undefined) problems.push('--facility is needed: the id the table is played as')
  if (map.length + others.length === 0) problems.push('--map is needed: which column is which point')
  if ((time === undefined) === (period === undefined)) problems.push('either --time COLUMN or --period is needed')
  const kind = facilityKinds.find((kind) => kind.key === key)
  const points = [...map.flat(), ...others.map(({ mapping }) => mapping)].map(({ point }) => point)
  for (const point of kind ? points.filter((point) => !kind.table.index.has(point)) : []) {
    problems.push(`${key} has no point ${point}; it has ${kind?.table.keys.join(', ')}`)
  }
  for (const point of points.filter((point, i) => points.indexOf(point) !== i)) problems.push(`two columns are mapped to ${point}`)
  for (const name of Object.keys(options.rated ?? {})) {
    if (kind && !(name in kind.rated)) problems.push(`${key} has no rated value ${name}; it has ${Object.keys(kind.rated).join(', ')}`)
  }
  return problems
}

function loadTable(options: Options, file: string): Recording {
  const { as: key, map, with: others, time, period, rows, edit } = options
  const further = others.map(({ file, mapping }) => ({ name: `file ${basename(file)} ${mapping.point}`, table: readTable(file), mapping }))
  const table = zipTables(readTable(file), further)
  const mappings: ColumnMapping[] = [...map.flat(), ...further.map(({ name, mapping }) => ({ ...mapping, column: name }))]
  const kind = facilityKinds.find((kind) => kind.key === key)
  return readRecording({
    table,
    mappings,
    time: time === undefined ? { period: period ?? 0 } : { column: time, read: timeReader(options['time-format'], options['utc-offset']) },
    ranges: rows ?? [],
    edits: edit,
    keepEmpty: options['send-empty'],
    isBoolean: (point) => kind?.table.points[kind.table.index.get(point) ?? -1]?.type === 'boolean',
  })
}

interface Program {
  messages: Iterable<TimedMessage> | AsyncIterable<TimedMessage>
  count: number
  duration: number
  /** Event time of the first message, ms since 1970. */
  first: number
}

function tableProgram(options: Options, file: string): Program {
  const { as: kind = '', facility = '', times, speed } = options
  const recording = loadTable(options, file)
  const { rows, duration: length, start, skipped } = recording
  if (rows.length === 0) throw new Error('there is no row to play; check --time, --map and --rows')
  if (skipped.cells + skipped.rows > 0)
    console.log(`Left out: ${skipped.rows} rows without values or time, ${skipped.cells} cells that are no numbers`)
  const first = firstEventTime(times, start, length, speed, Date.now())
  return { messages: reportMessages(recording, kind, facility, first), count: rows.length, duration: length, first }
}

async function rawProgram({ times, speed }: Options, files: string[]): Promise<Program> {
  const span = await measureRawRecording(files)
  if (!span) throw new Error('there is no message in it')
  const length = span.last - span.first
  const first = firstEventTime(times, span.first, length, speed, Date.now())
  return { messages: rawMessages(readRawRecording(files), span.first, first - span.first), count: span.count, duration: length, first }
}

async function register(options: Options): Promise<void> {
  const { as: kind = '', facility: id = '', rated, name, api: url, user, password = '' } = options
  const facility = { id, kind, ...(name !== undefined && { name }), ...(rated && { rated }) }
  if (url === undefined) return console.log(JSON.stringify({ facilities: [facility] }))
  await registerFacilities({ url, user, password }, [facility])
  console.log(`Registered ${kind} ${id}`)
}

async function connectLink(options: Options, signal: AbortSignal): Promise<MqttLink> {
  const { url, 'mqtt-username': username, 'mqtt-password': password } = options
  const clientId = `replay-${process.pid}-${Date.now().toString(36)}`
  const connected = Promise.withResolvers<void>()
  let problem = 'no answer'
  const onTrouble = (trouble: string | null) => {
    if (trouble === null) connected.resolve()
    else if (trouble !== problem) console.error(`MQTT: ${trouble}`)
    problem = trouble ?? problem
  }
  const link = new MqttLink({ url, clientId, username, password, window: 100, buffer: 100_000, onTrouble })
  const giveUp = AbortSignal.any([signal, AbortSignal.timeout(CONNECT_WITHIN)])
  giveUp.addEventListener('abort', () => connected.reject(new Error(`no connection to ${url}: ${problem}`)), { once: true })
  try {
    await connected.promise
  } catch (error) {
    await link.stop()
    throw error
  }
  return link
}

async function replay(options: Options, files: string[], signal: AbortSignal): Promise<void> {
  if (options.register && options.as !== undefined) await register(options)
  const link = await connectLink(options, signal)
  try {
    // Times are fixed only now: connecting takes its time.
    const program = files.every(isRaw) ? await rawProgram(options, files) : tableProgram(options, files[0] as string)
    const { messages, count, duration: length, first } = program
    const iso = (at: number) => new Date(at).toISOString()
    console.log(
      `Playing ${count} messages, ${iso(first)} to ${iso(first + length)}, x${options.speed}: ${Math.ceil(length / options.speed / 1000)} s`,
    )
    let next = Date.now() + PROGRESS_EVERY
    const onProgress = (played: number, offset: number) => {
      if (Date.now() < next) return
      next = Date.now() + PROGRESS_EVERY
      console.log(`${iso(first + offset)}  ${played}/${count}  ${link.counts.acknowledged} acknowledged`)
    }
    const played = await play(messages, { link, speed: options.speed, signal, onProgress })
    const { acknowledged, dropped } = link.counts
    console.log(`${signal.aborted ? 'Stopped' : 'Done'}: ${played} of ${count} played, ${acknowledged} acknowledged, ${dropped} dropped`)
    if (dropped > 0) process.exitCode = 1
  } finally {
    await link.stop()
  }
}

const { values, positionals } = readCommandLine(command, check)
const stop = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop.abort())
try {
  await replay(values, positionals, stop.signal)
} catch (error) {
  failWith([error instanceof Error ? error.message : String(error)])
}
