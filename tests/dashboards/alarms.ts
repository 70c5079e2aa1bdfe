import type { AlarmView } from '../../src/edges/http/schemas.ts'

/** An alarm for tests of the console, plain but for what the test is about. */
export function alarmOf(more: Partial<AlarmView>): AlarmView {
  return {
    id: 1,
    facility: 'PMP-01',
    kind: 'pump-station',
    rule: 'overload',
    priority: 'high',
    basePriority: 'high',
    escalated: null,
    reminders: null,
    actBy: 1_767_226_200_000,
    state: 'unacknowledged',
    active: true,
    latched: false,
    shelvable: true,
    resetRequest: null,
    chattering: null,
    historical: false,
    acknowledged: null,
    shelved: null,
    outOfService: false,
    suppressed: null,
    affects: 0,
    raised: 1_767_225_600_000,
    activated: 1_767_225_600_000,
    returned: null,
    ended: null,
    occurrences: [],
    occurrenceCount: 1,
    comments: [],
    evidence: { ruleType: 'limit', ruleVersion: '1', parameters: {}, onDelay: 0, offDelay: 0, values: {}, figures: {}, mode: 'auto' },
    texts: null,
    version: 1,
    ...more,
  }
}
