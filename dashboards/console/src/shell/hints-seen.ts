import { signal } from '@preact/signals'
import { recall } from '../settings.ts'

/** Pages whose hints this browser has seen, with blanks between them; `off`: none are wanted. */
export const hintsSeen = signal(recall('hints') ?? '')
