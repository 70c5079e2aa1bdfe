import type { Debounce, Judge, RuleDraft } from './rule.ts'

/** Reports that fit into the bits of one number of the memory. */
export const MOST_REPORTS = 31

const NEVER = Number.POSITIVE_INFINITY

function bitsSet(bits: number): number {
  let count = 0
  for (let rest = bits; rest !== 0; rest &= rest - 1) count++
  return count
}

/** Asks for `n` of the last `m` reports what a rule asks of one. Behind the rule's memory stands which reports found it, the latest in bit 0. */
export function debounced<P extends string>(rule: RuleDraft<P>, { n, m }: Debounce): RuleDraft<P> {
  return {
    ...rule,
    parameters: { ...rule.parameters, n, m },
    ranges: { ...rule.ranges, n: [1, MOST_REPORTS], m: [1, MOST_REPORTS] },
    slots: rule.slots + 1,
    judge: (points) => counted(rule.judge(points), rule.slots),
  }
}

function counted(judge: Judge, slot: number): Judge {
  return (view, at, wasTrue, parameters, memory, base) => {
    const { n, m } = parameters as { n: number; m: number }
    const seen = memory[base + slot] as number
    // Of an alarm that is there and no known reports, as after an update of the program, all are taken to have found it.
    const bits = Number.isNaN(seen) ? (wasTrue ? -1 : 0) : seen
    const since = judge(view, at, (bits & 1) === 1, parameters, memory, base)
    if (Number.isNaN(since)) return since
    const found = since <= at ? 1 : 0
    // Judged again, the latest report stays one report.
    const now = view.isNews ? (bits << 1) | found : (bits & ~1) | found
    memory[base + slot] = now
    return bitsSet(now & ((1 << m) - 1)) >= n ? at : NEVER
  }
}
