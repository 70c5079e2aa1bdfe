import type { RuleSet } from '../../src/facilities/rule-proposal.ts'
import type { RuleChanges } from '../../src/facilities/rule-settings.ts'
import { seconds } from '../../src/telemetry/duration.ts'
import type { Message } from '../../src/telemetry/message.ts'
import { tankKind } from '../tank-kind.ts'

export const START = Date.parse('2026-03-01T00:00:00Z')
export const tankKinds = new Map([[tankKind.key, tankKind]])
export const tanks = (count: number) => Array.from({ length: count }, (_, i) => ({ id: `T-${i + 1}`, kind: 'tank' }))
export const asTheyAre: RuleSet = { groups: [], overrides: [] }

export function withChange(changes: RuleChanges, rule = 'high'): RuleSet {
  const scope = { kind: 'tank', group: null, facility: null }
  return { groups: [], overrides: [{ id: 1, version: 1, ...scope, rule, changes, reason: 'rehearsal', by: 'li', at: START }] }
}

/** What tanks say: levels every ten seconds from the start. */
export function levels(byTank: Record<string, readonly number[]>): Message[] {
  const messages = Object.entries(byTank).flatMap(([id, series]) =>
    series.map((level, i) => {
      const at = START + seconds(10 * i)
      const payload = new TextEncoder().encode(JSON.stringify({ at, values: { level, valve: false } }))
      return { position: 0, received: at, topic: `facilities/tank/${id}/telemetry`, payload }
    }),
  )
  return messages.sort((a, b) => a.received - b.received).map((message, i) => ({ ...message, position: i + 1 }))
}
