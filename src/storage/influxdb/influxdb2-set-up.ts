import { days, seconds } from '../../telemetry/duration.ts'
import { DirtyHours, HOUR, type HourMark } from './dirty-hours.ts'
import { rollUpFlux, sourceFlux } from './flux.ts'
import { type Influxdb2Client, reasonOf } from './influxdb2-client.ts'
import { FACILITIES_PER_STATEMENT } from './influxql.ts'
import type { SetUpOptions } from './influxql-store.ts'
import { escapeKey } from './line-protocol.ts'
import { LONGEST_FOLD, type RollUps } from './rolling-store.ts'
import { pagesOf } from './series.ts'
import { unavailable } from './write-outcome.ts'

/** Stands in the description of buckets the product made; the retention of others is left alone. */
const OURS = 'made by Lamplighter'
const MARKS = 'lamplighter.hours'
const KNOWN = 'lamplighter.known'
const MARKS_PER_REQUEST = 5_000
/** All of time that a device may claim. */
export const EVER = { from: 0, to: Date.UTC(2200, 0, 1) }

interface Bucket {
  id: string
  description?: string
  retentionRules?: { everySeconds?: number }[]
}

export const hoursBucket = (bucket: string) => `${bucket}-hours`

/** Makes what is missing and reads which hours are dirty; null: the database keeps no roll-ups. Rejects with `store-unavailable`, in words for the operator. */
export async function setUpInfluxdb2(
  client: Influxdb2Client,
  { org, bucket }: { org: string; bucket: string },
  options: SetUpOptions,
): Promise<RollUps | null> {
  const { rawDays, hourlyDays, log } = options
  let shorten: (() => Promise<void>) | null
  try {
    shorten = await keepBucket(client, org, bucket, rawDays)
  } catch (error) {
    throw unavailable(
      `the bucket "${bucket}" of "${org}" can neither be found nor made: ${reasonOf(error)}; make it, or give a token that may`,
      error,
    )
  }
  try {
    await (await keepBucket(client, org, hoursBucket(bucket), hourlyDays))?.()
  } catch (error) {
    log?.warn({ err: error }, `the bucket "${hoursBucket(bucket)}" can neither be found nor made; long times are read from raw values`)
    await shorten?.()
    return null
  }
  const rollUps = await readRollUps(client, { org, bucket }, options)
  if (rollUps && shorten) return { ...rollUps, shorten }
  await shorten?.()
  return rollUps
}

/** Resolves with what is left to do where it must be kept for a shorter time than before. */
async function keepBucket(client: Influxdb2Client, org: string, name: string, keptDays: number): Promise<(() => Promise<void>) | null> {
  const everySeconds = days(keptDays) / seconds(1)
  const retentionRules = everySeconds === 0 ? [] : [{ type: 'expire', everySeconds }]
  const found = await client.manage<{ buckets?: Bucket[] }>(
    'GET',
    `/api/v2/buckets?name=${encodeURIComponent(name)}&org=${encodeURIComponent(org)}`,
  )
  const [bucket] = found?.buckets ?? []
  if (!bucket) {
    const answer = await client.manage<{ orgs?: { id: string }[] }>('GET', `/api/v2/orgs?org=${encodeURIComponent(org)}`)
    await client.manage('POST', '/api/v2/buckets', { name, orgID: answer?.orgs?.[0]?.id, description: OURS, retentionRules })
    return null
  }
  const known = bucket.retentionRules?.[0]?.everySeconds ?? 0
  if (bucket.description !== OURS || known === everySeconds) return null
  const change = async () => void (await client.manage('PATCH', `/api/v2/buckets/${bucket.id}`, { retentionRules }))
  if (everySeconds > 0 && (known === 0 || everySeconds < known)) return change
  await change()
  return null
}

async function readRollUps(
  client: Influxdb2Client,
  { org, bucket }: { org: string; bucket: string },
  { kinds, rawDays, offset, now, log }: SetUpOptions,
): Promise<RollUps | null> {
  const hours = hoursBucket(bucket)
  const marksOf = (field: string) => sourceFlux({ bucket: hours, measurement: MARKS, fields: [field] }, EVER)
  const firstTime = async (flux: string) => {
    let first: number | null = null
    await client.ask(flux, ({ _time }) => {
      first = Date.parse(_time)
    })
    return first as number | null
  }

  let highest = 0
  await client.ask(`${marksOf('touched')}\n  |> group()\n  |> max()`, ({ _value }) => {
    highest = Number(_value)
  })
  const dirty = new DirtyHours(offset, highest, await readMarks(client, hours))

  const write = async (lines: readonly string[]) => {
    for (const page of pagesOf(lines, MARKS_PER_REQUEST)) {
      const outcome = await client.send(hours, page)
      if (outcome.type !== 'written') throw unavailable(`InfluxDB cannot be written to: ${outcome.reason}`)
    }
  }
  const linesOf = (marks: readonly HourMark[], fields: (mark: HourMark) => string) =>
    marks.map((mark) => `${MARKS},kind=${escapeKey(mark.kind)} ${fields(mark)} ${mark.hour}`)
  const writeMarks = (marks: readonly HourMark[]) => write(linesOf(marks, ({ generation }) => `touched=${generation},folded=0`))

  let known: number | null = null
  await client.ask(`${sourceFlux({ bucket: hours, measurement: KNOWN }, EVER)}\n  |> last()`, ({ _value }) => {
    known = Number(_value)
  })
  if (known !== null && known !== offset) {
    log?.warn({}, `the roll-ups of the bucket "${hours}" are of another time zone and not used; delete it to have them made anew`)
    return null
  }
  if (known === null) {
    for (const { key, points } of kinds) {
      const values = sourceFlux({ bucket, measurement: key, fields: [...points.keys()] }, EVER)
      const edge = (fold: string, name: string) => firstTime(`${values}\n  |> ${fold}()\n  |> group()\n  |> ${name}(column: "_time")`)
      const from = await edge('first', 'min')
      if (from === null) continue
      const to = Math.max(now(), (await edge('last', 'max')) ?? 0)
      const begin = dirty.hourOf(from)
      await writeMarks(
        dirty.mark(
          key,
          Array.from({ length: Math.floor((to - begin) / HOUR) + 1 }, (_, i) => begin + i * HOUR),
        ),
      )
    }
    await write([`${KNOWN} offset=${offset} ${now()}`])
  }
  return {
    dirty,
    rawDays: () => rawDays,
    writeMarks,
    writeFolded: (marks) => write(linesOf(marks, ({ generation }) => `folded=${generation}`)),
    async fold(kind, facilities, span) {
      const fields = [...(kinds.find(({ key }) => key === kind)?.points.keys() ?? [])]
      for (const page of facilities ? pagesOf(facilities, FACILITIES_PER_STATEMENT) : [null]) {
        const source = { bucket, measurement: kind, fields, facilities: page }
        await client.ask(rollUpFlux(source, span, { length: HOUR, origin: offset }, { bucket: hours, org }), () => {}, LONGEST_FOLD)
      }
    },
    async oldest() {
      const from = rawDays === 0 ? EVER.from : now() - days(rawDays)
      const kept = sourceFlux({ bucket: hours, measurement: MARKS, fields: ['touched'] }, { from, to: EVER.to })
      return firstTime(`${kept}\n  |> group()\n  |> min(column: "_time")`)
    },
  }
}

async function readMarks(client: Influxdb2Client, hours: string): Promise<HourMark[]> {
  const marks: HourMark[] = []
  const flux = `${sourceFlux({ bucket: hours, measurement: MARKS }, EVER)}
  |> pivot(rowKey: ["_time", "kind"], columnKey: ["_field"], valueColumn: "_value")
  |> group()
  |> filter(fn: (r) => r.touched > r.folded)
  |> map(fn: (r) => ({_time: r._time, kind: r.kind, _value: r.touched}))`
  await client.ask(flux, ({ _time, kind, _value }) => marks.push({ kind, hour: Date.parse(_time), generation: Number(_value) }))
  return marks
}
