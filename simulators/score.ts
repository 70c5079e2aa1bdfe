import { statSync } from 'node:fs'
import { styleText } from 'node:util'
import { failWith, flag, list, number, oneOf, pairs, readCommandLine, text, type Values, value } from '../src/command-line.ts'
import type { AlarmView } from '../src/edges/http/schemas.ts'
import { facilityKinds } from '../src/facilities/index.ts'
import type { PointValue } from '../src/telemetry/point.ts'
import { readRuns } from './labelled-runs.ts'
import { parseMappings, timeFormats, timeReader } from './recording-arguments.ts'
import { playAndAsk, START } from './scored-play.ts'
import { missedMarks, type RunScore, type Stay, scoreRun, type TotalScore, totalOf } from './scoring.ts'

const numbers = (given: string) => Object.fromEntries([...pairs(given)].map(([name, text]) => [name, number(-1e12, 1e12)(text)]))
const points = (given: string): Record<string, PointValue> =>
  Object.fromEntries([...pairs(given)].map(([name, text]) => [name, text === 'true' || (text !== 'false' && number(-1e12, 1e12)(text))]))

const command = {
  usage: 'npm run score -- FOLDER [options]',
  about: `Plays every table below FOLDER through MQTT into a server of its own, each as a facility that learns from nothing, and scores by
row when the rules that learn by themselves were in alarm against when the recording says it was faulty. Rules, settings and
rated values are the same for all runs. The defaults fit recordings of a small pump loop with the columns of the Skoltech Anomaly
Benchmark; a table without the label column has no fault. Ends with code 1 when a mark is missed, 2 when it cannot be done.`,
  positionals: [1, 1] as const,
  options: {
    as: value('KIND', 'facility kind', 'pump-station', oneOf(facilityKinds.map(({ key }) => key))),
    map: value(
      'COLUMN=POINT,...',
      'columns; POINT:scale=3.6:offset=1 changes the unit',
      parseMappings(
        'Volume Flow RateRMS=flow:scale=0.06,Current=current-a,Accelerometer1RMS=vibration,Pressure=outlet-pressure:scale=0.1,' +
          'Temperature=winding-temperature,Thermocouple=bearing-temperature',
      ),
      parseMappings,
    ),
    always: value(
      'POINT=VALUE,...',
      'what is so all the time though no column says it',
      { running: true } as Record<string, PointValue>,
      points,
    ),
    rated: value('NAME=N,...', 'rated values of all facilities', { flow: 1.92, current: 6 } as Record<string, number>, numbers),
    label: value('COLUMN', 'column that is not 0 in faulty rows', 'anomaly', text),
    time: value('COLUMN', 'column of the time', 'datetime', text),
    'time-format': value('FORMAT', timeFormats.join(', '), 'local', oneOf(timeFormats)),
    'utc-offset': value('HOURS', 'hours east of Greenwich of local times', 0, number(-14, 14)),
    learning: value('N', 'first rows of each run that are not scored', 400, number(0, 1e6, true)),
    match: list('TEXT', 'only files with this in their path', text),
    crop: value('SEED', 'leave out a random number of the first rows of each run, up to 150', undefined, text),
    units: value('SEED', 'give every column of every run a random other unit and zero', undefined, text),
    json: flag('print JSON, times in ms'),
  },
  examples: [
    'npm run score -- ../recordings',
    'npm run score -- ../recordings --crop a --units b',
    'npm run score -- runs --match valve --json',
  ],
}

type Options = Values<(typeof command)['options']>
const MOST_CROPPED = 150

interface Scored {
  scores: RunScore[]
  total: TotalScore
}

function check(options: Options, [folder = '']: string[]): string[] {
  const kind = facilityKinds.find(({ key }) => key === options.as)
  const named = [...options.map.map(({ point }) => point), ...Object.keys(options.always)]
  return [
    ...(statSync(folder, { throwIfNoEntry: false })?.isDirectory() ? [] : [`${folder} is no folder`]),
    ...named.filter((point) => !kind?.table.index.has(point)).map((point) => `${options.as} has no point ${point}`),
    ...Object.keys(options.rated)
      .filter((name) => !(name in (kind?.rated ?? {})))
      .map((name) => `${options.as} has no rated value ${name}`),
  ]
}

async function score(options: Options, folder: string, signal: AbortSignal): Promise<{ learned: Scored; all: Scored }> {
  const { as: key, map: mappings, learning, crop, units, label, match } = options
  const kind = facilityKinds.find((kind) => kind.key === key)
  if (!kind) throw new Error(`there is no kind ${key}`)
  const time = { column: options.time, read: timeReader(options['time-format'], options['utc-offset']) }
  const cropping = crop === undefined ? null : { seed: crop, most: MOST_CROPPED, learning }
  const runs = readRuns({ folder, match, mappings, time, label, crop: cropping, units: units ?? null }, kind)
  if (runs.length === 0)
    throw new Error(`there is no table (*.csv) below ${folder}${match.length > 0 ? ` with ${match.join(' or ')} in its path` : ''}`)
  const alarms = await playAndAsk({ runs, kind: key, rated: options.rated, always: options.always, signal, onProgress })
  const learned = new Set(kind.rules.flatMap((rule) => (rule.learned ? [rule.key] : [])))
  const scored = (counts: (alarm: AlarmView) => boolean): Scored => {
    const scores = runs.map((run, i) => scoreRun(run, staysOf((alarms[i] ?? []).filter(counts)), learning))
    return { scores, total: totalOf(scores) }
  }
  return { learned: scored(({ rule }) => learned.has(rule)), all: scored(() => true) }
}

/** The stays of alarms by the run's own time. An alarm that came more often than is kept counts as standing until the first that is. */
function staysOf(alarms: readonly AlarmView[]): Stay[] {
  return alarms.flatMap(({ raised, occurrences, occurrenceCount }) => {
    const stays = occurrences.map(({ started, ended }) => ({ from: started - START, to: ended === null ? null : ended - START }))
    const first = stays[0]
    return first && occurrenceCount > stays.length ? [{ from: raised - START, to: first.from }, ...stays] : stays
  })
}

function onProgress(played: number, of: number): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${Math.floor((100 * played) / of)} %`)
}

const share = (part: number, rest: number) => (part + rest > 0 ? (part / (part + rest)).toFixed(3) : '')
const delayText = (ms: number | null) => (ms === null ? 'not found' : `${ms / 1000} s`)
const columns = [22, 11, 9, 9, 7, 9]
const row = (cells: readonly string[]) =>
  cells
    .map((cell, i) => cell.padEnd(columns[i] as number))
    .join(' ')
    .trimEnd()

function totalText({ f1, falseAlarmRate, missedRate, found, runs, medianDelay, early, healthyEpisodes }: TotalScore): string {
  return (
    `F1 ${f1.toFixed(3)}, false alarms ${(100 * falseAlarmRate).toFixed(1)} %, missed ${(100 * missedRate).toFixed(1)} %, ` +
    `${found} of ${runs} faults found, median delay ${Number.isFinite(medianDelay) ? medianDelay / 1000 : '-'} s, ` +
    `an alarm before the fault in ${early} runs, ${healthyEpisodes} alarms without any fault`
  )
}

function print({ learned, all }: Awaited<ReturnType<typeof score>>): void {
  console.log(row(['run', 'delay', 'false', 'missed', 'early', 'alarms']))
  for (const s of learned.scores) {
    const falseAlarms = share(s.falsePositive, s.trueNegative)
    const cells = s.hasFault
      ? [delayText(s.delay), falseAlarms, share(s.falseNegative, s.truePositive), s.early ? 'early' : '']
      : ['', falseAlarms, '', '']
    const line = row([s.name, ...cells, String(s.episodes)])
    console.log(s.hasFault && s.delay === null ? styleText('red', line) : line)
  }
  console.log(`\nRules that learn:  ${totalText(learned.total)}\nWith every rule:   ${totalText(all.total)}`)
  for (const missed of missedMarks(learned.total)) console.log(styleText('red', `Mark missed: ${missed}`))
}

const { values, positionals } = readCommandLine(command, check)
const stop = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop.abort())
try {
  const result = await score(values, positionals[0] as string, stop.signal)
  if (values.json) console.log(JSON.stringify({ ...result, missed: missedMarks(result.learned.total) }, null, 2))
  else print(result)
  process.exitCode = missedMarks(result.learned.total).length > 0 ? 1 : 0
} catch (error) {
  failWith([error instanceof Error ? error.message : String(error)])
}
