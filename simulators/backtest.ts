import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { FaultLabel } from '../src/alarms/alarm-score.ts'
import type { FloodLimits } from '../src/alarms/flood.ts'
import { floodLimits } from '../src/alarms/policy.ts'
import { type BacktestProgress, backtest } from '../src/backtest/backtest.ts'
import type { History } from '../src/backtest/history.ts'
import { journalHistory } from '../src/backtest/journal-history.ts'
import { readLabels } from '../src/backtest/labels.ts'
import { readLightingFile } from '../src/backtest/lighting-file.ts'
import { readRuleFile } from '../src/backtest/rule-file.ts'
import { heldSpan, storedHistory } from '../src/backtest/stored-history.ts'
import { duration, failWith, flag, moment, number, oneOf, readCommandLine, text, type Values, value } from '../src/command-line.ts'
import { DEFAULT_TIME_ZONE, timeZoneName } from '../src/config.ts'
import type { LightingHistory } from '../src/control/lighting-history.ts'
import { kindByKey } from '../src/facilities/index.ts'
import { tableRules } from '../src/facilities/programme-table.ts'
import type { Registration } from '../src/facilities/registration.ts'
import type { RuleSet } from '../src/facilities/rule-proposal.ts'
import { lightingHistory } from '../src/services/programmes/lighting-history.ts'
import { openStateStore } from '../src/storage/embedded/state-store.ts'
import { openEmbeddedTelemetryStore } from '../src/storage/embedded/telemetry-store.ts'
import { days, minutes } from '../src/telemetry/duration.ts'
import { backtestText } from './backtest-text.ts'
import { readPlantFile } from './plant-source.ts'
import { recordingHistory, tableHistory } from './recorded-history.ts'
import { isRaw, loadTable, tableOptions, tableProblems } from './table-options.ts'

const command = {
  usage: 'npm run backtest -- [FILE...] [options]',
  about: `Plays history under two rule sets and prints what people would see differently: alarms added, lost, earlier, later.
History is FILEs (JSON lines of "npm run record", or a table as one facility), or what the data folder of a server that is
stopped holds: its journal, exact but short, or its time series. Rules are {"groups": [...], "overrides": [...]}, as GET
/api/rules/export gives them; those of the data folder are the "before", and without --after nothing changes. Lamps are judged by the programmes and overrides of
their time, as the data folder or --lighting has them. A server that
runs does the same by POST /api/backtests. Ends with code 1 under --strict when an alarm is lost, 2 when it cannot be done.`,
  positionals: [0, 10_000] as const,
  options: {
    data: value('FOLDER', 'data folder with the plant, the rules and, without FILEs, the history', undefined, text),
    source: value('NAME', 'of the data folder: journal or store', undefined, oneOf(['journal', 'store'])),
    plant: value('FILE', 'plant file {"facilities": [...]} in place of that of the data folder', undefined, text),
    from: value('TIME', 'ISO 8601; alarms that begin earlier are not compared, and the time before is for warming up', undefined, moment),
    to: value('TIME', 'ISO 8601; the end', undefined, moment),
    lead: value('TIME', 'how long to warm up before --from', days(1), duration),
    near: value('TIME', 'two stays of a fault at most so far apart are one', minutes(10), duration),
    before: value('FILE', 'rules to compare with', undefined, text),
    after: value('FILE', 'rules to try', undefined, text),
    lighting: value('FILE', 'what light was asked of whom, in place of what the data folder knows', undefined, text),
    'time-zone': value('NAME', 'of the city, for programmes and rules by the clock', DEFAULT_TIME_ZONE, timeZoneName),
    labels: value('FILE', 'JSON lines {facility, from, to, rule} of what was wrong: precision, recall, delay', undefined, text),
    worst: value('N', 'changes to print', 20, number(0, 100_000, true)),
    strict: flag('end with code 1 when an alarm is lost'),
    json: flag('print JSON, times in ms'),
    ...tableOptions,
    times: value('START', 'when the first row was taken (ISO 8601), for a table without a time column', undefined, moment),
  },
  examples: [
    'npm run backtest -- --data data --source store --from 2026-03-01T00:00:00+08:00 --after stricter.json',
    'npm run backtest -- night.jsonl --plant plant.json --after stricter.json --labels faults.jsonl',
    'npm run backtest -- run.csv --as pump-station --facility PS-01 --time datetime --map "Volume Flow RateRMS=flow:scale=0.06"',
  ],
}

type Options = Values<(typeof command)['options']>

function check(options: Options, files: string[]): string[] {
  const { data, plant, source, from } = options
  if (files.length === 0) {
    if (data === undefined) return ['name FILEs or a data folder (--data)']
    if (!existsSync(join(data, 'state.sqlite'))) return [`--data ${data} is no data folder of Lamplighter: it has no state.sqlite`]
    if (source === undefined) return ['--source is needed: journal or store']
    if (source === 'store' && from === undefined) return ['--from is needed with --source store']
    return []
  }
  if (source !== undefined) return ['--source is for a data folder without FILEs']
  if (files.every(isRaw)) return data === undefined && plant === undefined ? ['--plant or --data is needed: what the facilities are'] : []
  if (files.length > 1) return ['one table at a time; put further columns beside it with --with']
  return tableProblems(options)
}

interface City {
  /** What light was asked of whom; undefined where nobody knows. */
  lighting?: LightingHistory
  facilities: readonly Registration[]
  rules: RuleSet
  /** Those of its alarm policy; those of the standards when nobody set any. */
  floods?: FloodLimits
}

const noRules: RuleSet = { groups: [], overrides: [] }

/** The plant, and the rules that are in force for it. */
function readCity(options: Options, files: readonly string[]): City {
  const { data, plant, as: kind, facility: id, rated } = options
  if (files.length > 0 && !isRaw(files[0] as string)) {
    const facility = { id: id as string, kind: kind as string, ...(rated && { rated }) }
    return { facilities: [facility], rules: noRules }
  }
  const city = data === undefined ? { facilities: [], rules: noRules } : readDataFolder(data, options)
  return plant === undefined ? city : { ...city, facilities: readPlantFile(plant) }
}

function readDataFolder(folder: string, { from, lead }: Pick<Options, 'from' | 'lead'>): City {
  const state = openStateStore(join(folder, 'state.sqlite'))
  try {
    return {
      facilities: state.facilities().map(({ description }) => description),
      rules: { groups: state.rules.groups(), overrides: state.rules.overrides() },
      lighting: lightingHistory(state, from === undefined ? 0 : from - lead),
      floods: floodLimits(state.alarmPolicy().policy),
    }
  } finally {
    state.close()
  }
}

/** The history, and what is to be closed after it. */
async function openHistory(options: Options, files: readonly string[]): Promise<{ history: History; close: () => Promise<void> }> {
  const close = async () => {}
  const { data = '', source, from = 0, to = Date.now(), lead } = options
  if (files.length > 0 && files.every(isRaw)) return { history: recordingHistory(files), close }
  if (files.length > 0) {
    const recording = loadTable(options, files[0] as string)
    const first = options.times ?? recording.start
    if (first === null) throw new Error('--times is needed: when the first row was taken')
    return { history: tableHistory(recording, options.as as string, options.facility as string, first), close }
  }
  if (source === 'journal') return { history: journalHistory(join(data, 'journal')), close }
  const kinds = [...kindByKey.values()].map(({ key, table }) => ({
    key,
    points: new Map(table.keys.map((name, i) => [name, table.points[i] as never])),
  }))
  const store = await openEmbeddedTelemetryStore({ folder: join(data, 'telemetry'), kinds, retentionDays: 100_000 })
  const span = await heldSpan(store, { from: from - lead, to }).catch(async (error: unknown) => {
    await store.close()
    throw error
  })
  return { history: storedHistory({ store, kinds: kindByKey, span }), close: () => store.close() }
}

/** Who reads the result must know when lamps were judged by nothing but the sun. */
function tellOfLighting(lighting: LightingHistory | undefined, isAnyLit: boolean): void {
  if (!isAnyLit) return
  if (!lighting)
    console.error(
      'Nothing is known of lighting programmes: lamps and cabinets are judged by full light from dusk to dawn. Give the data folder (--data), or a file of GET /api/lighting-history (--lighting).',
    )
  else if (lighting.versions.length + lighting.overrides.length === 0)
    console.error('No lighting programme was in force in this time: lamps and cabinets are judged by full light from dusk to dawn.')
}

/** One line that the next one overwrites, for people who wait. */
function showProgress({ share, readingsPerSecond }: BacktestProgress): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${Math.round(100 * share)} %  ${readingsPerSecond} readings/s`)
}

async function run(options: Options, files: string[], signal: AbortSignal): Promise<void> {
  const { from, to, lead, near, worst, json, strict } = options
  const { facilities, rules, floods, lighting: known } = readCity(options, files)
  const lighting = options.lighting === undefined ? known : readLightingFile(options.lighting)
  const isLight = ({ kind }: Registration) => kindByKey.get(kind)?.rules.some(({ key }) => tableRules.includes(key)) === true
  tellOfLighting(lighting, facilities.some(isLight))
  const before = options.before === undefined ? rules : readRuleFile(options.before, kindByKey)
  const after = options.after === undefined ? before : readRuleFile(options.after, kindByKey)
  const labels: FaultLabel[] | undefined = options.labels === undefined ? undefined : readLabels(options.labels)
  const { history, close } = await openHistory(options, files)
  const began = performance.now()
  try {
    const result = await backtest({
      history,
      kinds: kindByKey,
      facilities,
      before,
      after,
      window: { ...(from !== undefined && { from }), ...(to !== undefined && { to }) },
      lead: from === undefined ? 0 : lead,
      near,
      timeZone: options['time-zone'],
      ...(lighting && { lighting }),
      ...(labels && { labels }),
      ...(floods && { floods }),
      signal,
      onProgress: showProgress,
    })
    if (process.stderr.isTTY) process.stderr.write('\r\x1b[K')
    console.log(json ? JSON.stringify(result, null, 2) : backtestText(result, (performance.now() - began) / 1000, worst))
    if (strict && result.difference.counts.lost > 0) process.exitCode = 1
  } finally {
    await close()
  }
}

const { values, positionals } = readCommandLine(command, check)
const stop = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop.abort(new Error('stopped')))
try {
  await run(values, positionals, stop.signal)
} catch (error) {
  failWith([error instanceof Error ? error.message : String(error)])
}
