import { once } from 'node:events'
import { createWriteStream, existsSync, statSync, type WriteStream } from 'node:fs'
import { connect, type MqttClient } from 'mqtt'
import { recordedMessage } from './raw-recording.ts'

export interface RecorderOptions {
  url: string
  username?: string | undefined
  password?: string | undefined
  topics: readonly string[]
  /** First file; further ones get a number before the extension. */
  file: string
  /** A new file is begun when one has reached so many bytes. */
  maxBytes: number
  onTrouble?: (problem: string | null) => void
  /** The disk refused; the recording has ended. */
  onFailure?: (error: Error) => void
}

export interface Recorder {
  readonly counts: { messages: number; bytes: number; files: string[] }
  /** Resolves when the first subscription stands. */
  readonly ready: Promise<void>
  stop(): Promise<void>
}

/** recording.jsonl, recording-2.jsonl, ... */
export function numberedFile(file: string, number: number): string {
  return number === 1 ? file : file.replace(/(\.[^./\\]*)?$/, `-${number}$1`)
}

/** Writes what is published on some topics as JSON lines. Memory is bounded: while the disk is behind, nothing more is taken from the broker. */
export function startRecorder(options: RecorderOptions): Recorder {
  const { url, username, password, topics, maxBytes, onTrouble = () => {}, onFailure = () => {} } = options
  const counts = { messages: 0, bytes: 0, files: [] as string[] }
  const ready = Promise.withResolvers<void>()
  let number = 0
  let size = 0
  let stream = open()

  function open(): WriteStream {
    do number++
    while (existsSync(numberedFile(options.file, number)) && statSync(numberedFile(options.file, number)).size > 0)
    const file = numberedFile(options.file, number)
    counts.files.push(file)
    size = 0
    return createWriteStream(file, { flags: 'a' }).on('error', onFailure)
  }

  async function write(line: string): Promise<void> {
    const bytes = Buffer.byteLength(line)
    if (size > 0 && size + bytes > maxBytes) {
      const full = stream
      stream = open()
      full.end()
      await once(full, 'close')
    }
    size += bytes
    counts.messages++
    counts.bytes += bytes
    if (!stream.write(line)) await once(stream, 'drain')
  }

  const client: MqttClient = connect(url, {
    clientId: `recorder-${process.pid}-${Date.now().toString(36)}`,
    clean: true,
    keepalive: 30,
    connectTimeout: 10_000,
    reconnectPeriod: 2000,
    reconnectOnConnackError: true,
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
  })
  // mqtt.js reads on only after the callback, which is what bounds the memory.
  client.handleMessage = (packet, done) => {
    if (packet.cmd !== 'publish') return done()
    const payload = typeof packet.payload === 'string' ? Buffer.from(packet.payload) : packet.payload
    write(`${JSON.stringify(recordedMessage(Date.now(), packet.topic, payload, packet.retain))}\n`).then(() => done(), onFailure)
  }
  client.on('error', (error) => onTrouble(error.message || String((error as { code?: unknown }).code ?? error)))
  client.on('connect', () => {
    onTrouble(null)
    client.subscribe([...topics], { qos: 1 }, (error, granted) => {
      const refused = granted?.filter(({ qos }) => qos === 128).map(({ topic }) => topic) ?? []
      if (error || refused.length > 0) onTrouble(error?.message ?? `the broker refuses ${refused.join(', ')}`)
      else ready.resolve()
    })
  })
  return {
    counts,
    ready: ready.promise,
    async stop() {
      await client.endAsync(!client.connected).catch(() => {})
      const closed = stream.destroyed ? undefined : once(stream, 'close').catch(() => {})
      stream.end()
      await closed
    },
  }
}
