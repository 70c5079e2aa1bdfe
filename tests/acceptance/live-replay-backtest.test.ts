import { isDeepStrictEqual } from 'node:util'
import { expect, test } from 'vitest'
import { dayCity, dayMessages } from '../../simulators/city-day.ts'
import type { Alarm } from '../../src/alarms/alarm.ts'
import type { AlarmRecord } from '../../src/alarms/alarm-log.ts'
import { backtest } from '../../src/backtest/backtest.ts'
import { journalHistory } from '../../src/backtest/journal-history.ts'
import { facilityKinds, kindByKey } from '../../src/facilities/index.ts'
import type { RuleSet } from '../../src/facilities/rule-proposal.ts'
import type { RuleChanges } from '../../src/facilities/rule-settings.ts'
import { ReplayRoad } from '../../src/replay.ts'
import { hours, minutes } from '../../src/telemetry/duration.ts'
import { liveThrough } from './live-city.ts'

/** Long form: CITY_LAMPS=500 CITY_HOURS=168 npm test -- tests/acceptance/live-replay-backtest.test.ts */
const LAMPS = Number(process.env.CITY_LAMPS ?? 24)
const LENGTH = hours(Number(process.env.CITY_HOURS ?? 24))
const SEED = process.env.CITY_SEED ?? 'day'
/** Afternoon in the city: a night, a morning, a day. */
const START = Date.parse('2026-11-03T14:00:00+08:00')

const title = { zh: '另一个标题', en: 'Another title' }
/** Something of each rule that can be put aside: a night, a mode, other words. */
const changes: readonly RuleChanges[] = [
  { hours: { from: 20 * 60, until: 7 * 60, weekdays: [1, 2, 3, 4, 5, 6, 7] } },
  { modes: ['auto'], texts: { title } },
  { onDelay: minutes(1), offDelay: minutes(2), texts: { timeToAct: 1 } },
]
const changed: RuleSet = {
  groups: [],
  overrides: facilityKinds
    .flatMap((kind) => kind.rules.filter(({ shelvable }) => shelvable).map((rule) => ({ kind: kind.key, rule: rule.key })))
    .map((place, i) => {
      const made = { id: i + 1, version: i + 1, group: null, facility: null, reason: 'trial', by: 'li', at: START }
      return { ...place, ...made, changes: changes[i % changes.length] as RuleChanges }
    }),
}
const usual: RuleSet = { groups: [], overrides: [] }

/** As it comes out of the state file: a number that is none is stored as nothing. */
const stored = <T>(each: T): T => JSON.parse(JSON.stringify(each))

/** The first two that are not the same: all of them would fill a book. */
function firstDifference<T>(one: readonly T[], other: readonly T[]) {
  for (let i = 0; i < Math.max(one.length, other.length); i++) {
    if (!isDeepStrictEqual(stored(one[i] ?? null), stored(other[i] ?? null))) return { i, one: one[i], other: other[i] }
  }
  return null
}

const length = `${LENGTH / hours(1)} h of the simulated city`

test.each([
  ['the rules as they come', usual, 50],
  ['rules that engineers changed', changed, 30],
])(`live = replay = back-test over ${length}, alarm by alarm, under %s`, { timeout: 600_000 + LENGTH / 50 }, async (_, rules, least) => {
  const facilities = dayCity({ seed: SEED, lamps: LAMPS })
  const sent = dayMessages({ seed: SEED, lamps: LAMPS, start: START, length: LENGTH })
  const end = (sent.at(-1)?.received as number) + 1
  const live = await liveThrough(facilities, sent, START, end, rules)
  try {
    expect(live.alarms.length).toBeGreaterThan(least)
    const isChanged = ({ evidence }: Alarm) => evidence.ruleVersion.includes('+')
    expect(live.alarms.some((alarm) => alarm.shelvable && isChanged(alarm))).toBe(rules === changed)
    expect(live.alarms.some(({ suppressed }) => suppressed !== null)).toBe(true)

    const records: AlarmRecord[] = []
    const road = new ReplayRoad({ kinds: kindByKey, facilities, rules, onStep: (_, record) => void records.push(record) })
    // As many at once as a recovery takes; live and the back-test take them as they come and one by one.
    const messages = sent.map((message, i) => ({ ...message, position: i + 1 }))
    for (let i = 0; i < messages.length; i += 1000) road.process(messages.slice(i, i + 1000))
    road.tick(end)
    expect(firstDifference(records, live.records)).toBeNull()
    expect(firstDifference(road.result().alarms, live.alarms)).toBeNull()

    const tested = { before: new Map<number, Alarm>(), after: new Map<number, Alarm>() }
    const { difference, rejected } = await backtest({
      history: journalHistory(live.journal),
      kinds: kindByKey,
      facilities,
      before: rules,
      after: rules,
      onStep: (which, alarm) => void tested[which].set(alarm.id, alarm),
    })
    for (const alarms of Object.values(tested)) expect(firstDifference([...alarms.values()], live.alarms)).toBeNull()
    expect(difference.changes).toEqual([])
    expect(rejected).toBeGreaterThan(0)
    console.info(`${sent.length} messages, ${live.alarms.length} alarms, ${live.records.length} steps, the same three times`)
  } finally {
    live.remove()
  }
})
