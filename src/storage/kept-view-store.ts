/** Pages whose views are kept. */
export const viewPages = ['alarms', 'plots'] as const
export type ViewPage = (typeof viewPages)[number]

/** A view of a page that somebody keeps under a name. */
export interface KeptView {
  id: number
  name: string
  owner: string
  page: ViewPage
  /** Others find it too. */
  shared: boolean
  /** What the page shows, as its address has it behind its question mark. */
  search: string
  /** Of the last change, ms since 1970. */
  at: number
}

/** Views of pages. When an account goes its own views go with it, but for those that others share. */
export interface KeptViewStore {
  /** Those of a person of a page, and those that others share, by name. */
  viewsFor(person: string, page: ViewPage): KeptView[]
  view(id: number): KeptView | undefined
  /** `id` is ignored; returns the new one. Fails with `action-refused` when the owner has one of that page and name. */
  add(view: KeptView): number
  /** Changes name, sharing and search. Fails with `action-refused` when the owner has another one of that page and name. */
  update(view: KeptView): void
  /** Whoever had it as their first view has none then. */
  remove(id: number): void
  /** With which one the list of alarms opens for a person; null: with none. */
  firstView(person: string): number | null
  setFirstView(person: string, id: number | null): void
}
