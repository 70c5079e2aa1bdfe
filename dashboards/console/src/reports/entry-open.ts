import { signal } from '@preact/signals'

/** Whether somebody is being listened to on the telephone; the dialog is loaded when it first is. */
export const entryOpen = signal(false)
