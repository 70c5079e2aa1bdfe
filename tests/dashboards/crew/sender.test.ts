import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { OutboxEntry } from '../../../dashboards/crew/src/order/outbox.ts'
import { type OutboxStore, type Post, sendWaiting } from '../../../dashboards/crew/src/order/sender.ts'
import { ApiProblem } from '../../../dashboards/shared/http.ts'
import { did, photo, visited } from './orders.ts'

const problem = (status: number, code: string) => new ApiProblem(status, code, '', `refused with ${status}`)

/** A phone, and a server that counts each id once, as the real one does. */
function phone(entries: OutboxEntry[]) {
  const counted: string[] = []
  const kept: string[] = []
  const count = (id: string) => {
    if (!counted.includes(id)) counted.push(id)
  }
  /** What goes wrong with each request in turn: before it arrives, or with its answer on the way back. */
  const faults: ('lost' | 'unanswered' | ApiProblem | null)[] = []
  const meet = <T>(work: () => T): T => {
    const fault = faults.shift() ?? null
    if (fault instanceof ApiProblem) throw fault
    if (fault === 'lost') throw problem(0, 'unreachable')
    const answer = work()
    if (fault === 'unanswered') throw problem(0, 'unreachable')
    return answer
  }
  const drop = (seq: number) => {
    const at = entries.findIndex((entry) => entry.seq === seq)
    if (at >= 0) entries.splice(at, 1)
  }
  const store: OutboxStore = {
    entries: async () => [...entries],
    picture: async () => new Blob(['picture'], { type: 'image/jpeg' }),
    async settle(sent) {
      for (const { entry, answer } of sent) {
        drop(entry.seq)
        if (answer?.outcome === 'kept') kept.push(answer.id)
      }
    },
    async refuse(seq, words) {
      const at = entries.findIndex((entry) => entry.seq === seq)
      entries[at] = { ...(entries[at] as OutboxEntry), refused: words }
    },
  }
  const post: Post = {
    actions: async (_, actions) =>
      meet(() => {
        if (actions.some(({ type }) => type === 'decline')) throw problem(400, 'invalid-request')
        return {
          at: 1,
          answers: actions.map(({ id, order }) => {
            count(id)
            return { id, order, outcome: 'done' as const, why: '', state: null, holder: null, version: null }
          }),
        }
      }),
    checkIns: async (checkIns) =>
      meet(() => ({
        at: 1,
        answers: checkIns.map(({ id, stop }) => {
          count(id)
          const why = stop === 'far' ? { zh: '太远', en: 'too far' } : null
          return { id, outcome: why ? ('refused' as const) : ('done' as const), problem: why && ('too-far' as const), why, round: null }
        }),
      })),
    photo: async (entry) =>
      meet(() => {
        count(entry.photo)
        return { id: entry.photo, order: entry.order, at: 1, by: 'eva', bytes: 1, type: 'image/jpeg' }
      }),
  }
  return { counted, kept, faults, entries, send: () => sendWaiting('eva', store, post) }
}

describe('the outbox', () => {
  test('sends check-ins after actions and before photos; one that shows nothing stays with why', async () => {
    const own = phone([photo(1), visited(2), visited(3, 'far'), did(4, { type: 'accept' })])
    expect(await own.send()).toBe('sent')
    expect(own.counted).toEqual(['action-4', 'check-in-2', 'check-in-3', 'photo-1'])
    expect(own.entries).toEqual([{ ...visited(3, 'far'), refused: '太远 too far' }])
  })

  test('is empty when all is sent, actions first', async () => {
    const own = phone([photo(1), did(2, { type: 'accept' }), did(3, { type: 'arrive' })])
    expect(await own.send()).toBe('sent')
    expect([own.counted, own.entries]).toEqual([['action-2', 'action-3', 'photo-1'], []])
  })

  test.each([
    [problem(401, 'not-signed-in'), 'sign-in'],
    [problem(503, 'store-unavailable'), 'later'],
    ['lost', 'later'],
  ] as const)('keeps everything when the server says %s', async (fault, outcome) => {
    const own = phone([did(1, { type: 'accept' }), photo(2)])
    own.faults.push(fault)
    expect(await own.send()).toBe(outcome)
    expect(own.entries).toHaveLength(2)
  })

  test('puts aside the one action that the server does not take, and sends all others', async () => {
    const own = phone([did(1, { type: 'accept' }), did(2, { type: 'decline', reason: '' }), did(3, { type: 'arrive' }), photo(4)])
    expect(await own.send()).toBe('sent')
    expect(own.counted).toEqual(['action-1', 'action-3', 'photo-4'])
    expect(own.entries).toMatchObject([{ seq: 2, refused: '#invalid-request' }])
  })

  test('loses and doubles nothing, and keeps the order, whatever the network does', async () => {
    const fault = fc.constantFrom(null, 'lost' as const, 'unanswered' as const, problem(503, 'store-unavailable'))
    const made = fc.array(fc.boolean(), { minLength: 1, maxLength: 12 })
    await fc.assert(
      fc.asyncProperty(made, fc.array(fault, { maxLength: 30 }), async (isPhoto, faults) => {
        const entries = isPhoto.map((is, i) => (is ? photo(i) : did(i, { type: 'note', text: 'n' })))
        const own = phone([...entries])
        own.faults.push(...faults)
        for (let rounds = 0; own.entries.length > 0 && rounds <= faults.length; rounds++) await own.send()
        const names = (some: boolean) => own.counted.filter((id) => id.startsWith('photo') === some)
        expect(own.entries).toEqual([])
        expect(names(false)).toEqual(entries.flatMap((entry) => (entry.type === 'action' ? entry.action.id : [])))
        expect(names(true)).toEqual(entries.flatMap((entry) => (entry.type === 'photo' ? entry.photo : [])))
      }),
    )
  })
})
