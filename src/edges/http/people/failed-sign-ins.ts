import type { AuditRecord } from '../../../storage/state-store.ts'
import { hours, minutes } from '../../../telemetry/duration.ts'
import type { Schedule } from '../../live/throttle.ts'

/** Failures of a span that get a record each; the rest of it gets one together. */
const SINGLE_RECORDS = 10
const SHORTEST_SPAN = minutes(1)
const LONGEST_SPAN = hours(1)
const NAMES_SHOWN = 5
/** Different names and addresses that are counted; past it, "at least". */
const MOST_COUNTED = 1000
const MOST_NAME = 64

export interface FailedSignInOptions {
  /** As the audit trail calls it. */
  action?: string
  audit: (record: AuditRecord) => void
  now: () => number
  schedule: Schedule
}

interface Span {
  began: number
  length: number
  singles: number
  wrong: number
  refused: number
  names: Set<string>
  addresses: Set<string>
}

/** Brings failed sign-ins, and what is like them, into the audit trail: singly while they are few, in sums while somebody tries thousands. */
export class FailedSignIns {
  readonly #options: FailedSignInOptions
  #span: Span | null = null
  #cancel: () => void = () => {}

  constructor(options: FailedSignInOptions) {
    this.#options = options
  }

  /** A wrong password or code; `wait` is the time before the next try, ms. */
  wrong(name: string, address: string, wait: number): void {
    const span = this.#current()
    if (span.singles < SINGLE_RECORDS) {
      span.singles++
      const next = wait > 0 ? `; the next try has to wait ${Math.ceil(wait / 1000)} s` : ''
      this.#record(short(name), `from ${address}${next}`)
      return
    }
    span.wrong++
    this.#count(span, name, address)
  }

  /** A try that came before its time, so that nothing was compared. */
  refused(name: string, address: string): void {
    const span = this.#current()
    span.refused++
    this.#count(span, name, address)
  }

  #count({ names, addresses }: Span, name: string, address: string): void {
    if (names.size < MOST_COUNTED) names.add(short(name))
    if (addresses.size < MOST_COUNTED) addresses.add(address)
  }

  #current(): Span {
    this.#span ??= this.#begin(SHORTEST_SPAN)
    return this.#span
  }

  #begin(length: number): Span {
    this.#cancel = this.#options.schedule(() => this.#turn(), length)
    return {
      ...{ began: this.#options.now(), length, singles: 0, wrong: 0, refused: 0 },
      ...{ names: new Set<string>(), addresses: new Set<string>() },
    }
  }

  /** While it goes on, each span is twice as long as the one before. */
  #turn(): void {
    const span = this.#span
    this.flush()
    if (span && span.wrong + span.refused > 0) this.#span = this.#begin(Math.min(span.length * 2, LONGEST_SPAN))
  }

  /** Writes the sum of what has not been written; at the end of a span and of the program. */
  flush(): void {
    const span = this.#span
    this.#cancel()
    this.#span = null
    if (!span || span.wrong + span.refused === 0) return
    const { wrong, refused, names, addresses, began } = span
    const shown = [...names].slice(0, NAMES_SHOWN)
    const atLeast = names.size === MOST_COUNTED || addresses.size === MOST_COUNTED ? 'at least ' : ''
    this.#record(
      names.size === 1 ? (shown[0] as string) : '',
      `since ${new Date(began).toISOString()} ${wrong} more wrong and ${refused} refused before their time, from ${atLeast}${addresses.size} addresses ` +
        `for ${names.size} names (${shown.join(', ')}${names.size > shown.length ? ', …' : ''})`,
    )
  }

  #record(subject: string, detail: string): void {
    this.#options.audit({ at: this.#options.now(), by: 'unknown', action: this.#options.action ?? 'sign-in-failed', subject, detail })
  }
}

const short = (name: string) => name.slice(0, MOST_NAME)
