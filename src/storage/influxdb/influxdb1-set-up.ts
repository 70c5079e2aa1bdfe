import { days } from '../../telemetry/duration.ts'
import { pointOfColumn } from '../column-name.ts'
import type { StoredKind } from '../telemetry-store.ts'
import { DirtyHours, HOUR, type HourMark } from './dirty-hours.ts'
import { FACILITIES_PER_STATEMENT, identifier, rollUpStatement } from './influxql.ts'
import type { InfluxqlClient, Series } from './influxql-client.ts'
import type { InfluxqlRollUps, SetUpOptions } from './influxql-store.ts'
import { escapeKey } from './line-protocol.ts'
import { LONGEST_FOLD, type StoreLog } from './rolling-store.ts'
import { pagesOf } from './series.ts'
import { unavailable, type WriteOutcome } from './write-outcome.ts'

/** The retention policies the product makes; others are left alone. */
const RAW = 'lamplighter_raw'
const HOURS = 'lamplighter_hours'
/** Where it is kept which hours differ from their roll-ups: tag `kind`, fields `touched` and `folded`, at the start of the hour. */
const MARKS = `${identifier(HOURS)}."lamplighter.hours"`
/** Has a row once all hours of before were marked. */
const KNOWN = `${identifier(HOURS)}."lamplighter.known"`
const MARKS_PER_REQUEST = 5_000
const HOURLY_SHARD = '30d'

interface Policy {
  name: string
  days: number
  usual: boolean
}

const duration = (wanted: number) => (wanted === 0 ? 'INF' : `${wanted}d`)

/** Makes what is missing and reads which hours are dirty. Rejects with `store-unavailable`, in words for the operator. */
export async function setUpInfluxdb1(client: InfluxqlClient, options: SetUpOptions): Promise<InfluxqlRollUps | null> {
  const { kinds, rawDays, hourlyDays, log } = options
  const database = identifier(client.database)
  let policies = await policiesOf(client)
  if (!policies) {
    await client.ask([`CREATE DATABASE ${database} WITH DURATION ${duration(rawDays)} NAME ${identifier(RAW)}`], () => {})
    log?.info({ database: client.database, days: rawDays }, 'the InfluxDB database was made')
    policies = (await policiesOf(client)) ?? []
  }
  await checkTypes(client, kinds)
  const usual = policies.find((policy) => policy.usual)
  if (!usual) throw unavailable(`the InfluxDB database ${client.database} has no default retention policy; make one`)
  const shortens = usual.name === RAW && rawDays > 0 && (usual.days === 0 || rawDays < usual.days)
  try {
    if (!shortens) await keepRaw(client, usual, rawDays, log)
    await keepHours(client, policies, hourlyDays)
  } catch (error) {
    log?.warn(
      { err: error },
      'the InfluxDB user may not set retention, so it stays as it is; long times are read from raw values until the retention policy lamplighter_hours is there',
    )
    if (!policies.some(({ name }) => name === HOURS)) return null
  }
  const rollUps = await readRollUps(client, options, usual)
  if (rollUps && shortens) return { ...rollUps, shorten: () => keepRaw(client, usual, rawDays, log) }
  if (shortens) await keepRaw(client, usual, rawDays, log).catch((error: unknown) => log?.warn({ err: error }, 'retention stays as it is'))
  return rollUps
}

async function readRollUps(client: InfluxqlClient, options: SetUpOptions, usual: Policy): Promise<InfluxqlRollUps | null> {
  const { kinds, offset, now, log } = options
  const raw = (kind: string) => `${identifier(usual.name)}.${identifier(kind)}`
  const measurement = (kind: string) => `${identifier(HOURS)}.${identifier(kind)}`
  const dirty = await readDirtyHours(client, offset)
  const writeMarks = (marks: readonly HourMark[]) => writeLines(client, marks, ({ generation }) => `touched=${generation},folded=0`)
  const [known] = await client.askAll(`SELECT last("offset") FROM ${KNOWN}`)
  if (known && known.values[0]?.[1] !== offset) {
    log?.warn(
      {},
      'the roll-ups of the InfluxDB database are of another time zone and not used; drop the retention policy lamplighter_hours to have them made anew',
    )
    return null
  }
  if (!known) {
    for (const { key } of kinds) await writeMarks(dirty.mark(key, await hoursOf(client, raw(key), dirty, now())))
    expectWritten(await client.send([`lamplighter.known offset=${offset} ${now()}`], { rp: HOURS }))
  }
  return {
    dirty,
    measurement,
    rawDays: () => usual.days,
    writeMarks,
    writeFolded: (marks) => writeLines(client, marks, ({ generation }) => `folded=${generation}`),
    async fold(kind, facilities, span) {
      const points = kinds.find(({ key }) => key === kind)?.points.keys() ?? []
      const grid = { length: HOUR, origin: offset }
      // InfluxDB takes several times as long for all points at once.
      for (const point of points)
        for (const page of facilities ? pagesOf(facilities, FACILITIES_PER_STATEMENT) : [null])
          await client.ask([rollUpStatement(measurement(kind), raw(kind), point, page, span, grid)], () => {}, LONGEST_FOLD)
    },
    async oldest() {
      const since = usual.days === 0 ? '' : ` WHERE time >= ${now() - days(usual.days)}ms`
      const [first] = await client.askAll(`SELECT "touched" FROM ${MARKS}${since} ORDER BY time ASC LIMIT 1`)
      return (first?.values[0]?.[0] as number | undefined) ?? null
    },
  }
}

/** Null: the database is not there. */
async function policiesOf(client: InfluxqlClient): Promise<Policy[] | null> {
  const answer = await client.askAll(`SHOW RETENTION POLICIES ON ${identifier(client.database)}`).catch((error: unknown) => {
    if (error instanceof Error && /database not found/.test(error.message)) return null
    throw error
  })
  if (!answer) return null
  const { columns = [], values = [] } = answer[0] ?? {}
  const [name, length, usual] = ['name', 'duration', 'default'].map((column) => columns.indexOf(column)) as [number, number, number]
  return values.map((row) => ({
    name: String(row[name]),
    days: Number(/^(\d+)h/.exec(String(row[length]))?.[1] ?? 0) / 24,
    usual: row[usual] === true,
  }))
}

async function checkTypes(client: InfluxqlClient, kinds: readonly StoredKind[]): Promise<void> {
  const points = new Map(kinds.map((kind) => [kind.key, kind.points]))
  const wrong: string[] = []
  await client.ask([`SHOW FIELD KEYS ON ${identifier(client.database)}`], (_, { name = '', values }) => {
    for (const [field, type] of values as [string, string][])
      if (type !== 'float' && points.get(name)?.has(pointOfColumn(field).point)) wrong.push(`${name} ${field} (${type})`)
  })
  if (wrong.length === 0) return
  throw unavailable(
    `the InfluxDB database ${client.database} holds fields of other types, as version 0.1.0 wrote them: ${wrong.slice(0, 3).join(', ')}${
      wrong.length > 3 ? ` and ${wrong.length - 3} more` : ''
    }. All are numbers now: give another name in INFLUXDB_DATABASE, and bring the old values over by an import`,
  )
}

async function keepRaw(client: InfluxqlClient, usual: Policy, wanted: number, log?: StoreLog): Promise<void> {
  if (usual.days === wanted) return
  if (usual.name === RAW) {
    await client.ask([`ALTER RETENTION POLICY ${identifier(RAW)} ON ${identifier(client.database)} DURATION ${duration(wanted)}`], () => {})
    usual.days = wanted
  } else
    log?.info(
      { policy: usual.name, keptDays: usual.days || 'for ever', wantedDays: wanted },
      'the default retention policy of the InfluxDB database was made by somebody else and stays as it is',
    )
}

async function keepHours(client: InfluxqlClient, policies: readonly Policy[], wanted: number): Promise<void> {
  const known = policies.find(({ name }) => name === HOURS)
  if (known?.days === wanted) return
  const [verb, more] = known ? ['ALTER', ''] : ['CREATE', ` REPLICATION 1 SHARD DURATION ${HOURLY_SHARD}`]
  await client.ask(
    [`${verb} RETENTION POLICY ${identifier(HOURS)} ON ${identifier(client.database)} DURATION ${duration(wanted)}${more}`],
    () => {},
  )
}

async function readDirtyHours(client: InfluxqlClient, offset: number): Promise<DirtyHours> {
  const marks: HourMark[] = []
  let highest = 0
  await client.ask(
    [`SELECT max("touched") FROM ${MARKS}`, `SELECT "touched", "kind" FROM ${MARKS} WHERE "touched" > "folded"`],
    (statement, { values }: Series) => {
      for (const [hour, generation, kind] of values as [number, number, string][])
        if (statement === 0) highest = generation
        else marks.push({ kind, hour, generation })
    },
  )
  return new DirtyHours(offset, highest, marks)
}

/** All hours between the first and the last value of a kind. */
async function hoursOf(client: InfluxqlClient, measurement: string, dirty: DirtyHours, now: number): Promise<number[]> {
  const [first, last] = await client.askAll(
    ...['ASC', 'DESC'].map((order) => `SELECT * FROM ${measurement} ORDER BY time ${order} LIMIT 1`),
  )
  const from = first?.values[0]?.[0] as number | undefined
  if (from === undefined) return []
  const to = Math.max(now, last?.values[0]?.[0] as number)
  const begin = dirty.hourOf(from)
  return Array.from({ length: Math.floor((to - begin) / HOUR) + 1 }, (_, i) => begin + i * HOUR)
}

async function writeLines(client: InfluxqlClient, marks: readonly HourMark[], fields: (mark: HourMark) => string): Promise<void> {
  for (const page of pagesOf(marks, MARKS_PER_REQUEST)) {
    const lines = page.map((mark) => `lamplighter.hours,kind=${escapeKey(mark.kind)} ${fields(mark)} ${mark.hour}`)
    expectWritten(await client.send(lines, { rp: HOURS }))
  }
}

function expectWritten(outcome: WriteOutcome): void {
  if (outcome.type !== 'written') throw unavailable(`InfluxDB cannot be written to: ${outcome.reason}`)
}
