import { seededRandom } from '../../simulators/random.ts'
import type { ChaosProxy } from './chaos-proxy.ts'
import { inSeconds } from './outcome.ts'

export interface Fault {
  name: string
  /** Shortest and longest, ms; chance decides between them. */
  lasts: readonly [number, number]
  begin: () => unknown
  end?: () => unknown
}

export interface PlannedFault<F> {
  fault: F
  /** ms since the begin. */
  from: number
  to: number
}

/** Faults one after the other with calm between them, in rounds in which each comes once, until `duration` ms are full; at least one round. */
export function planFaults<F extends Pick<Fault, 'lasts'>>(
  seed: string,
  faults: readonly F[],
  duration: number,
  calm: readonly [number, number],
): PlannedFault<F>[] {
  const random = seededRandom(`${seed}:faults`)
  const between = ([least, most]: readonly [number, number]) => Math.round(least + random() * (most - least))
  const plan: PlannedFault<F>[] = []
  let time = 0
  do {
    for (const fault of shuffled(random, faults)) {
      const from = time + between(calm)
      const to = from + between(fault.lasts)
      plan.push({ fault, from, to })
      time = to
    }
  } while (time < duration)
  return plan
}

function shuffled<T>(random: () => number, list: readonly T[]): T[] {
  const rest = [...list]
  return list.map(() => rest.splice(Math.floor(random() * rest.length), 1)[0] as T)
}

/** Lets the faults come and go at their times; an abort ends the one that is there and resolves. */
export async function carryOut(plan: readonly PlannedFault<Fault>[], signal: AbortSignal, tell: (line: string) => void): Promise<void> {
  const begun = performance.now()
  const until = (time: number) => pause(time - (performance.now() - begun), signal)
  for (const { fault, from, to } of plan) {
    await until(from)
    if (signal.aborted) return
    tell(`${fault.name}, ${inSeconds(to - from)}`)
    await fault.begin()
    await until(to)
    await fault.end?.()
  }
}

/** Resolves after `ms`, or at once when the signal aborts. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  if (signal?.aborted || ms <= 0) return Promise.resolve()
  const timer = setTimeout(resolve, ms)
  signal?.addEventListener('abort', () => resolve(), { once: true })
  return promise.finally(() => clearTimeout(timer))
}

/** What happens to mobile links. `blackHole` is how long nothing passes at most, ms; the others last about `usual` ms. */
export function linkFaults(proxy: ChaosProxy, usual: number, blackHole: number): Fault[] {
  const lasts = [usual * 0.7, usual * 1.3] as const
  const heal = () => proxy.set({})
  return [
    { name: 'reset', lasts, begin: () => proxy.reset() },
    { name: 'device gone unseen by the server', lasts, begin: () => proxy.halfOpen('client') },
    { name: 'server gone unseen by the devices', lasts, begin: () => proxy.halfOpen('server') },
    { name: 'slices of 7 bytes', lasts, begin: () => proxy.set({ slice: 7 }), end: heal },
    { name: 'delay and jitter', lasts, begin: () => proxy.set({ latency: 300, jitter: 200 }), end: heal },
    { name: 'narrow band', lasts, begin: () => proxy.set({ bandwidth: 4_000 }), end: heal },
    {
      name: 'refused connections',
      lasts,
      begin() {
        proxy.set({ refuse: true })
        proxy.reset()
      },
      end: heal,
    },
    { name: 'black hole', lasts: [blackHole, blackHole], begin: () => proxy.set({ blackHole: true }), end: heal },
  ]
}
