import { signal } from '@preact/signals'

export interface Room {
  used: number
  most: number
  /** The browser has promised not to throw it away when it needs room. */
  isPersistent: boolean
}

export const room = signal<Room | null>(null)

/** Asks that what waits here is not thrown away; browsers grant it to pages that are installed or used often. */
export async function askForRoom(): Promise<void> {
  const { storage } = navigator
  if (!storage?.estimate) return
  try {
    const isPersistent = (await storage.persisted?.()) || (await storage.persist?.()) || false
    const { usage = 0, quota = 0 } = await storage.estimate()
    room.value = { used: usage, most: quota, isPersistent }
  } catch {
    // Private windows refuse to tell.
  }
}
