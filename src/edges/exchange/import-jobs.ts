import { randomUUID } from 'node:crypto'
import { mkdirSync, rmSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { LamplighterError } from '../../errors.ts'
import type { ImportMapping } from '../../facilities/import-mapping.ts'
import { ColumnMapper } from '../../facilities/import-mapping.ts'
import { hours } from '../../telemetry/duration.ts'
import type { Delimiter } from './csv-reading.ts'
import type { Encoding } from './encoding.ts'
import { ImportJob, type ImportJobParts } from './import-job.ts'
import { type ImportFormat, recognize } from './plant-reading.ts'
import { receiveFile } from './receive-file.ts'

export const MAX_FILE = 50 * 1_048_576
/** Uploads and checks at once; each holds the facilities of its file in memory. */
const MAX_RUNNING = 2
const MAX_KEPT = 10
const KEPT_FOR = hours(1)

/** What somebody says of a file; what is not said is found out. */
export interface GivenFile {
  name: string
  by: string
  format?: ImportFormat
  encoding?: Encoding
  delimiter?: Delimiter
  mapping: ImportMapping
}

export interface ImportJobs {
  /** Takes a file in and begins to check it. Throws `too-many-requests`, `invalid-request`, `payload-too-large`. */
  start(content: Readable, given: GivenFile): Promise<ImportJob>
  /** Throws `not-found`. */
  get(id: string): ImportJob
  /** Newest first. */
  list(): ImportJob[]
  /** Begins to make it part of the plant. Throws `action-refused` with the reason. */
  commit(id: string, by: string): ImportJob
  /** Gives up an import, or forgets one that is over. Throws `action-refused` when it can no longer be stopped. */
  cancel(id: string): Promise<void>
  close(): void
}

/** Keeps the few imports there are; files and reports of those nobody touches any more go away. */
export function createImportJobs(folder: string, parts: ImportJobParts): ImportJobs {
  // What a run before this one left behind belongs to nobody.
  rmSync(folder, { recursive: true, force: true })
  const jobs = new Map<string, ImportJob>()
  let uploads = 0

  const get = (id: string): ImportJob => {
    forgetOld()
    const job = jobs.get(id)
    if (!job) throw new LamplighterError('not-found', `There is no import ${JSON.stringify(id)}; imports are forgotten after an hour.`)
    return job
  }

  function forgetOld(): void {
    const limit = parts.now() - KEPT_FOR
    for (const job of jobs.values()) {
      if (job.isRunning || job.touched > limit) continue
      jobs.delete(job.id)
      void job.cancel()
    }
  }

  function makeRoom(): void {
    forgetOld()
    if (uploads + [...jobs.values()].filter((job) => job.isRunning).length >= MAX_RUNNING)
      throw new LamplighterError('too-many-requests', `${MAX_RUNNING} imports are running; wait until one is done.`)
    if (jobs.size + uploads < MAX_KEPT) return
    const over = [...jobs.values()].find((job) => job.isOver)
    if (!over) throw new LamplighterError('too-many-requests', `${MAX_KEPT} imports wait for a decision; commit or delete one.`)
    jobs.delete(over.id)
  }

  async function receive(content: Readable, given: GivenFile): Promise<ImportJob> {
    const id = randomUUID()
    const path = join(folder, id)
    mkdirSync(folder, { recursive: true })
    try {
      const size = await receiveFile(content, path, MAX_FILE)
      const found = await recognize(path)
      const { format = found.format, encoding = found.encoding, delimiter } = given
      const file = { path, size, format, encoding, hasMark: found.hasMark, ...(delimiter && { delimiter }) }
      return new ImportJob({ id, by: given.by, name: given.name, file }, given.mapping, parts)
    } catch (error) {
      await rm(path, { force: true })
      throw error
    }
  }

  return {
    async start(content, given) {
      makeRoom()
      // A mapping that cannot work is refused before the file is taken in.
      new ColumnMapper(given.mapping, () => {})
      uploads++
      try {
        const job = await receive(content, given)
        jobs.set(job.id, job)
        void job.check()
        return job
      } finally {
        uploads--
      }
    },
    get,
    list() {
      forgetOld()
      return [...jobs.values()].reverse()
    },
    commit(id, by) {
      const job = get(id)
      if ([...jobs.values()].some((other) => other.state === 'committing'))
        throw new LamplighterError('action-refused', 'Another import is being committed; wait until it is done.')
      void job.startCommit(by)
      return job
    },
    async cancel(id) {
      const job = get(id)
      if (job.isOver) jobs.delete(id)
      await job.cancel()
    },
    close() {
      for (const job of jobs.values()) job.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
