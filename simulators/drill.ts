import { styleText } from 'node:util'
import { duration, failWith, flag, list, number, oneOf, readCommandLine, shortTime, text, type Values, value } from '../src/command-line.ts'
import { facilityKinds, kindByKey } from '../src/facilities/index.ts'
import { days, hours, minutes, seconds } from '../src/telemetry/duration.ts'
import { CITY_CENTRE } from './city.ts'
import { runTrial, type TrialResult } from './trial-run.ts'
import { planTrials, type Trial } from './trials.ts'
import { createWorld } from './world.ts'

const command = {
  usage: 'npm run drill -- [options]',
  about: `Injects every fault of every kind and variant into a simulated facility, one at a time, and lets healthy ones run for a week of
autumn with rain and cold, down the road of live messages. Lamps stand in a small street with their cabinet. Prints for each what was
detected, after how long and in which stated time, which alarms followed and which were false; alarms that are suppressed by design
are not counted, because nobody sees them. Ends with code 1 when something was missed, came late, or was false.`,
  options: {
    kind: list('KIND', 'only this kind', oneOf(facilityKinds.map(({ key }) => key))),
    fault: list('NAME', 'only this fault; "healthy" for the healthy time', text),
    days: value('N', 'healthy days', 7, number(0.1, 400)),
    seed: value('TEXT', 'another seed, other weather, noise, losses and moments', 'drill', text),
    gaps: value('SHARE', 'share of the messages that get lost, 0 to 1', 0.05, number(0, 0.99)),
    skew: value('TIME', 'device clocks are wrong by up to this much, each by its own constant', seconds(30), duration),
    quick: flag('two healthy days, each fault on one variant, shorter watch after an alarm'),
    json: flag('print JSON, with times in ms'),
  },
  examples: ['npm run drill -- --quick', 'npm run drill -- --kind street-light --fault lamp-failure --seed other'],
}

type Options = Values<(typeof command)['options']>

const columns = [14, 13, 24, 9, 9, 9] as const
const titles = ['kind', 'variant', 'fault', 'detected', 'delay', 'stated'] as const
const row = (cells: readonly string[], rest: string) =>
  `${cells.map((cell, i) => cell.padEnd(columns[i] as number)).join(' ')} ${rest}`.trimEnd()

const isGood = ({ isInTime, falseAlarms }: TrialResult) => isInTime && falseAlarms.length === 0
const statedTime = ({ kind, fault }: Trial) => (fault === null ? undefined : kind.simulation.faults[fault]?.within)

function describe(result: TrialResult): string {
  const { trial, delay, isInTime, following, suppressed, falseAlarms, reports } = result
  const { kind, variant, fault, start, faultAt } = trial
  const stated = statedTime(trial)
  const cells = [kind.key, variant.key, fault ?? `healthy, ${Number(((faultAt - start) / days(1)).toFixed(1))} days`]
  if (fault === null) cells.push('', '', '')
  else cells.push(delay === null ? 'NO' : isInTime ? 'yes' : 'LATE', delay === null ? '' : shortTime(delay), shortTime(stated ?? 0))
  const rest = [
    ...(falseAlarms.length > 0 ? [`FALSE: ${falseAlarms.join(', ')}`] : []),
    ...(following.length > 0 ? [`then ${following.join(', ')}`] : []),
    ...(suppressed > 0 ? [`${suppressed} suppressed`] : []),
    ...(fault === null ? [`${reports} reports`] : []),
  ]
  const line = row(cells, rest.join('; '))
  return isGood(result) ? line : styleText('red', line)
}

const asJson = ({ trial, ...result }: TrialResult) => ({
  kind: trial.kind.key,
  variant: trial.variant.key || null,
  fault: trial.fault,
  injected: trial.fault === null ? null : new Date(trial.faultAt).toISOString(),
  detected: result.delay !== null,
  within: statedTime(trial) ?? null,
  ...result,
})

function chooseTrials({ kind, fault, days: healthyDays, seed, quick }: Options, world: ReturnType<typeof createWorld>): Trial[] {
  const kinds = facilityKinds.filter(({ key }) => kind.length === 0 || kind.includes(key))
  const healthy = days(quick ? Math.min(2, healthyDays) : healthyDays)
  const trials = planTrials({ kinds, world, seed, healthy, firstVariantOnly: quick })
  const chosen = trials.filter((trial) => fault.length === 0 || fault.includes(trial.fault ?? 'healthy'))
  const known = new Set(trials.map((trial) => trial.fault ?? 'healthy'))
  const unknown = fault.filter((name) => !known.has(name))
  if (unknown.length > 0) failWith([`--fault ${unknown.join(', ')}: no such fault; there are ${[...known].join(', ')}`])
  return chosen
}

/** One line that the next one overwrites, for people who wait. */
function showProgress(line: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${line}`)
}

async function drill(options: Options, isStopped: () => boolean): Promise<TrialResult[]> {
  const { seed, gaps, skew, quick, json } = options
  const world = createWorld({ position: CITY_CENTRE, seed })
  const watch = quick ? { hold: minutes(10), recovery: minutes(30) } : { hold: hours(1), recovery: hours(1) }
  const results: TrialResult[] = []
  if (!json) console.log(row(titles, 'alarms'))
  const trials = chooseTrials(options, world)
  for (const [i, trial] of trials.entries()) {
    showProgress(`${i + 1} of ${trials.length}: ${trial.kind.key} ${trial.fault ?? 'healthy'}`)
    const result = await runTrial(trial, { kinds: kindByKey, world, seed, gaps, skew, isStopped, ...watch })
    showProgress('')
    if (isStopped()) break
    results.push(result)
    if (!json) console.log(describe(result))
  }
  return results
}

function summarize(results: readonly TrialResult[], took: number): string {
  const faults = results.filter(({ trial }) => trial.fault !== null)
  const detected = faults.filter(({ isInTime }) => isInTime).length
  const falseAlarms = results.reduce((sum, result) => sum + result.falseAlarms.length, 0)
  const reports = results.reduce((sum, result) => sum + result.reports, 0)
  const healthy = results.filter(({ trial }) => trial.fault === null)
  const falseWhileHealthy = healthy.reduce((sum, result) => sum + result.falseAlarms.length, 0)
  return (
    `${detected} of ${faults.length} faults detected in their stated time, ${falseAlarms} false alarms ` +
    `(${falseWhileHealthy} of them in ${healthy.length} healthy times); ${reports} reports in ${Math.round(took / 1000)} s`
  )
}

const { values } = readCommandLine(command)
let stopped = false
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    stopped = true
  })
}
const began = performance.now()
const results = await drill(values, () => stopped)
console.log(values.json ? JSON.stringify(results.map(asJson), null, 2) : `\n${summarize(results, performance.now() - began)}`)
if (stopped) process.exitCode = 130
else if (!results.every(isGood)) process.exitCode = 1
