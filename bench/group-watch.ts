import { readFileSync } from 'node:fs'
import type { Fleet } from '../simulators/fleet.ts'
import type { CommandView } from '../src/edges/http/command-schemas.ts'
import type { Client } from '../tests/acceptance/server-process.ts'

/** The most of `times`, ms in their order, that lie within one second. */
export function mostInASecond(times: readonly number[]): number {
  let most = 0
  for (let from = 0, to = 0; to < times.length; to++) {
    while ((times[to] as number) - (times[from] as number) >= 1000) from++
    most = Math.max(most, to - from + 1)
  }
  return most
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0)
const largest = (numbers: readonly number[]) => numbers.reduce((most, one) => Math.max(most, one), 0)

/** The load of each cabinet, A, second by second while it is watched. */
export class LoadWatch {
  readonly #series: number[][]
  readonly #timer: ReturnType<typeof setInterval>

  constructor(fleet: Pick<Fleet, 'current' | 'now'>, cabinets: readonly string[]) {
    this.#series = cabinets.map(() => [])
    const look = () => {
      for (const [i, id] of cabinets.entries()) this.#series[i]?.push(fleet.current(id, fleet.now))
    }
    look()
    this.#timer = setInterval(look, 1000)
  }

  /** Largest change within a second, as a share of the full load of the city, A, and of any one cabinet of its own. */
  stop(): { full: number; city: number; cabinet: number } {
    clearInterval(this.#timer)
    const jumpOf = (series: readonly number[]) => largest(series.map((amps, i) => Math.abs(amps - (series[i - 1] ?? amps))))
    const city = (this.#series[0] ?? []).map((_, i) => sum(this.#series.map((series) => series[i] as number)))
    const full = largest(city)
    const cabinet = largest(this.#series.map((series) => jumpOf(series) / Math.max(1, largest(series))))
    return { full, city: jumpOf(city) / full, cabinet }
  }
}

interface Heard {
  last: CommandView | null
  times: number[]
  bytes: number
}

/** What live consoles hear of one command. */
export class ProgressWatch {
  readonly #heard: Heard[]
  readonly #stops: (() => void)[]
  #id = ''

  constructor(clients: readonly Client[]) {
    this.#heard = clients.map(() => ({ last: null, times: [], bytes: 0 }))
    this.#stops = clients.map((client, i) => {
      const socket = client.live()
      socket.on('commands', ({ commands }) => {
        const own = commands.find(({ id }) => id === this.#id)
        const heard = this.#heard[i]
        if (!own || !heard) return
        heard.last = own
        heard.times.push(Date.now())
        heard.bytes += JSON.stringify(own).length
      })
      return () => socket.close()
    })
  }

  follow(id: string): void {
    this.#id = id
    for (const heard of this.#heard) Object.assign(heard, { last: null, times: [], bytes: 0 })
  }

  /** How many consoles know what the server knows; what each heard and the longest it heard nothing, ms. */
  against(counts: CommandView['counts']): { same: number; consoles: number; events: number; bytes: number; silence: number } {
    const inOrder = (some: CommandView['counts'] = {}) => JSON.stringify(Object.entries(some).sort())
    return {
      same: this.#heard.filter(({ last }) => inOrder(last?.counts) === inOrder(counts)).length,
      consoles: this.#heard.length,
      events: sum(this.#heard.map(({ times }) => times.length)) / this.#heard.length,
      bytes: largest(this.#heard.map(({ bytes, times }) => bytes / Math.max(1, times.length))),
      silence: largest(this.#heard.flatMap(({ times }) => times.map((time, i) => time - (times[i - 1] ?? time)))),
    }
  }

  stop(): void {
    for (const stop of this.#stops) stop()
  }
}

export interface ServerLoad {
  /** Delay of the event loop since it was asked last, ms. */
  p99: number
  max: number
  /** Of the process, and of what its heap holds, MB. */
  memory: number
  heap: number
  /** Since the start, s. */
  cpu: number
  /** How long its first thread had to wait for a core since the start, s: what a busy machine takes from it. */
  waited: number
  messages: number
}

/** What the server says of itself. */
export async function serverLoad(client: Pick<Client, 'text'>, pid: number | undefined): Promise<ServerLoad> {
  const said = await client.text('/metrics')
  const of = (name: string) => Number(said.match(new RegExp(`^${name} (\\S+)`, 'm'))?.[1])
  return {
    p99: of('nodejs_eventloop_lag_p99_seconds') * 1000,
    max: of('nodejs_eventloop_lag_max_seconds') * 1000,
    memory: of('process_resident_memory_bytes') / 1e6,
    heap: of('nodejs_heap_size_used_bytes') / 1e6,
    cpu: of('process_cpu_seconds_total'),
    waited: Number(readFileSync(`/proc/${pid}/task/${pid}/schedstat`, 'utf8').split(' ')[1]) / 1e9,
    messages: of('lamplighter_messages_total'),
  }
}
