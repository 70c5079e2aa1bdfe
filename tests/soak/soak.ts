import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { list, number, oneOf, readCommandLine, text, value } from '../../src/command-line.ts'
import { hours } from '../../src/telemetry/duration.ts'
import { longTests } from './long-tests.ts'
import type { SoakOrder } from './run.ts'

const command = {
  usage: 'npm run soak -- [options]',
  about: `Holds the promises about storage in full, against the real server and real databases, with faults by a seed and a checker at the end:
every acknowledged reading once and in order, every alarm raised and cleared once, every action of an operator in the record.
Ctrl-C ends it early with what was seen until then, a second one at once. Ends with code 1 when a promise was broken.

${longTests.map(({ name, about }) => `  ${name.padEnd(20)} ${about}`).join('\n')}`,
  options: {
    hours: value('N', 'how long each test that goes by time lasts', 1, number(0.001, 1000)),
    kills: value('N', 'kills of the server', 100, number(1, 10_000, true)),
    seed: value('TEXT', 'another seed, other faults at other times', 'soak', text),
    only: list('NAME', 'only this test', oneOf(longTests.map(({ name }) => name))),
  },
  examples: ['npm run soak -- --hours 0.1 --kills 20', 'npm run soak -- --only kills --kills 1000 --seed other'],
}

/** ms in which a second signal is the same Ctrl-C, which the terminal and the launcher both pass on. */
const SAME_SIGNAL = 1000

const { values } = readCommandLine(command)
const order: SoakOrder = { seed: values.seed, only: values.only, duration: hours(values.hours), kills: values.kills }
// In a process group of its own: a Ctrl-C in the terminal would otherwise end the servers under test as well.
const child = spawn(process.execPath, [join(import.meta.dirname, 'run.ts'), JSON.stringify(order)], { stdio: 'inherit', detached: true })
let stoppingSince = 0
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (stoppingSince === 0) {
      stoppingSince = Date.now()
      console.log('\nending; what was seen is checked first')
      child.kill('SIGINT')
    } else if (Date.now() - stoppingSince > SAME_SIGNAL) process.kill(-child.pid!, 'SIGKILL')
  })
}
child.once('exit', (code) => process.exit(code ?? 1))
