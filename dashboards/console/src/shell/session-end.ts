import { signal } from '@preact/signals'

/** Somebody was signed in on this page and did not sign out: their session ended by itself or elsewhere. */
export const hadSession = signal(false)
