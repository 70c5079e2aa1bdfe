import { type Scope, scopeKey, WHOLE_CITY } from '../../access/scope.ts'
import { minutes } from '../../telemetry/duration.ts'
import type { Services } from '../services.ts'
import { type FeedOptions, LiveFeed } from './feed.ts'

/** How long a feed is kept after somebody asked for it who does not listen, ms: the next page of the same person asks again soon. */
const KEPT = minutes(5)

export interface FeedsOptions extends Omit<FeedOptions, 'scope' | 'services'> {
  services: FeedOptions['services'] & Pick<Services, 'onChange'>
}

interface Kept {
  feed: LiveFeed
  asked: number
}

/** One feed for each scope in use, shared by all who have it; that of the whole city is always there. */
export class LiveFeeds {
  readonly #options: FeedsOptions
  readonly #whole: LiveFeed
  readonly #limited = new Map<string, Kept>()
  readonly #opened: ((feed: LiveFeed) => void)[] = []
  #count = 0

  constructor(options: FeedsOptions) {
    this.#options = options
    this.#whole = new LiveFeed({ ...options, scope: WHOLE_CITY })
    options.services.onChange((change) => {
      for (const feed of this.all()) feed.take(change)
    })
  }

  /** The feed of a scope, made when nobody had it before. */
  of(scope: Scope): LiveFeed {
    const key = scopeKey(scope)
    if (key === scopeKey(WHOLE_CITY)) return this.#whole
    const asked = this.#options.now()
    const known = this.#limited.get(key)
    if (known) {
      known.asked = asked
      return known.feed
    }
    // One that is made anew counts from the beginning, and must not be taken for the one before it.
    const feed = new LiveFeed({ ...this.#options, scope, epoch: `${this.#options.epoch}.${++this.#count}` })
    this.#limited.set(key, { feed, asked })
    for (const listener of this.#opened) listener(feed)
    return feed
  }

  all(): LiveFeed[] {
    return [this.#whole, ...[...this.#limited.values()].map(({ feed }) => feed)]
  }

  /** Called with each feed there is, and each that comes. */
  onFeed(listener: (feed: LiveFeed) => void): void {
    for (const feed of this.all()) listener(feed)
    this.#opened.push(listener)
  }

  /** Drops feeds that nobody uses; `isUsed` tells whether somebody listens. */
  forgetUnused(isUsed: (feed: LiveFeed) => boolean): void {
    const now = this.#options.now()
    for (const [key, { feed, asked }] of this.#limited) {
      if (isUsed(feed) || Math.abs(now - asked) < KEPT) continue
      feed.close()
      this.#limited.delete(key)
    }
  }

  close(): void {
    for (const feed of this.all()) feed.close()
  }
}
