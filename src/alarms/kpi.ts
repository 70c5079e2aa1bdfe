import { type Priority, priorities } from '../detection/rule.ts'
import { hours, minutes } from '../telemetry/duration.ts'
import type { AlarmRecord } from './alarm-log.ts'
import type { Flood } from './flood.ts'
import { Spread } from './spread.ts'

/** The span by which the load of an operator is counted (ANSI/ISA-18.2-2016 and IEC 62682, clause 16). */
const SPAN = minutes(10)
/** Alarms of one rule of one facility are chattering when this many come within the time (ISA-18.2: three or more a minute). */
export const CHATTERING = { times: 3, within: minutes(1) } as const
/** A standing alarm is stale after this long (ISA-18.2, EEMUA 191). */
export const STALE_AFTER = hours(24)
const TOP = 10

/**
 * What is asked of an alarm system. Alarms in 10 min per operator: about 1 can be dealt with, more than 10 is a flood; floods at most 1 %
 * of the time; the ten worst sources at most 5 % of all; no chattering, fewer than 5 stale (ISA-18.2-2016 and IEC 62682, clause 16; EEMUA
 * 191). Priorities: 80 % low, 15 % medium, 5 % high, and with a fourth one above them less than 1 % (the same).
 */
export const kpiTargets = {
  rate: 1,
  floodRate: 10,
  floodShare: 0.01,
  topShare: 0.05,
  chattering: 0,
  stale: 5,
  priorities: { critical: 0.01, high: 0.05, medium: 0.15, low: 0.8 },
} as const

/** ms; null when there is nothing to take it from. */
export interface SpreadFigures {
  count: number
  median: number | null
  p90: number | null
}

export interface AlarmSource {
  facility: string
  rule: string
  alarms: number
}

/** How an alarm system did between two times. Lengths and times in ms. */
export interface AlarmKpi {
  from: number
  to: number
  operators: number
  /** Told to operators. */
  alarms: number
  /** Activations that nobody saw in the window: suppressed (also by late data), shelved or out of service. */
  hidden: number
  shelved: number
  /** Alarms in ten minutes per operator: mean, most, and the shares of the spans above 1 and above 10. */
  rate: { mean: number; peak: number; peakAt: number | null; aboveAcceptable: number; aboveFlood: number }
  byPriority: Record<Priority, number>
  top: { sources: readonly (AlarmSource & { share: number })[]; share: number }
  chattering: readonly AlarmSource[]
  acknowledge: Record<Priority | 'all', SpreadFigures>
  normal: Record<Priority | 'all', SpreadFigures>
  /** Who acknowledged how many, and how fast; those with the most first. */
  people: readonly (SpreadFigures & { name: string })[]
  floods: { count: number; share: number; longest: number | null }
}

export interface KpiWindow {
  from: number
  to: number
  operators: number
}

interface Source extends AlarmSource {
  /** Event times of the newest activations, as many as make it chattering but one. */
  recent: number[]
  isChattering: boolean
}

interface Open {
  /** When it was told, our time; null while nobody saw it. */
  told: number | null
  /** NaN when it is over, or came before the window. */
  activated: number
  acknowledged: boolean
}

/** More people than any control room has; the rest counts in the figures of all. */
const MOST_PEOPLE = 200
/** Lists of the answer. */
const MOST_LISTED = 100

/** Takes steps of the alarm record one by one, in order, and counts what they say of the alarm system. Memory grows with sources, not steps. */
export class KpiCount {
  readonly #window: KpiWindow
  readonly #spans = new Map<number, number>()
  readonly #sources = new Map<string, Source>()
  readonly #open = new Map<number, Open>()
  readonly #byPriority = { critical: 0, high: 0, medium: 0, low: 0 }
  readonly #acknowledge = spreads()
  readonly #normal = spreads()
  readonly #people = new Map<string, Spread>()
  #alarms = 0
  #hidden = 0
  #shelved = 0

  constructor(window: KpiWindow) {
    this.#window = window
  }

  /** A step recorded in the window. */
  add(record: AlarmRecord): void {
    if (record.announced) this.#tell(record)
    switch (record.type) {
      case 'raise':
      case 'activate':
        if (!record.announced) this.#hidden++
        this.#activate(record)
        break
      case 'acknowledge':
        this.#acknowledged(record)
        break
      case 'return':
        this.#returned(record)
        break
      case 'shelve':
        this.#shelved++
        break
      case 'take-out-of-service':
        // What is over ends with it.
        if (Number.isNaN(this.#open.get(record.alarm)?.activated)) this.#open.delete(record.alarm)
        break
      case 'withdraw':
        this.#open.delete(record.alarm)
        break
      default:
    }
  }

  /** `floods` are those that went on at some time in the window. */
  result(floods: readonly Flood[]): AlarmKpi {
    const { from, to, operators } = this.#window
    const chattering = [...this.#sources.values()].filter(({ isChattering }) => isChattering).sort(byLoad)
    const top = worst(this.#sources.values(), TOP).map(({ facility, rule, alarms }) => ({
      facility,
      rule,
      alarms,
      share: alarms / this.#alarms,
    }))
    return {
      from,
      to,
      operators,
      alarms: this.#alarms,
      hidden: this.#hidden,
      shelved: this.#shelved,
      rate: this.#rate(),
      byPriority: this.#byPriority,
      top: { sources: top, share: top.reduce((sum, { share }) => sum + share, 0) },
      chattering: chattering.slice(0, MOST_LISTED).map(({ facility, rule, alarms }) => ({ facility, rule, alarms })),
      acknowledge: figuresOfAll(this.#acknowledge),
      normal: figuresOfAll(this.#normal),
      people: [...this.#people]
        .map(([name, spread]) => ({ name, ...figuresOf(spread) }))
        .sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1)),
      floods: floodFigures(floods, from, to),
    }
  }

  #tell({ alarm, facility, rule, recorded, priority, at, type }: AlarmRecord): void {
    this.#alarms++
    this.#byPriority[priority]++
    // What lies ahead, because the clock was set back since, counts at the end.
    const { from, to } = this.#window
    const span = Math.floor((Math.min(recorded, to - 1) - from) / SPAN)
    this.#spans.set(span, (this.#spans.get(span) ?? 0) + 1)
    const source = this.#source(facility, rule)
    source.alarms++
    if (type !== 'raise' && type !== 'activate') {
      const open = this.#open.get(alarm)
      if (open?.told === null) this.#hidden--
      this.#open.set(alarm, { activated: Number.NaN, acknowledged: false, ...open, told: recorded })
      return
    }
    const first = source.recent.length === CHATTERING.times - 1 ? source.recent.shift() : undefined
    if (first !== undefined && Math.abs(at - first) <= CHATTERING.within) source.isChattering = true
    source.recent.push(at)
  }

  #source(facility: string, rule: string): Source {
    const name = nameOf({ facility, rule })
    let source = this.#sources.get(name)
    if (!source) {
      source = { facility, rule, alarms: 0, recent: [], isChattering: false }
      this.#sources.set(name, source)
    }
    return source
  }

  #activate({ alarm, at, recorded, announced }: AlarmRecord): void {
    this.#open.set(alarm, { told: announced ? recorded : null, activated: at, acknowledged: false })
  }

  #acknowledged({ alarm, recorded, priority, by }: AlarmRecord): void {
    const open = this.#open.get(alarm)
    if (!open || open.told === null || open.acknowledged) return
    open.acknowledged = true
    const length = Math.max(0, recorded - open.told)
    for (const name of [priority, 'all'] as const) this.#acknowledge[name].add(length)
    this.#forget(alarm, open)
    if (by === null) return
    let person = this.#people.get(by)
    if (!person && this.#people.size < MOST_PEOPLE) {
      person = new Spread()
      this.#people.set(by, person)
    }
    person?.add(length)
  }

  #returned({ alarm, at, priority, told }: AlarmRecord): void {
    const open = this.#open.get(alarm)
    if (!open) return
    const length = Math.max(0, at - open.activated)
    open.activated = Number.NaN
    if (open.told !== null && !Number.isNaN(length)) for (const name of [priority, 'all'] as const) this.#normal[name].add(length)
    // What is over and out of sight has ended, whether somebody had acknowledged it or not.
    if (!told) this.#open.delete(alarm)
    this.#forget(alarm, open)
  }

  /** Nothing more is awaited of an activation that is acknowledged and over, or over and never seen. */
  #forget(alarm: number, { acknowledged, activated, told }: Open): void {
    if (Number.isNaN(activated) && (acknowledged || told === null)) this.#open.delete(alarm)
  }

  #rate(): AlarmKpi['rate'] {
    const { from, to, operators } = this.#window
    const spans = Math.max(1, Math.ceil((to - from) / SPAN))
    const share = (limit: number) => [...this.#spans.values()].filter((count) => count > limit * operators).length / spans
    let peak = 0
    let peakAt: number | null = null
    for (const [span, count] of this.#spans) if (count > peak) [peak, peakAt] = [count, from + span * SPAN]
    return {
      mean: this.#alarms / operators / ((to - from) / SPAN),
      peak: peak / operators,
      peakAt,
      aboveAcceptable: share(kpiTargets.rate),
      aboveFlood: share(kpiTargets.floodRate),
    }
  }
}

const nameOf = ({ facility, rule }: Pick<AlarmSource, 'facility' | 'rule'>) => `${facility}/${rule}`

const byLoad = (a: AlarmSource, b: AlarmSource): number => b.alarms - a.alarms || (nameOf(a) < nameOf(b) ? -1 : 1)

/** The few worst of a whole city, which would take long to sort. */
function worst(sources: Iterable<Source>, count: number): Source[] {
  const found: Source[] = []
  for (const source of sources) {
    const last = found[count - 1]
    if (last && byLoad(last, source) < 0) continue
    found.push(source)
    found.sort(byLoad)
    found.length = Math.min(found.length, count)
  }
  return found
}

type Spreads = Record<Priority | 'all', Spread>
const spreads = (): Spreads => ({
  ...{ critical: new Spread(), high: new Spread(), medium: new Spread(), low: new Spread() },
  all: new Spread(),
})

const figuresOf = (spread: Spread): SpreadFigures => ({ count: spread.count, median: spread.quantile(0.5), p90: spread.quantile(0.9) })

function figuresOfAll(of: Spreads): Record<Priority | 'all', SpreadFigures> {
  const { all, critical, high, medium, low } = of
  return { all: figuresOf(all), critical: figuresOf(critical), high: figuresOf(high), medium: figuresOf(medium), low: figuresOf(low) }
}

function floodFigures(floods: readonly Flood[], from: number, to: number): AlarmKpi['floods'] {
  const lengths = floods.map(({ started, ended }) => Math.max(0, Math.min(ended ?? to, to) - Math.max(started, from)))
  return {
    count: floods.length,
    share: lengths.reduce((sum, length) => sum + length, 0) / (to - from),
    longest: lengths.length === 0 ? null : Math.max(...lengths),
  }
}

/** Shares of each priority among alarms; null when there are none. */
export function priorityShares(byPriority: Record<Priority, number>): Record<Priority, number> | null {
  const all = priorities.reduce((sum, priority) => sum + byPriority[priority], 0)
  if (all === 0) return null
  return Object.fromEntries(priorities.map((priority) => [priority, byPriority[priority] / all])) as Record<Priority, number>
}
