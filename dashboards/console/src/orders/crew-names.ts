import { signal } from '@preact/signals'
import { getRoster } from '../duty/duty-api.ts'

/** What crews and their people are called, by id and by account; empty until it is known. */
export interface Called {
  crews: ReadonlyMap<string, string>
  people: ReadonlyMap<string, string>
}
export const called = signal<Called>({ crews: new Map(), people: new Map() })

/** Asks for the names anew; without an answer those of before stay. */
export async function loadCalled(): Promise<void> {
  const roster = await getRoster().catch(() => null)
  if (!roster) return
  called.value = {
    crews: new Map(roster.crews.map(({ id, name }) => [id, name])),
    people: new Map(roster.people.map(({ account, name }) => [account, name])),
  }
}

export const crewName = (id: string): string => called.value.crews.get(id) || id
export const personName = (account: string): string => called.value.people.get(account) || account
