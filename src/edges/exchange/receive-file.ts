import { createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { LamplighterError } from '../../errors.ts'

/**
 * Takes in what somebody sends as a file of at most `most` bytes; returns how many came, and tells each piece to `onPiece`. Throws
 * `payload-too-large`, and `invalid-request` when it breaks off; then nothing of it stays.
 */
export async function receiveFile(
  content: Readable,
  path: string,
  most: number,
  onPiece: (piece: Uint8Array) => unknown = () => {},
): Promise<number> {
  let size = 0
  try {
    await pipeline(
      content,
      async function* (pieces: AsyncIterable<Uint8Array>) {
        for await (const piece of pieces) {
          size += piece.length
          if (size > most) throw new LamplighterError('payload-too-large', `The file is larger than ${most / 1_048_576} MB; divide it.`)
          await onPiece(piece)
          yield piece
        }
      },
      createWriteStream(path, { mode: 0o600 }),
    )
    return size
  } catch (error) {
    await rm(path, { force: true })
    if (error instanceof LamplighterError || (!content.readableAborted && !content.destroyed)) throw error
    throw new LamplighterError('invalid-request', 'The file broke off. Send it again.', error)
  }
}
