import { AsyncLocalStorage } from 'node:async_hooks'

const watching = new AsyncLocalStorage<Set<string>>()

/** Gathers in `names` by whom audit records are left in the course of `work` and of whatever it goes on with later. */
export function watchAudit(names: Set<string>, work: () => void): void {
  watching.run(names, work)
}

/** For stores: a record by this person, key or program was left. */
export function noteAudited(by: string): void {
  watching.getStore()?.add(by)
}
