/** The list a facility was opened from: its address, and the facilities it showed, in its order. */
interface RememberedList {
  path: string
  ids: readonly string[]
}

let remembered: RememberedList | null = null

export const rememberList = (list: RememberedList): void => {
  remembered = list
}

/** Where the way back from a facility leads. */
export const listPath = (): string => remembered?.path ?? '/facilities'

/** The facility before (-1) or after (1) another in the list it was opened from, else among `others`; undefined at the ends. */
export function neighbourOf(id: string, step: 1 | -1, others: () => readonly string[], list = remembered): string | undefined {
  const ids = list?.ids.includes(id) ? list.ids : others()
  const here = ids.indexOf(id)
  return here < 0 ? undefined : ids[here + step]
}
