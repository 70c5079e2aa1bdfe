import { signal } from '@preact/signals'

/** Whom somebody wants to tell something. */
export interface CommandWanted {
  /** Ids, as far as the console knows them. */
  ids: readonly string[]
  /** Finds the same facilities, and those that come until it is armed; null where it is those that are named. */
  query: string | null
  /** The command that was chosen already. */
  command?: string
}

/** The dialog of a command, wherever it was asked for; null while none is open. */
export const commandOpen = signal<CommandWanted | null>(null)

export const closeCommand = (): void => {
  commandOpen.value = null
}
