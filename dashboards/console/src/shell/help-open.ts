import { signal } from '@preact/signals'

/** Whether the help is shown; it is loaded when it first is. */
export const helpOpen = signal(false)
