import type { Outcome } from '../chaos/outcome.ts'
import { longTests, type SoakOptions } from './long-tests.ts'

/** What the process that watches the terminal asks of the one that tests. */
export interface SoakOrder extends SoakOptions {
  seed: string
  only: string[]
}

const columns = (figures: Outcome['figures']) =>
  Object.entries(figures)
    .map(([name, value]) => `    ${name.padEnd(32)} ${value.toLocaleString('en')}`)
    .join('\n')

async function soak({ seed, only, ...options }: SoakOrder, signal: AbortSignal): Promise<number> {
  const began = performance.now()
  const clock = () => new Date(performance.now() - began).toISOString().slice(11, 19)
  const chosen = longTests.filter(({ name }) => only.length === 0 || only.includes(name))
  const results: { name: string; outcome: Outcome }[] = []
  for (const { name, about, lacks, run } of chosen) {
    if (signal.aborted) break
    const why = lacks?.()
    console.log(`\n${clock()} ${name}: ${why ? `left out, ${why}` : about}`)
    if (why) continue
    const outcome = await run(options, { seed, signal, tell: (line) => console.log(`${clock()} ${name}: ${line}`) }).catch(
      (error: unknown): Outcome => ({ figures: {}, problems: [`it could not be ended: ${error instanceof Error ? error.stack : error}`] }),
    )
    results.push({ name, outcome })
  }
  console.log(`\nSeed ${seed}, ${clock()}${signal.aborted ? ', ended early' : ''}`)
  for (const { name, outcome } of results) {
    console.log(`  ${name}: ${outcome.problems.length === 0 ? 'every promise kept' : `${outcome.problems.length} PROMISES BROKEN`}`)
    console.log(columns(outcome.figures))
    for (const problem of outcome.problems) console.log(`    - ${problem}`)
  }
  if (results.some(({ outcome }) => outcome.problems.length > 0)) return 1
  return signal.aborted ? 130 : 0
}

const stop = new AbortController()
for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => stop.abort())
process.exit(await soak(JSON.parse(process.argv[2] as string) as SoakOrder, stop.signal))
