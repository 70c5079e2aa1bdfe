import { mkdir, readdir, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { LamplighterError } from '../../errors.ts'
import { narrowRefused, type RefusedRows } from '../refused-rows.ts'
import type { RetryOutcome, SetAside, SetAsideBatch, SetAsideStats } from '../set-aside.ts'
import type { TelemetryRows, TelemetryStore } from '../telemetry-store.ts'
import { UNFINISHED } from './durable-write.ts'
import { type KeptCount, openKeptCount } from './kept-count.ts'
import { readSetAsideHeader, readSetAsideRows, writeSetAside } from './set-aside-file.ts'

export interface SetAsideOptions {
  folder: string
  /** Past these bounds the oldest batches are given up. */
  maxBatches: number
  maxBytes: number
  /** Refused the rows, and is offered them again. */
  store: Pick<TelemetryStore, 'name' | 'write'>
  /** ms since 1970. */
  now: () => number
  log?: { warn(details: object, message: string): void; error(details: object, message: string): void } | undefined
}

const namePattern = /^(\d{15}-\d{6})\.jsonl$/
const nameOf = (id: string) => `${id}.jsonl`
/** Writes spent on finding the rows that are refused still. */
const NARROWING_WRITES = 64

/** Opens the folder, one file per batch; rejects with the error of the file system. */
export async function openSetAsideFolder(options: SetAsideOptions): Promise<SetAside> {
  const { folder, log } = options
  await mkdir(folder, { recursive: true })
  const batches: SetAsideBatch[] = []
  for (const name of (await readdir(folder)).sort()) {
    const id = namePattern.exec(name)?.[1]
    // Nobody was told that it was kept: its rows are still in the journal.
    if (name.endsWith(UNFINISHED)) await unlink(join(folder, name))
    else if (id) batches.push(await readSetAsideHeader(join(folder, name), id))
  }
  const damaged = batches.filter((batch) => batch.damaged).map(({ id }) => id)
  if (damaged.length > 0) log?.error({ batches: damaged }, 'files of readings that were set aside are damaged')
  return new SetAsideFolder(options, batches, await openKeptCount(join(folder, 'given-up')))
}

class SetAsideFolder implements SetAside {
  readonly #options: SetAsideOptions
  /** Oldest first. */
  #batches: SetAsideBatch[]
  readonly #givenUp: KeptCount
  /** Batches that are being written again or removed. */
  readonly #busy = new Set<string>()
  #adding: Promise<unknown> = Promise.resolve()

  constructor(options: SetAsideOptions, batches: SetAsideBatch[], givenUp: KeptCount) {
    this.#options = options
    this.#batches = batches
    this.#givenUp = givenUp
  }

  add(refused: readonly RefusedRows[]): Promise<void> {
    const added = this.#adding.then(async () => {
      const written: string[] = []
      try {
        for (const [, ofKind] of Map.groupBy(refused, ({ batch }) => batch.kind)) written.push(await this.#addKind(ofKind))
      } catch (error) {
        // Whoever adds them comes again with all of them.
        for (const id of written) await this.#remove(id).catch(this.#notRemoved)
        throw error
      } finally {
        await this.#giveUpPastBounds().catch(this.#notRemoved)
      }
      await this.#givenUp.settled()
    })
    this.#adding = added.catch(() => undefined)
    return added
  }

  /** Its rows are kept all the same, and the bounds hold again when it can be removed. */
  readonly #notRemoved = (error: unknown): void =>
    this.#options.log?.error({ err: error }, 'a file of readings that were set aside could not be removed')

  async #addKind(refused: readonly RefusedRows[]): Promise<string> {
    const { store, now } = this.#options
    const at = now()
    const id = this.#newId(at)
    this.#batches.push(await writeSetAside(this.#path(id), { id, at, store: store.name }, refused))
    return id
  }

  /** Behind all others, also when the clock was set back. */
  #newId(now: number): string {
    const [at = 0, count = 0] = this.#batches.at(-1)?.id.split('-').map(Number) ?? []
    const [time, number] = now > at ? [now, 0] : [at, count + 1]
    return `${String(time).padStart(15, '0')}-${String(number).padStart(6, '0')}`
  }

  async #giveUpPastBounds(): Promise<void> {
    const { maxBatches, maxBytes, log } = this.#options
    const isPastBounds = () => this.#batches.length > maxBatches || (this.#batches.length > 1 && this.#bytes() > maxBytes)
    while (isPastBounds()) {
      const oldest = this.#batches.find(({ id }) => !this.#busy.has(id))
      if (!oldest) return
      await unlink(this.#path(oldest.id))
      this.#forget(oldest.id)
      this.#givenUp.add(oldest.rows)
      log?.error({ batch: oldest.id, rows: oldest.rows }, 'readings that were set aside were given up: there is no room for more')
    }
  }

  list(after: string | null, limit: number): { items: SetAsideBatch[]; next: string | null; total: number } {
    const behind = after === null ? this.#batches : this.#batches.filter(({ id }) => id > after)
    const items = behind.slice(0, limit)
    return { items, next: items.length < behind.length ? (items.at(-1)?.id ?? null) : null, total: this.#batches.length }
  }

  get(id: string): SetAsideBatch {
    const batch = this.#batches.find((each) => each.id === id)
    if (!batch) throw new LamplighterError('not-found', `No batch ${JSON.stringify(id)} is set aside; /api/storage/set-aside lists them.`)
    return batch
  }

  async read(id: string): Promise<TelemetryRows> {
    this.get(id)
    const { rows, isWhole } = await readSetAsideRows(this.#path(id))
    if (!isWhole) this.#replace(id, { damaged: true })
    return rows
  }

  async retry(id: string): Promise<RetryOutcome> {
    return this.#alone(id, async (batch) => {
      const rows = await this.read(id)
      if (this.get(id).damaged)
        throw new LamplighterError('action-refused', `The file of batch ${id} is damaged. Look at what can be read of it, then remove it.`)
      const refused = await narrowRefused((batches) => this.#options.store.write(batches), [rows], NARROWING_WRITES)
      const left = refused.reduce((sum, { batch }) => sum + batch.rows, 0)
      if (left === 0) {
        await this.#remove(id)
        return { stored: true, rows: batch.rows }
      }
      const kept = await writeSetAside(this.#path(id), { id, at: batch.at, store: this.#options.store.name }, refused)
      this.#replace(id, kept)
      return { stored: false, rows: left, reason: kept.reason }
    })
  }

  remove(id: string): Promise<void> {
    return this.#alone(id, () => this.#remove(id))
  }

  async #alone<T>(id: string, work: (batch: SetAsideBatch) => Promise<T>): Promise<T> {
    const batch = this.get(id)
    if (this.#busy.has(id)) throw new LamplighterError('action-refused', `Batch ${id} is being written again. Wait until that has ended.`)
    this.#busy.add(id)
    try {
      return await work(batch)
    } finally {
      this.#busy.delete(id)
    }
  }

  async #remove(id: string): Promise<void> {
    await unlink(this.#path(id))
    this.#forget(id)
  }

  #forget(id: string): void {
    this.#batches = this.#batches.filter((batch) => batch.id !== id)
  }

  #replace(id: string, change: Partial<SetAsideBatch>): void {
    this.#batches = this.#batches.map((batch) => (batch.id === id ? { ...batch, ...change } : batch))
  }

  #path(id: string): string {
    return join(this.#options.folder, nameOf(id))
  }

  #bytes(): number {
    return this.#batches.reduce((sum, { bytes }) => sum + bytes, 0)
  }

  stats(): SetAsideStats {
    const { maxBatches, maxBytes } = this.#options
    const sum = (of: (batch: SetAsideBatch) => number) => this.#batches.reduce((all, batch) => all + of(batch), 0)
    return {
      batches: this.#batches.length,
      rows: sum(({ rows }) => rows),
      values: sum(({ values }) => values),
      bytes: this.#bytes(),
      maxBatches,
      maxBytes,
      givenUp: this.#givenUp.value,
      damaged: sum(({ damaged }) => Number(damaged)),
    }
  }
}
