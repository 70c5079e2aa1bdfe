import { failWith, list, mqttUrl, number, readCommandLine, text, value } from '../src/command-line.ts'
import { startRecorder } from './recorder.ts'

const command = {
  usage: 'npm run record -- FILE [options]',
  about: 'Writes what is published as JSON lines {"received", "topic", "payload"}, for "npm run replay". Existing files are left alone.',
  positionals: [1, 1] as const,
  options: {
    url: value('URL', 'MQTT broker', 'mqtt://127.0.0.1:1883', mqttUrl),
    username: value('NAME', 'MQTT user', undefined, text),
    password: value('TEXT', 'MQTT password', undefined, text),
    topic: list('FILTER', 'topic filter; facilities/# and gateways/# when absent', text),
    'max-size': value('MB', 'begin a new file at this size', 100, number(1, 100_000)),
  },
  examples: ['npm run record -- tonight.jsonl', 'npm run record -- pumps.jsonl --topic facilities/pump-station/#'],
}

const { values, positionals } = readCommandLine(command)
let last: string | null = null
const recorder = startRecorder({
  url: values.url,
  username: values.username,
  password: values.password,
  topics: values.topic.length > 0 ? values.topic : ['facilities/#', 'gateways/#'],
  file: positionals[0] as string,
  maxBytes: values['max-size'] * 1024 * 1024,
  onTrouble(problem) {
    if (problem !== null && problem !== last) console.error(`MQTT: ${problem}; trying again`)
    last = problem
  },
  onFailure: (error) => failWith([`cannot write: ${error.message}`]),
})
recorder.ready.then(() => console.log(`Recording to ${positionals[0]}; Ctrl-C stops`))
const timer = setInterval(() => console.log(`${recorder.counts.messages} messages, ${recorder.counts.bytes} bytes`), 5000)
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, async () => {
    clearInterval(timer)
    await recorder.stop()
    const { messages, bytes, files } = recorder.counts
    console.log(`Stopped: ${messages} messages, ${bytes} bytes in ${files.join(', ')}`)
    process.exit(0)
  })
}
