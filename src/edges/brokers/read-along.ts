import { WHOLE_CITY } from '../../access/scope.ts'
import type { Facility } from '../../facilities/plant.ts'
import type { ReadAlong } from '../../storage/broker-connection-store.ts'
import { seconds } from '../../telemetry/duration.ts'
import type { Change, Services } from '../services.ts'
import { discoveryMessage, discoveryTopic, isDiscoveryTopic } from './home-assistant.ts'

/** Whether the service is there, retained. */
export const AVAILABILITY_TOPIC = 'lamplighter/status'
/** Whether a message there is one that others read along. */
export const isReadAlongTopic = (topic: string) => topic.startsWith('lamplighter/') || isDiscoveryTopic(topic)
export const stateTopic = ({ kind, id }: Pick<Facility, 'kind' | 'id'>) => `lamplighter/${kind.key}/${id}/state`

const FLUSH = seconds(1)
/** Messages a second to one broker; with more changes than that facilities are told less often. */
const MAX_PER_FLUSH = 500

export interface ReadAlongOptions {
  settings: ReadAlong
  services: Pick<Services, 'plant' | 'findFacilities' | 'latestValues' | 'facilityState'>
  /** False when it cannot be sent now. */
  send(topic: string, payload: string, options: { qos: 0 | 1; retain: boolean }): boolean
  schedule: (work: () => void, delay: number) => () => void
  /** Where the broker keeps what it is told for longer than this program runs: the topics it was told before. */
  memory?: { told: readonly string[]; remember(topics: string[]): void }
}

/**
 * Lets others read along: a retained message per facility with its state and newest values, at most one a second each, and where wanted what
 * Home Assistant finds it by. What cannot be sent waits here, as the facility and not as a message.
 */
export class ReadAlongPublisher {
  readonly #options: ReadAlongOptions
  /** Facilities that are told, by number; looked up anew when the plant changes. */
  #told = new Map<number, Facility>()
  readonly #changed = new Set<number>()
  readonly #undiscovered = new Set<number>()
  /** Topics that hold something at the broker, or will soon. */
  #retained: ReadonlySet<string>
  /** Those of them that are to be cleared, of facilities that are told no more. */
  #obsolete: string[] = []
  #cancel: (() => void) | undefined
  #isReady = false
  /** Which facilities there are may be others; looked at before the next are told. */
  #isPlantChanged = false

  constructor(options: ReadAlongOptions) {
    this.#options = options
    this.#retained = new Set(options.memory?.told)
  }

  /** The broker is there: everything is told. */
  begin(): void {
    this.#isReady = true
    this.#list()
    for (const number of this.#told.keys()) this.#changed.add(number)
    if (this.#finds) for (const number of this.#told.keys()) this.#undiscovered.add(number)
    this.#options.send(AVAILABILITY_TOPIC, this.#isOff ? '' : 'online', { qos: 1, retain: true })
    this.#request()
  }

  pause(): void {
    this.#isReady = false
    this.#cancel?.()
    this.#cancel = undefined
  }

  /** Says good-bye; what is retained stays, marked as unavailable. */
  end(): void {
    if (this.#isReady && !this.#isOff) this.#options.send(AVAILABILITY_TOPIC, 'offline', { qos: 1, retain: true })
    this.pause()
  }

  take({ facilities, plant }: Pick<Change, 'facilities' | 'plant'>): void {
    if (!this.#isReady) return
    this.#isPlantChanged ||= plant
    for (const { number } of facilities) if (this.#told.has(number)) this.#changed.add(number)
    if (plant || this.#changed.size + this.#undiscovered.size + this.#obsolete.length > 0) this.#request()
  }

  /** Nothing is told any more; what was told is cleared. */
  get #isOff(): boolean {
    return this.#options.settings.mode === 'off'
  }

  get #finds(): boolean {
    return this.#options.settings.mode === 'home-assistant'
  }

  #list(): void {
    this.#isPlantChanged = false
    const { services, settings } = this.#options
    const before = this.#told
    const found = this.#isOff ? [] : services.findFacilities({ scope: WHOLE_CITY, ...(settings.query && { query: settings.query }) })
    this.#told = new Map(found.filter(({ kind }) => !kind.reportsItself).map((facility) => [facility.number, facility]))
    for (const [number, facility] of this.#told) {
      if (before.get(number) === facility) continue
      this.#changed.add(number)
      if (this.#finds) this.#undiscovered.add(number)
    }
    const wanted = new Set([...this.#told.values()].flatMap(this.#topicsOf))
    this.#obsolete = [...this.#retained].filter((topic) => !wanted.has(topic))
    this.#remember(new Set([...wanted, ...this.#obsolete]))
  }

  readonly #topicsOf = (facility: Facility): string[] => [stateTopic(facility), ...(this.#finds ? [discoveryTopic(facility.id)] : [])]

  #remember(topics: ReadonlySet<string>): void {
    const before = this.#retained
    this.#retained = topics
    if (topics.size !== before.size || [...topics].some((topic) => !before.has(topic))) this.#options.memory?.remember([...topics])
  }

  #request(): void {
    this.#cancel ??= this.#options.schedule(() => {
      this.#cancel = undefined
      if (this.#isReady) this.#flush()
    }, FLUSH)
  }

  #flush(): void {
    if (this.#isPlantChanged) this.#list()
    let left = MAX_PER_FLUSH
    const tell = (topic: string, payload: string) => left-- > 0 && this.#options.send(topic, payload, { qos: 1, retain: true })
    if (this.#obsolete.length > 0) {
      while (this.#obsolete.length > 0 && tell(this.#obsolete[0] as string, '')) this.#obsolete.shift()
      if (this.#obsolete.length === 0) this.#remember(new Set([...this.#told.values()].flatMap(this.#topicsOf)))
    }
    // Before the states, which Home Assistant would not know where to put.
    for (const [set, messageOf] of [
      [this.#undiscovered, this.#discovery],
      [this.#changed, this.#state],
    ] as const) {
      for (const number of set) {
        const facility = this.#told.get(number)
        if (facility && !tell(...messageOf(facility))) break
        set.delete(number)
      }
    }
    if (this.#changed.size + this.#undiscovered.size + this.#obsolete.length > 0) this.#request()
  }

  readonly #discovery = (facility: Facility): [string, string] => [
    discoveryTopic(facility.id),
    discoveryMessage(facility, stateTopic(facility), AVAILABILITY_TOPIC),
  ]

  readonly #state = (facility: Facility): [string, string] => {
    const { latestValues, facilityState } = this.#options.services
    const latest = latestValues(facility).filter(({ good }) => good)
    const at = latest.reduce((newest, one) => Math.max(newest, one.at), 0)
    const values = Object.fromEntries(latest.map(({ point, value }) => [point, value]))
    return [stateTopic(facility), JSON.stringify({ at: at || null, state: facilityState(facility), values })]
  }
}
