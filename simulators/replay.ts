import { failWith, flag, moment, mqttUrl, readCommandLine, speed, text, type Values, value } from '../src/command-line.ts'
import { MqttLink } from './mqtt-link.ts'
import { firstEventTime, play, reportMessages, type TimedMessage, type TimesMode } from './player.ts'
import { measureRawRecording, rawMessages, readRawRecording } from './raw-recording.ts'
import { registerFacilities } from './registration.ts'
import { isRaw, loadTable, tableOptions, tableProblems } from './table-options.ts'

const timesMode = (given: string): TimesMode => (given === 'keep' || given === 'now' ? given : moment(given))
const httpUrl = (given: string) => {
  if (!/^https?:$/.test(URL.canParse(given) ? new URL(given).protocol : '')) throw new Error('must be like http://127.0.0.1:8080')
  return given
}

const command = {
  usage: 'npm run replay -- FILE [options]',
  about: `Plays a recording onto MQTT: a table (delimited by ; , tab or blanks, or a single column) as one facility,
or JSON lines as "npm run record" writes them (several files are played one after the other).
Rows are counted from 0, without the header. The speed changes when messages are sent, never what they say. It judges nothing
itself: the server it plays to does, by its own rules and lighting programmes; "npm run backtest" judges a recording by those of its time.`,
  positionals: [1, 10_000] as const,
  options: {
    ...tableOptions,
    times: value('HOW', 'event times: keep, now (the last row falls on the moment it is sent), or an ISO 8601 start', 'now', timesMode),
    speed: value('xN', 'x1 to x1000 and more', 1, speed),
    url: value('URL', 'MQTT broker', 'mqtt://127.0.0.1:1883', mqttUrl),
    'mqtt-username': value('NAME', 'MQTT user', undefined, text),
    'mqtt-password': value('TEXT', 'MQTT password', undefined, text),
    register: flag('register the facility first (needs --api), or print the registration without it'),
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
const CONNECT_WITHIN = 10_000
const PROGRESS_EVERY = 5000

/** All that the options lack or contradict. */
function check(options: Options, files: string[]): string[] {
  const problems = options.register && options.api !== undefined && options.password === undefined ? ['--api needs --password'] : []
  if (files.every(isRaw)) return problems
  if (files.length > 1) problems.push('one table at a time; put further columns beside it with --with')
  return [...problems, ...tableProblems(options)]
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
