import { TICK } from './detection/detector.ts'
import { LamplighterError } from './errors.ts'
import type { Plant } from './facilities/plant.ts'
import { LONGEST_STEP, type Pipeline } from './pipeline.ts'
import type { Journal } from './storage/journal.ts'
import type { StateStore } from './storage/state-store.ts'

const RECOVERY_BATCH = 4 * 1_048_576

interface Waiting {
  received: number
  acknowledge: (error?: Error) => void
}

export interface IngestParts {
  journal: Journal
  pipeline: Pipeline
  now: () => number
  /** False while the disk has no space but what is kept for alarms. */
  hasSpace?: () => boolean
  /** Told when messages could not be written and were not acknowledged. */
  onUnwritten: (error: Error) => void
  /** Told of an answer or a step of the road that broke; the other answers are given all the same. */
  onTrouble: (error: unknown) => void
}

/**
 * Our clock, ms, as the road is told of it: set back by less than what makes a pause, it stands still, so that no message comes before a
 * tick that has run and a recovery would judge it earlier than it was.
 */
export function steadyClock(now: () => number): () => number {
  let told = Number.NEGATIVE_INFINITY
  return () => {
    const read = now()
    if (read > told || told - read > LONGEST_STEP) told = read
    return told
  }
}

/** Takes messages into the journal, acknowledges them once they are on disk, and sends them down the road together with the ticks of our clock. */
export class Ingest {
  readonly #journal: Journal
  readonly #pipeline: Pipeline
  readonly #now: () => number
  readonly #hasSpace: () => boolean
  readonly #waiting: Waiting[] = []

  constructor({ journal, pipeline, now, hasSpace = () => true, onUnwritten, onTrouble }: IngestParts) {
    this.#journal = journal
    this.#hasSpace = hasSpace
    this.#pipeline = pipeline
    this.#now = steadyClock(now)
    // From here on it does not go back, also where it is set before the first message: recovery has been told of this time.
    this.#now()
    journal.onCommit((messages, error) => {
      const attempt = (work: () => void) => {
        try {
          work()
        } catch (failure) {
          onTrouble(failure)
        }
      }
      for (const { acknowledge } of this.#waiting.splice(0, messages.length)) attempt(() => acknowledge(error ?? undefined))
      if (error) return onUnwritten(error)
      attempt(() => {
        pipeline.keepTime(this.#now())
        pipeline.process(messages)
      })
    })
  }

  /** Messages taken that are not on disk yet. */
  get backlog(): number {
    return this.#waiting.length
  }

  /** Whether the journal takes so many bytes now. */
  hasRoom(bytes: number): boolean {
    return this.#hasSpace() && this.#journal.hasRoom(bytes)
  }

  /** Throws when the journal takes no more. */
  take(topic: string, payload: Uint8Array, acknowledge: (error?: Error) => void): void {
    if (!this.#hasSpace()) throw new LamplighterError('journal-full', 'The disk is full but for what is kept for alarms.')
    const received = this.#now()
    this.#journal.append(topic, payload, received)
    this.#waiting.push({ received, acknowledge })
  }

  /**
   * Sends a message down the road that no journal and no store holds, for what cannot wait until the journal takes messages again. What is
   * judged by it is durable as ever; only a replay lacks it.
   */
  passBy(topic: string, payload: Uint8Array): void {
    this.#pipeline.keepTime(this.#now())
    this.#pipeline.process([{ position: Math.max(0, this.#pipeline.position), received: this.#passed(), topic, payload }], false)
  }

  /** Lets time pass; to be called each `TICK`. */
  tick(): void {
    this.#pipeline.tick(this.#passed())
  }

  /** What came in before is judged before, as in a replay, unless the disk keeps it waiting for long. */
  #passed(): number {
    const now = this.#now()
    const oldest = this.#waiting[0]?.received ?? now
    return Math.max(now - TICK, Math.min(now, oldest))
  }
}

export interface RecoveryParts {
  state: Pick<StateStore, 'detectionSnapshots' | 'detectedThrough'>
  plant: Plant
  pipeline: Pipeline
}

/** Puts saved detection states back. Returns the position of the first message that has to be judged again. */
export function restoreSaved({ state, plant, pipeline }: RecoveryParts): number {
  for (const snapshot of state.detectionSnapshots()) {
    const facility = plant.at(snapshot.facility)
    if (facility) pipeline.restore(facility, snapshot)
  }
  return state.detectedThrough() + 1
}

/** Judges again what came in after the last saved state, so that a crash is as if it had not been. Returns the number of those messages. */
export async function recover(
  parts: RecoveryParts & { journal: Pick<Journal, 'read'>; now: () => number; onUnread: (error: unknown) => void },
): Promise<number> {
  const { pipeline, journal, now, onUnread } = parts
  let position = restoreSaved(parts)
  let count = 0
  for (;;) {
    // Alarms of what comes now must not wait for a disk that is to be mended.
    const messages = await journal.read(position, RECOVERY_BATCH, true).catch((error: unknown) => {
      onUnread(error)
      return []
    })
    const last = messages.at(-1)
    if (!last) break
    pipeline.process(messages)
    count += messages.length
    position = last.position + 1
  }
  pipeline.recovered(now())
  return count
}
