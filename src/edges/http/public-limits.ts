import { LamplighterError } from '../../errors.ts'
import { days, hours, minutes, seconds } from '../../telemetry/duration.ts'
import { LoginLimits } from '../login-limits.ts'
import { senderOf } from '../mqtt/senders.ts'
import { type Rate, TokenBucket } from '../mqtt/token-bucket.ts'

/** Keys that are remembered at once; the one used longest ago makes room. */
const MOST_KEYS = 20_000

/** So much for each of many. */
class BucketsByKey {
  readonly #rate: Rate
  readonly #buckets = new Map<string, TokenBucket>()

  constructor(rate: Rate) {
    this.#rate = rate
  }

  /** ms until there is one for this key; 0 when there is. */
  wait(key: string, now: number): number {
    return this.#buckets.get(key)?.wait(now) ?? 0
  }

  take(key: string, now: number): void {
    const bucket = this.#buckets.get(key) ?? new TokenBucket(this.#rate, now)
    this.#buckets.delete(key)
    this.#buckets.set(key, bucket)
    if (this.#buckets.size > MOST_KEYS) this.#buckets.delete(this.#buckets.keys().next().value as string)
    bucket.take(1, now)
  }
}

/** Many people share one address of a mobile network, hence the bursts. */
const REPORTS_BY_ADDRESS = { perSecond: 1 / 60, burst: 20 }
const REPORTS_BY_PLACE = { perSecond: 1 / 600, burst: 10 }
const REPORTS = { perSecond: 1, burst: 300 }
/** What nobody can read is not kept either: a flood that lasts fills the disk by some 15 MB a day and no more. */
const REPORTS_OF_DAYS = { perSecond: 5000 / (days(1) / seconds(1)), burst: 5000 }
const LOOKS_BY_ADDRESS = { perSecond: 1, burst: 60 }
const LOOKS = { perSecond: 30, burst: 300 }
/** Wrong numbers of one address before the next one waits, and how long that can be. */
const FREE_GUESSES = 10
const LONGEST_WAIT = minutes(15)

const words = (text: string, wait: number) => `${text} Try again in ${Math.ceil(wait / 1000)} s.`

/** What the public may do how often. Whoever is held back by a limit of their own takes nothing from what all have together. */
export class PublicLimits {
  readonly #addresses = new BucketsByKey(REPORTS_BY_ADDRESS)
  readonly #places = new BucketsByKey(REPORTS_BY_PLACE)
  readonly #reports: TokenBucket
  readonly #ofDays: TokenBucket
  readonly #lookers = new BucketsByKey(LOOKS_BY_ADDRESS)
  readonly #looks: TokenBucket
  readonly #guesses = new LoginLimits(FREE_GUESSES, LONGEST_WAIT, hours(1))

  constructor(now: number) {
    this.#reports = new TokenBucket(REPORTS, now)
    this.#ofDays = new TokenBucket(REPORTS_OF_DAYS, now)
    this.#looks = new TokenBucket(LOOKS, now)
  }

  /** Throws `too-many-requests`. `place`: what is reported, null where it is none that is known. */
  report(address: string, place: string | null, now: number): void {
    const sender = senderOf(address)
    refuse(this.#addresses.wait(sender, now), 'Many reports have come from your network.')
    if (place !== null) refuse(this.#places.wait(place, now), 'This has been reported often in the last hours, and is known.')
    refuse(Math.max(this.#reports.wait(now), this.#ofDays.wait(now)), 'Very many reports are coming in.')
    this.#addresses.take(sender, now)
    if (place !== null) this.#places.take(place, now)
    this.#reports.take(1, now)
    this.#ofDays.take(1, now)
  }

  /** Looking up places and numbers. Throws `too-many-requests`. */
  look(address: string, now: number): void {
    const sender = senderOf(address)
    refuse(this.#lookers.wait(sender, now), 'Much has been asked from your network.')
    refuse(this.#looks.wait(now), 'Very much is being asked.')
    this.#lookers.take(sender, now)
    this.#looks.take(1, now)
  }

  /** Throws `too-many-requests` for whoever has asked for too many numbers that nobody has. */
  mayGuess(address: string, now: number): void {
    refuse(this.#guesses.wait(senderOf(address), now), 'Too many wrong numbers have come from your network.')
  }

  wrongNumber(address: string, now: number): void {
    this.#guesses.tried(senderOf(address), now)
  }
}

function refuse(wait: number, text: string): void {
  if (wait > 0) throw new LamplighterError('too-many-requests', words(text, wait), undefined, wait)
}
