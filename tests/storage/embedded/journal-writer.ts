// Writes without end and prints the first and last position of every commit; its parent kills it.
import { openJournal } from '../../../src/storage/embedded/segment-journal.ts'

const journal = await openJournal({
  folder: process.argv[2]!,
  maxBytes: 1e9,
  maxAge: 1e12,
  commitInterval: 1,
  segmentBytes: 50_000,
  now: Date.now,
})
const append = () => {
  for (let i = 0; i < 20; i++) journal.append('t', Buffer.from(`payload ${journal.stats().next}`), Date.now())
}
journal.onCommit((messages, error) => {
  if (error) throw error
  process.stdout.write(`${messages[0]!.position} ${messages.at(-1)!.position} \n`)
  append()
})
append()
