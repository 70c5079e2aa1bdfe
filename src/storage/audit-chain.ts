import { createHash } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import type { AuditRecord } from './state-store.ts'

/** A record of the audit trail with its link in the chain. */
export interface AuditLink extends AuditRecord {
  /** From 1 on, without gaps. */
  id: number
  /** SHA-256 as `linkHash` makes it, hex; null when the link is gone. */
  hash: string | null
}

/** How far a trail goes: what somebody has noted elsewhere to compare it with later. */
export interface AuditHead {
  id: number
  hash: string
}

/** What the first record hangs on. */
export const CHAIN_BEGIN = '0'.repeat(64)

/**
 * The hash of a record, which holds that of the record before: whoever changes one has to change all after it, up to the head that others have
 * noted. SHA-256 of the JSON array [hash before, id, at, by, action, subject, detail] in UTF-8.
 */
export function linkHash(before: string, { id, at, by, action, subject, detail }: AuditRecord & { id: number }): string {
  return createHash('sha256')
    .update(JSON.stringify([before, id, at, by, action, subject, detail]))
    .digest('hex')
}

/** The trail as whoever verifies it reads it. */
export interface AuditSource {
  /** Those with a higher id, in order. */
  links(after: number, limit: number): AuditLink[]
  /** Id of the newest record there ever was. */
  newest(): number
}

export interface AuditProblem {
  record: number
  problem: string
}

export interface VerifiedAudit {
  records: number
  head: AuditHead | null
  /** Of the first ones; `found` counts all. */
  problems: AuditProblem[]
  found: number
}

const PER_STEP = 1_000
const MAX_PROBLEMS = 100

export interface VerifyAuditOptions {
  /** A head noted earlier, which must still be in the chain. */
  noted?: AuditHead | undefined
  signal?: AbortSignal | undefined
  onProgress?: ((done: number, total: number) => void) | undefined
}

/** Follows the chain and names each record that is not as it was written; others have their turn in between. */
export async function verifyAudit(source: AuditSource, { noted, signal, onProgress }: VerifyAuditOptions = {}): Promise<VerifiedAudit> {
  const result: VerifiedAudit = { records: 0, head: null, problems: [], found: 0 }
  const report = (record: number, problem: string) => {
    result.found++
    if (result.problems.length < MAX_PROBLEMS) result.problems.push({ record, problem })
  }
  const newest = source.newest()
  let before = CHAIN_BEGIN
  let last = 0
  for (let links = source.links(0, PER_STEP); links.length > 0; links = source.links(last, PER_STEP)) {
    signal?.throwIfAborted()
    for (const link of links) {
      if (link.id > last + 1) report(last + 1, link.id === last + 2 ? 'is missing' : `is missing, with all up to ${link.id - 1}`)
      const expected = linkHash(before, link)
      if (link.hash === null) report(link.id, 'has lost its hash')
      // After a gap the hash before is not known; it is taken from the next record on again.
      else if (link.hash !== expected && link.id === last + 1) report(link.id, 'was changed')
      if (noted?.id === link.id && noted.hash !== link.hash)
        report(link.id, 'is not the one that was noted: it, or one before it, was changed')
      before = link.hash ?? expected
      last = link.id
      result.records++
    }
    onProgress?.(last, newest)
    await setImmediate()
  }
  if (newest > last) report(last + 1, newest === last + 1 ? 'is missing at the end' : `is missing at the end, with all up to ${newest}`)
  if (noted && noted.id > last) report(noted.id, 'was noted and is missing')
  if (last > 0) result.head = { id: last, hash: before }
  return result
}

/** The newest record with its hash; null before the first one. */
export function headOf(source: AuditSource): AuditHead | null {
  const link = source.links(source.newest() - 1, 1)[0]
  return link?.hash ? { id: link.id, hash: link.hash } : null
}

/** A head as people note it: `1234:5f3a...`; undefined when it is none. */
export function parseHead(text: string): AuditHead | undefined {
  const [, id, hash] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text.trim()) ?? []
  return id && hash ? { id: Number(id), hash } : undefined
}

export const headText = ({ id, hash }: AuditHead) => `${id}:${hash}`
