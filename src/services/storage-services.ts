import type { RetriedBatches, Storage, StorageFigures } from '../edges/storage.ts'
import { LamplighterError } from '../errors.ts'
import { isUnavailable, reasonOf } from '../storage/refused-rows.ts'
import type { RetryOutcome, SetAside } from '../storage/set-aside.ts'
import type { StateStore } from '../storage/state-store.ts'

export interface StorageParts {
  figures: () => StorageFigures
  setAside: SetAside
}

const subjectOf = (id: string) => `set-aside ${id}`

/** What people do with readings that the store refused. */
export function storageServices({ figures, setAside }: StorageParts, state: Pick<StateStore, 'audit'>, now: () => number): Storage {
  async function retry(id: string, by: string): Promise<RetryOutcome> {
    const outcome = await setAside.retry(id)
    const detail = outcome.stored ? `${outcome.rows} rows stored` : `${outcome.rows} rows refused again: ${outcome.reason}`
    state.audit({ at: now(), by, action: 'retry-set-aside', subject: subjectOf(id), detail })
    return outcome
  }

  return {
    figures,
    setAside,
    retry,
    async retryAll(after, limit, by) {
      const page = setAside.list(after, limit)
      const result: RetriedBatches = { stored: 0, storedRows: 0, kept: 0, next: page.next, stoppedBy: null }
      let last = after
      for (const { id, rows } of page.items) {
        try {
          const outcome = await retry(id, by)
          result.storedRows += outcome.stored ? outcome.rows : rows - outcome.rows
          if (outcome.stored) result.stored++
          else result.kept++
        } catch (error) {
          if (isUnavailable(error)) return { ...result, next: last, stoppedBy: reasonOf(error) }
          // Somebody else removed it, works at it, or it is damaged.
          if (!(error instanceof LamplighterError)) throw error
          result.kept++
        }
        last = id
      }
      return result
    },
    async remove(id, reason, by) {
      const { kind, rows } = setAside.get(id)
      state.audit({ at: now(), by, action: 'remove-set-aside', subject: subjectOf(id), detail: `${rows} rows of ${kind}: ${reason}` })
      await setAside.remove(id)
    },
  }
}
