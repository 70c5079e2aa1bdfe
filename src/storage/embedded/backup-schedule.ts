import { days, hours } from '../../telemetry/duration.ts'
import { backUp, newestBackup, pruneBackups } from './backup.ts'
import type { DataFolder } from './data-folder.ts'

/** ms after which one that failed is tried again; a clock is set back by less without anything being done for it. */
const RETRY = hours(1)

export interface BackupScheduleParts {
  folder: DataFolder
  target: string
  /** Local hour of the day, 0 to 23. */
  hour: number
  /** Newest backups to keep. */
  keep: number
  /** Of the program. */
  version: string
  /** What local time is ahead of UTC, ms. */
  utcOffset: (at: number) => number
  log: {
    info(details: object, message: string): void
    warn(details: object, message: string): void
    error(details: object, message: string): void
  }
}

/** Makes a backup each day. One that was missed is made up for, and the first is made at once. */
export class BackupSchedule {
  readonly #parts: BackupScheduleParts
  readonly #stop = new AbortController()
  readonly #since: number
  #running: Promise<void> | null = null
  #failed: { at: number; why: string } | null = null
  /** Time of the newest backup, ms, once the target has been looked at. */
  #newest: number | null = null

  constructor(parts: BackupScheduleParts) {
    this.#parts = parts
    this.#since = parts.folder.now()
  }

  /** To be called now and then, at least each minute. Begins a backup when one is due; resolves when it is done. */
  tick(now: number): Promise<void> {
    if (this.#running) return this.#running
    if (this.#stop.signal.aborted || (this.#failed && Math.abs(now - this.#failed.at) < RETRY)) return Promise.resolve()
    if (this.#isDone(now)) return Promise.resolve()
    this.#running = this.#backUp(now).finally(() => {
      this.#running = null
    })
    return this.#running
  }

  state(): { newest: number | null; failed: string | null } {
    return { newest: this.#newest, failed: this.#failed?.why ?? null }
  }

  /** ms since the last backup, or, when none can be made, since this began; null as long as nobody knows. */
  age(now: number): number | null {
    const since = this.#newest ?? (this.#failed ? this.#since : null)
    return since === null ? null : Math.max(0, now - since)
  }

  /** What an operator should know, in words; empty when all is well. */
  problems(): string[] {
    return this.#failed ? [`The backup to ${this.#parts.target} failed: ${this.#failed.why}`] : []
  }

  /** Cancels the one under way. */
  async close(): Promise<void> {
    this.#stop.abort(new Error('the server stops'))
    await this.#running
  }

  /** One from the time to come is none that was due: the clock was set back since. */
  #isDone(now: number): boolean {
    return this.#newest !== null && this.#newest >= lastDue(now, this.#parts) && this.#newest < now + RETRY
  }

  async #backUp(now: number): Promise<void> {
    const { folder, target, keep, version, log } = this.#parts
    try {
      this.#newest ??= await newestBackup(folder.path, target)
      if (this.#isDone(now)) return
      const { signal } = this.#stop
      if (this.#newest !== null && this.#newest > now)
        log.warn({ newest: new Date(this.#newest).toISOString() }, 'the newest backup is of a time to come: the clock was set back')
      const { path, bytes, shared, unreadable, renewed, manifest } = await backUp({ folder, target, version, signal, onProgress: () => {} })
      this.#newest = manifest.at
      this.#failed = null
      if (unreadable.length > 0) log.warn({ unreadable }, 'the backup lacks what cannot be read')
      if (renewed.length > 0)
        log.warn({ renewed }, 'files of earlier backups have changed on their disk and were copied anew; look after that disk')
      log.info({ path, bytes, shared, removed: await pruneBackups(path, keep) }, 'backed up')
    } catch (error) {
      if (this.#stop.signal.aborted) return
      this.#failed = { at: now, why: error instanceof Error ? error.message : String(error) }
      log.error({ err: error }, 'the backup failed and is tried again in an hour')
    }
  }
}

/** When a backup should have been made last, ms. */
function lastDue(now: number, { hour, utcOffset }: Pick<BackupScheduleParts, 'hour' | 'utcOffset'>): number {
  const offset = utcOffset(now)
  const local = now + offset
  const today = local - (local % days(1)) + hours(hour)
  return (today <= local ? today : today - days(1)) - offset
}
