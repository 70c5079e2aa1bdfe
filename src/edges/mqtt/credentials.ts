import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

/** A check of user name and password that takes as long whichever of the two is wrong, and however wrong. */
export function createCredentialCheck(
  username: string | undefined,
  password: string | undefined,
): (name: string | undefined, word: Uint8Array | undefined) => boolean {
  if (!username) return () => true
  const key = randomBytes(32)
  const digest = (text: string | Uint8Array) => createHmac('sha256', key).update(text).digest()
  const wantedName = digest(username)
  const wantedWord = digest(password ?? '')
  return (name, word) => {
    const isName = timingSafeEqual(digest(name ?? ''), wantedName)
    const isWord = timingSafeEqual(digest(word ?? ''), wantedWord)
    return isName && isWord
  }
}
