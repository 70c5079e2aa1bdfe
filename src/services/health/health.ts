import type { Priority } from '../../detection/rule.ts'
import {
  type Condition,
  type ConsoleFigures,
  conditions,
  type HealthMeasure,
  type HealthPart,
  type HealthPartKey,
} from '../../edges/health.ts'
import type { Figures } from '../../edges/services.ts'
import { server } from '../../facilities/server/index.ts'
import type { ServerPoint } from '../../facilities/server/points.ts'
import { seconds } from '../../telemetry/duration.ts'
import type { DelayFigures } from './alarm-delays.ts'
import { brokenRules, type OwnValues, type ParametersOf } from './own-rules.ts'

/** What the service knows of itself at one moment. Times are ms since 1970, spans ms, sizes bytes. */
export interface HealthFacts {
  at: number
  /** What it reports of itself. */
  own: OwnValues
  parametersOf: ParametersOf
  figures: Figures
  maxConnections: number
  /** Of the last hour: connections refused, readers dropped as too slow, messages not forwarded to readers. */
  refusedConnects: number
  slowReaders: number
  notForwarded: number
  alarmDelays: DelayFigures | null
  stateBytes: number | null
  /** Infinity where nothing grows; null where nobody can tell yet. */
  diskDaysLeft: number | null
  certificateProblems: readonly string[]
  /** Whether the clock of the machine is set by others; null where nobody can tell. */
  isClockSynchronized: boolean | null
  deviceClocks: DeviceClocks
  brokers: readonly { title: string; isAway: boolean; problem: string | null }[]
  codecs: readonly { id: string; isSuspended: boolean }[]
  /** Messages to people; given up within a day, by channel. */
  deliveries: DeliveryFacts
}

export interface DeliveryFacts {
  channels: number
  waiting: number
  givenUp: readonly { channel: string; count: number; problem: string }[]
}

/** How far device clocks are from ours. */
export interface DeviceClocks {
  measured: number
  /** Those off by more than the rule about device clocks allows. */
  off: number
  /** Of all that were measured, ms ahead of ours; null without one. */
  median: number | null
}

/** A group is on disk in milliseconds on a sound one; who waits for an acknowledgement waits for this. */
const SLOW_SYNC = 500
const STALLED_SYNC = seconds(5)
/** What a person calls at once, and what is far past it. */
const SLOW_ALARM = seconds(5)
const LATE_ALARM = seconds(30)
/** Messages on disk that wait to be judged: a second of a large city. */
const SLOW_ROAD = 10_000
/** Share of the connections that may be there, past which newcomers may soon be refused. */
const NEARLY_ALL = 0.9
const FEW_DAYS = 30
const LAST_DAYS = 3
/** When so large a share of clocks are wrong, and in the same way, it is our own. */
const OWN_CLOCK_SHARE = 0.5
const OWN_CLOCK_OFF = seconds(60)

const severity: Record<Condition, number> = { bad: 3, look: 2, unknown: 1, ok: 0, unused: 0 }
const conditionOf: Record<Priority, Condition> = { critical: 'bad', high: 'bad', medium: 'look', low: 'look' }

/** The worst of several; what is not known makes nothing worse. */
export const worst = (found: readonly Condition[]): Condition =>
  conditions.filter((one) => found.includes(one) && severity[one] > 1).toSorted((a, b) => severity[b] - severity[a])[0] ?? 'ok'

/** Every part of the service with its figures, in the order in which an operator asks. Pure. */
export function healthOf(facts: HealthFacts, consoles: ConsoleFigures): HealthPart[] {
  const own = ownMeasures(facts)
  const { figures, codecs, brokers } = facts
  const { journal, writer, backup, store } = figures.storage
  const isServed = facts.own['certificate-days'] != null
  const messages = (list: readonly (string | null)[]) => list.filter((one) => one !== null)
  return [
    part('broker', [
      atMost(
        'connections',
        'count',
        figures.mqttClients,
        NEARLY_ALL * facts.maxConnections,
        Number.POSITIVE_INFINITY,
        facts.maxConnections,
      ),
      own('messages-rate'),
      own('rejected-rate'),
      plain('refused-connects', 'count', facts.refusedConnects),
      atMost('slow-readers', 'count', facts.slowReaders, 0),
      plain('not-forwarded', 'count', facts.notForwarded),
      plain('queued', 'bytes', figures.broker?.queuedBytes ?? 0),
    ]),
    part(
      'journal',
      [
        own('journal-writable'),
        own('journal-fill'),
        plain('waiting', 'bytes', journal.waitingBytes),
        plain('oldest', 'time', journal.oldestAt),
        atMost('sync', 'ms', journal.slowestSync, SLOW_SYNC, STALLED_SYNC),
        own('given-up-hour'),
      ],
      messages([journal.trouble]),
    ),
    part('detection', [
      plain('alarm-delay', 'ms', facts.alarmDelays?.p50 ?? null),
      atMost('alarm-delay-worst', 'ms', facts.alarmDelays?.p99 ?? null, SLOW_ALARM, LATE_ALARM),
      plain('alarms', 'count', facts.alarmDelays?.count ?? 0),
      atMost('backlog', 'count', figures.pipelineBacklog, SLOW_ROAD),
      own('loop-delay'),
    ]),
    part(
      'database',
      [
        plain('store', 'text', store),
        own('store-reachable'),
        plain('last-write', 'ms', writer.sinceWrite),
        own('storage-lag'),
        own('storage-backlog'),
        own('set-aside'),
        own('left-out-hour'),
      ],
      messages([own('store-reachable').condition === 'ok' ? null : writer.lastError]),
    ),
    part(
      'state',
      [
        plain('state-size', 'bytes', facts.stateBytes),
        plain('backups', 'yes-no', backup !== null),
        ...(backup === null ? [] : [plain('backup', 'time', backup.newest), own('backup-age')]),
      ],
      messages([backup?.failed ?? null]),
    ),
    part('disk', [own('disk-free'), own('disk-free-share'), atLeast('days-left', 'days', facts.diskDaysLeft, FEW_DAYS, LAST_DAYS)]),
    part('process', [own('memory'), own('memory-share'), own('cpu')]),
    part('consoles', [
      atMost('consoles', 'count', consoles.connected, NEARLY_ALL * consoles.most, Number.POSITIVE_INFINITY, consoles.most),
      plain('behind', 'count', consoles.behind),
      plain('dropped', 'count', consoles.dropped),
    ]),
    isServed ? part('certificates', [own('certificate-days')], facts.certificateProblems) : unused('certificates'),
    part('clock', clockMeasures(facts)),
    brokers.length === 0
      ? unused('brokers')
      : part(
          'brokers',
          [plain('brokers', 'count', brokers.length), atMost('brokers-away', 'count', brokers.filter(({ isAway }) => isAway).length, 0)],
          brokers.flatMap(({ title, problem }) => (problem === null ? [] : [`${title}: ${problem}`])),
        ),
    codecs.length === 0
      ? unused('codecs')
      : part(
          'codecs',
          [
            plain('codecs', 'count', codecs.length),
            atMost('codecs-suspended', 'count', codecs.filter(({ isSuspended }) => isSuspended).length, 0),
          ],
          codecs.filter(({ isSuspended }) => isSuspended).map(({ id }) => id),
        ),
    channelPart(facts.deliveries),
  ]
}

function channelPart({ channels, waiting, givenUp }: DeliveryFacts): HealthPart {
  const count = givenUp.reduce((sum, one) => sum + one.count, 0)
  if (channels + waiting + count === 0) return unused('channels')
  return part(
    'channels',
    [plain('channels', 'count', channels), plain('messages-waiting', 'count', waiting), atMost('messages-given-up', 'count', count, 0)],
    givenUp.filter(({ problem }) => problem !== '').map(({ channel, problem }) => `${channel}: ${problem}`),
  )
}

/** Measures named by a point that the service reports of itself: as well as its rules find it now, without their delays. */
function ownMeasures({ own, at, parametersOf }: HealthFacts): (point: ServerPoint) => HealthMeasure {
  const broken = brokenRules(own, at, parametersOf)
  return (point) => {
    const index = server.table.index.get(point)
    const rules = server.rules.filter(({ points }) => points[0] === index)
    const found = rules.filter(({ key }) => broken.has(key))
    const condition = worst(found.map(({ priority }) => conditionOf[priority]))
    const told = found.find(({ priority }) => conditionOf[priority] === condition)
    // The mildest rule is the first to be broken.
    const { high, low } = parametersOf(told ?? rules.at(-1) ?? NO_RULE) ?? {}
    const limit = high !== undefined ? { high } : low !== undefined ? { low } : null
    const value = own[point] ?? null
    return { key: point, unit: 'point', value, condition: value === null ? 'unknown' : condition, limit, rule: told?.key ?? null }
  }
}
const NO_RULE = { parameters: {} } as Parameters<ParametersOf>[0]

function clockMeasures({ isClockSynchronized, deviceClocks: { measured, off, median } }: HealthFacts): HealthMeasure[] {
  const isOwn = median !== null && Math.abs(median) > OWN_CLOCK_OFF && off > OWN_CLOCK_SHARE * measured
  return [
    { ...plain('synchronized', 'yes-no', isClockSynchronized), condition: isClockSynchronized === null ? 'unknown' : 'ok' },
    {
      ...plain('device-clocks', 'ms', median),
      condition: median === null ? 'unknown' : isOwn ? 'bad' : 'ok',
      limit: { high: OWN_CLOCK_OFF },
    },
    plain('device-clocks-off', 'count', off),
  ]
}

function part(key: HealthPartKey, measures: HealthMeasure[], notes: readonly string[] = []): HealthPart {
  const found = worst(measures.map(({ condition }) => condition))
  // Words of the part itself come only with something that is wrong.
  return { key, condition: found === 'ok' && notes.length > 0 ? 'look' : found, measures, notes: [...notes] }
}

const unused = (key: HealthPartKey): HealthPart => ({ key, condition: 'unused', measures: [], notes: [] })

const plain = (key: string, unit: HealthMeasure['unit'], value: HealthMeasure['value']): HealthMeasure => ({
  ...{ key, unit, value, limit: null, rule: null },
  condition: 'ok',
})

/** Past `look` somebody should look, past `bad` it is bad; `shown` is the limit that people are told. */
function atMost(
  key: string,
  unit: HealthMeasure['unit'],
  value: number | null,
  look: number,
  bad = Number.POSITIVE_INFINITY,
  shown = look,
): HealthMeasure {
  const condition = value === null ? 'unknown' : value > bad ? 'bad' : value > look ? 'look' : 'ok'
  return { ...plain(key, unit, value), condition, limit: { high: shown } }
}

function atLeast(key: string, unit: HealthMeasure['unit'], value: number | null, look: number, bad: number): HealthMeasure {
  const condition = value === null ? 'unknown' : value < bad ? 'bad' : value < look ? 'look' : 'ok'
  // What never ends has no number in JSON.
  return { ...plain(key, unit, value === Number.POSITIVE_INFINITY ? null : value), condition, limit: { low: look } }
}
