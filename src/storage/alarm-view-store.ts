/** A view of the list of alarms that somebody keeps under a name. */
export interface KeptView {
  id: number
  name: string
  owner: string
  /** Others find it too. */
  shared: boolean
  /** Filter, columns, order and grouping, as the address of the list has them behind its question mark. */
  search: string
  /** Of the last change, ms since 1970. */
  at: number
}

/** Views of the list of alarms. When an account goes its own views go with it, but for those that others share. */
export interface AlarmViewStore {
  /** Those of a person, and those that others share, by name. */
  viewsFor(person: string): KeptView[]
  view(id: number): KeptView | undefined
  /** `id` is ignored; returns the new one. Fails with `action-refused` when the owner has one of that name. */
  add(view: KeptView): number
  /** Changes name, sharing and search. Fails with `action-refused` when the owner has another one of that name. */
  update(view: KeptView): void
  /** Whoever had it as their first view has none then. */
  remove(id: number): void
  /** With which one the list opens for a person; null: with none. */
  firstView(person: string): number | null
  setFirstView(person: string, id: number | null): void
}
