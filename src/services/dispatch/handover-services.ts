import { endingShift, handoverNote } from '../../dispatch/handover.ts'
import type { HandoverSummary, Handovers, HandoverText, SignedHandover } from '../../edges/handovers.ts'
import { LamplighterError, refuse } from '../../errors.ts'
import type { HandoverRecord } from '../../storage/handover-store.ts'
import type { OrderLogEntry } from '../../storage/order-store.ts'
import type { ServiceParts } from '../parts.ts'
import { sha256 } from '../sha256.ts'
import { type FactParts, handoverFacts } from './handover-facts.ts'

/** Read at once of what happened in a shift, and at most. */
const PART = 1000
const MOST_LOG = 10_000

type Parts = FactParts & Pick<ServiceParts, 'now' | 'utcOffset'>

/** Handovers between shifts: made from what stands and what happened, frozen and signed twice. */
export function handoverServices(parts: Parts): Handovers {
  const { state, now, utcOffset } = parts

  function relapses(from: number, to: number): OrderLogEntry[] {
    const found: OrderLogEntry[] = []
    for (let after = 0, read = 0; read < MOST_LOG; ) {
      const { items, next } = state.orders.logBetween(from, to, after, PART)
      found.push(...items.filter(({ type }) => type === 'relapse'))
      read += items.length
      if (next === null) break
      after = next
    }
    return found
  }

  function noteAt(from: number, at: number) {
    const counts = state.orders.logCounts(from, at + 1)
    const span = { from, to: at + 1, at }
    return handoverNote(
      handoverFacts(parts, span, {
        raised: state.alarmHistory({ from, to: at + 1, live: false, limit: PART }).items,
        relapses: relapses(from, at + 1),
        ...{ made: counts.get('create') ?? 0, closed: counts.get('close') ?? 0 },
      }),
    )
  }

  const shiftOf = (id: string, at: number) => {
    const rotation = state.roster.rotations().find((one) => one.id === id)
    if (!rotation) throw new LamplighterError('not-found', `There is no rotation ${id}; /api/roster lists them.`)
    return endingShift(rotation, at, utcOffset) ?? refuse(`No shift of the rotation ${rotation.name} has begun yet.`)
  }

  const summary = ({ body, rotation: _, begins: __, ...record }: HandoverRecord): HandoverSummary => ({
    ...record,
    shift: (JSON.parse(body) as HandoverText).shift,
  })
  const isIntact = ({ body, hash }: HandoverRecord): boolean => sha256(body) === hash
  const signed = (record: HandoverRecord): SignedHandover => ({
    ...summary(record),
    text: JSON.parse(record.body) as HandoverText,
    isIntact: isIntact(record),
  })
  const known = (id: number): HandoverRecord => {
    const found = state.handovers.handover(id)
    if (!found) throw new LamplighterError('not-found', `There is no handover ${id}; /api/handovers lists them.`)
    return found
  }

  return {
    draft(rotation) {
      const at = now()
      const shift = shiftOf(rotation, at)
      const record = state.handovers.ofShift(rotation, shift.from)
      return { shift, at, note: noteAt(shift.from, at), signed: record ? summary(record) : null }
    },
    leave(rotation, words, by) {
      const at = now()
      const shift = shiftOf(rotation, at)
      const before = state.handovers.ofShift(rotation, shift.from)
      if (before) refuse(`${before.leftBy} has handed this shift over already.`)
      const text: HandoverText = { shift, at, note: noteAt(shift.from, at), words }
      const body = JSON.stringify(text)
      const hash = sha256(body)
      return state.transaction(() => {
        const id = state.handovers.add({ rotation, begins: shift.from, body, hash, leftBy: by, leftAt: at })
        state.audit({ at, by, action: 'sign-handover', subject: `handover ${id}`, detail: `leaves ${shift.shiftName}, sha256 ${hash}` })
        return signed(known(id))
      })
    },
    takeOver(id, remark, by) {
      const record = known(id)
      if (record.leftBy === by) refuse('Whoever takes over signs with another account than whoever leaves.')
      if (!isIntact(record)) refuse('The text is not the one that was signed; tell an administrator.')
      const at = now()
      return state.transaction(() => {
        if (!state.handovers.take(id, by, at, remark)) refuse(`${known(id).takenBy} has taken over already.`)
        const detail = [`takes over, sha256 ${record.hash}`, remark].filter(Boolean).join('; ')
        state.audit({ at, by, action: 'sign-handover', subject: `handover ${id}`, detail })
        return signed(known(id))
      })
    },
    handover: (id) => signed(known(id)),
    list(before, limit) {
      const { items, next } = state.handovers.list(before, limit)
      return { items: items.map(summary), next }
    },
  }
}
