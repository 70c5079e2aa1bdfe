import type { Facility } from '../../facilities/plant.ts'
import type { FacilityDetail } from '../http/schemas.ts'
import type { Services } from '../services.ts'
import { DELTA_INTERVAL } from './feed.ts'
import type { LiveReadings } from './protocol.ts'
import { type Schedule, Throttle } from './throttle.ts'

export interface WatchedOptions {
  services: Pick<Services, 'plant' | 'facilityDetail' | 'onChange'>
  now: () => number
  schedule: Schedule
  send: (readings: LiveReadings) => void
}

interface Watched {
  watchers: number
  /** What was sent last of each point, as text to compare. */
  sent: Map<string, string>
}

/** Newest readings of those facilities that somebody looks at. */
export class WatchedReadings {
  readonly #options: WatchedOptions
  readonly #watched = new Map<string, Watched>()
  readonly #throttle: Throttle
  #pending = new Set<string>()

  constructor(options: WatchedOptions) {
    const { services, now, schedule } = options
    this.#options = options
    this.#throttle = new Throttle({ interval: DELTA_INTERVAL, now, schedule, flush: () => this.#flush() })
    services.onChange(({ facilities }) => {
      if (this.#watched.size > 0) this.#take(facilities)
    })
  }

  /** One more watcher; returns what it starts from, or undefined when there is no such facility. */
  watch(id: string): LiveReadings | undefined {
    const { plant, facilityDetail } = this.#options.services
    const facility = plant.get(id)
    if (!facility) return undefined
    const watched = this.#watched.get(id)
    if (watched) watched.watchers++
    else this.#watched.set(id, { watchers: 1, sent: new Map() })
    return { facility: id, readings: readingsOf(facilityDetail(facility)) }
  }

  unwatch(id: string): void {
    const watched = this.#watched.get(id)
    if (watched && --watched.watchers === 0) this.#watched.delete(id)
  }

  close(): void {
    this.#throttle.close()
  }

  #take(facilities: ReadonlySet<Facility>): void {
    for (const { id } of facilities) if (this.#watched.has(id)) this.#pending.add(id)
    if (this.#pending.size > 0) this.#throttle.request()
  }

  #flush(): boolean {
    const { services, send } = this.#options
    const pending = this.#pending
    this.#pending = new Set()
    let hasSent = false
    for (const id of pending) {
      const facility = services.plant.get(id)
      const watched = this.#watched.get(id)
      if (!facility || !watched) continue
      const readings = readingsOf(services.facilityDetail(facility)).filter((reading) => isNews(watched.sent, reading))
      if (readings.length === 0) continue
      hasSent = true
      send({ facility: id, readings })
    }
    return hasSent
  }
}

function readingsOf({ latest }: FacilityDetail): LiveReadings['readings'] {
  return latest.flatMap(({ point, value, at, good }) => (value === null ? [] : [[point, value, at, good]]))
}

function isNews(sent: Map<string, string>, reading: LiveReadings['readings'][number]): boolean {
  const text = reading.slice(1).join(' ')
  if (sent.get(reading[0]) === text) return false
  sent.set(reading[0], text)
  return true
}
