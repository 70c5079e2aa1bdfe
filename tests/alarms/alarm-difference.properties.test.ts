import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Activation } from '../../src/alarms/activation.ts'
import { compareAlarms } from '../../src/alarms/alarm-difference.ts'
import { days, minutes } from '../../src/telemetry/duration.ts'
import { stay } from './fixtures.ts'

const endOf = ({ ended }: Activation) => ended ?? Number.POSITIVE_INFINITY
const overlapOf = (a: Activation, b: Activation) => Math.min(endOf(a), endOf(b)) - Math.max(a.started, b.started)
const window = { from: 0, to: days(1) }

describe('which alarm of one rule set is which of the other', () => {
  test('is found in the order of how near they are, however many there are', () => {
    // Stays of one list one after the other, each after a break.
    const list = fc.array(fc.tuple(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 0, max: 6 })), { maxLength: 12 }).chain((lengths) => {
      let now = 0
      const stays = lengths.map(([gap, length]) => {
        const started = now + gap
        now = started + length
        return stay(started, now)
      })
      return fc
        .boolean()
        .map((isOpen) => (isOpen ? stays.map((each, i) => (i === stays.length - 1 ? { ...each, ended: null } : each)) : stays))
    })
    fc.assert(
      fc.property(list, list, fc.integer({ min: 0, max: 5 }), (before, after, near) => {
        const all = before.flatMap((a) => after.map((b) => ({ a, b, overlap: overlapOf(a, b), apart: Math.abs(a.started - b.started) })))
        const candidates = all.filter(({ overlap }) => overlap >= -minutes(near))
        candidates.sort((x, y) => (x.overlap === y.overlap ? 0 : y.overlap - x.overlap) || x.apart - y.apart)
        const pairs = new Map<Activation, Activation>()
        for (const { a, b } of candidates) if (!pairs.has(a) && ![...pairs.values()].includes(b)) pairs.set(a, b)
        const { counts, changes } = compareAlarms(before, after, { ...window, near: minutes(near) })
        expect(counts.added).toBe(after.length - pairs.size)
        expect(counts.lost).toBe(before.length - pairs.size)
        for (const { type, before: a, after: b } of changes) if (type === 'moved') expect(b).toBe(pairs.get(a as Activation))
      }),
      { numRuns: 2000 },
    )
  })

  test('of what comes and goes for a day is that of each stay', () => {
    const chatter = Array.from({ length: 17_280 }, (_, i) => stay(i / 12, (i + 0.5) / 12))
    const thinned = chatter.filter((_, i) => i % 2 === 0)
    expect(compareAlarms(chatter, chatter, window).counts).toMatchObject({ same: 17_280, lost: 0, added: 0 })
    expect(compareAlarms(chatter, thinned, window).counts).toMatchObject({ same: 8640, lost: 8640, added: 0 })
  })
})
