import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { FacilityScope } from '../src/access/scope.ts'
import { FloodLog } from '../src/alarms/flood-log.ts'
import { floodLimits } from '../src/alarms/policy.ts'
import { AlarmRegister } from '../src/alarms/register.ts'
import { openStateStore } from '../src/storage/embedded/state-store.ts'
import type { StateStore } from '../src/storage/state-store.ts'
import { hours, minutes, seconds } from '../src/telemetry/duration.ts'
import { sampleAlarm, sampleFacility, sampleStep } from '../tests/storage/state-store.contract.ts'

const { values: args } = parseArgs({
  options: {
    alarms: { type: 'string', default: '600000' },
    steps: { type: 'string', default: '1500000' },
    live: { type: 'string', default: '5000' },
    help: { type: 'boolean', default: false },
  },
})
if (args.help) {
  console.log(`Usage: node launch.mjs bench/alarm-record.ts [--alarms 600000] [--steps 1500000] [--live 5000]

Fills a state store with alarms of the past, live ones and steps, then measures how long the main thread is held up by what
is asked of it: the slowest of five times, and the time that took of the processor in the median, which says more on a machine
that others use too, ms.`)
  process.exit(0)
}
const [ALARMS, STEPS, LIVE] = [Number(args.alarms), Number(args.steps), Number(args.live)]
const FACILITIES = 50_000
const RULES = ['dark', 'voltage-high', 'voltage-low', 'silence', 'cycling', 'leakage']
const BEGIN = Date.parse('2026-01-01T00:00:00Z')
const EVERY = seconds(30)
/** Rows in one transaction. */
const PART = 10_000

const folder = mkdtempSync(join(tmpdir(), 'lamplighter-alarm-record-'))

/** Alarm `i` of the past, or the live ones after them. */
function alarm(i: number) {
  const raised = BEGIN + i * EVERY
  const isLive = i >= ALARMS
  const where = { facility: `SL-${i % FACILITIES}`, rule: isLive ? 'dark' : (RULES[i % RULES.length] as string) }
  const over = { active: false, returned: raised + minutes(1), ended: raised + minutes(2) }
  return sampleAlarm({ ...where, raised, activated: raised, ...(isLive ? {} : over) })
}

/** A tenth of the lamps in each district, twenty in one of their own, and one district that never had an alarm. */
const districtOf = (i: number) => (i >= FACILITIES ? 'quiet' : i < 20 ? 'small' : `district ${i % 10}`)
const within = (district: string): FacilityScope => ({ districts: [district], kinds: ['street-light'], always: ['server'] })

function fill(store: StateStore): void {
  const inParts = (count: number, add: (i: number) => void) => {
    for (let from = 0; from < count; from += PART) {
      store.transaction(() => {
        for (let i = from; i < Math.min(count, from + PART); i++) add(i)
      })
    }
  }
  inParts(FACILITIES + 1000, (i) => void store.putFacility(sampleFacility(`SL-${i}`, { district: districtOf(i) })))
  inParts(ALARMS + LIVE, (i) => void store.insertAlarm(alarm(i)))
  const perStep = (ALARMS * EVERY) / STEPS
  inParts(STEPS, (i) => {
    const of = Math.floor((i * ALARMS) / STEPS)
    const type = i % 2 === 0 ? 'raise' : 'return'
    const at = BEGIN + i * perStep
    store.recordAlarm({ ...sampleStep, alarm: of + 1, facility: `SL-${of % FACILITIES}`, type, at, recorded: at })
  })
}

function measure(store: StateStore): Record<string, Times> {
  const register = new AlarmRegister(store, new FloodLog(store.floods, floodLimits(store.alarmPolicy().policy)))
  const end = BEGIN + ALARMS * EVERY
  const half = { from: BEGIN, to: BEGIN + (end - BEGIN) / 2 }
  const limit = 100
  const middle = store.alarmRecords({ ...half, limit }).next as number
  const asked: Record<string, () => unknown> = {
    'live alarms and floods read anew': () => register.reload(),
    'steps, all': () => store.alarmRecords({ limit }),
    'steps of the first half': () => store.alarmRecords({ ...half, limit }),
    'steps of the first half, a later page': () => store.alarmRecords({ ...half, before: middle, limit }),
    'steps of an hour': () => store.alarmRecords({ from: BEGIN, to: BEGIN + hours(1), limit }),
    'alarms of the first half': () => store.alarmHistory({ ...half, limit }),
    'alarms of a rule': () => store.alarmHistory({ rule: 'leakage', limit }),
    'alarms of a rule that has none': () => store.alarmHistory({ rule: 'none', limit }),
    'live alarms of a rule that has none': () => store.alarmHistory({ rule: 'leakage', live: true, limit }),
    'what an alarm explains': () => store.alarmHistory({ suppressedBy: 1, limit }),
    ...Object.fromEntries(
      ['district 5', 'small', 'quiet'].flatMap((district) => [
        [`alarms, ${district}`, () => store.alarmHistory({ within: within(district), limit })],
        [`alarms of a rule, ${district}`, () => store.alarmHistory({ rule: 'leakage', within: within(district), limit })],
        [`alarms of the first half, ${district}`, () => store.alarmHistory({ ...half, within: within(district), limit })],
        [`live alarms, ${district}`, () => store.alarmHistory({ live: true, within: within(district), limit })],
        [`steps, ${district}`, () => store.alarmRecords({ within: within(district), limit })],
      ]),
    ),
  }
  return Object.fromEntries(Object.entries(asked).map(([name, ask]) => [name, timesOf(ask)]))
}

interface Times {
  'slowest ms': number
  'processor ms': number
}

function timesOf(work: () => unknown): Times {
  const times = Array.from({ length: 5 }, () => {
    const [began, used] = [performance.now(), process.cpuUsage()]
    work()
    const { user, system } = process.cpuUsage(used)
    return { took: performance.now() - began, used: (user + system) / 1000 }
  })
  const rounded = (ms: number) => Math.round(ms * 10) / 10
  const used = times.map((each) => each.used).sort((x, y) => x - y)
  return { 'slowest ms': rounded(Math.max(...times.map(({ took }) => took))), 'processor ms': rounded(used[2] as number) }
}

try {
  const store = openStateStore(join(folder, 'state.sqlite'))
  const began = performance.now()
  fill(store)
  console.log(`${ALARMS} alarms of the past, ${LIVE} live, ${STEPS} steps, written in ${Math.round((performance.now() - began) / 1000)} s`)
  console.table(measure(store))
  const old = BEGIN + ALARMS * EVERY
  const pruning = {
    '500 steps forgotten': timesOf(() => store.pruneAlarmRecords(old, 500)),
    '100 alarms forgotten': timesOf(() => store.pruneAlarms(old, 100)),
  }
  console.table(pruning)
  store.close()
} finally {
  rmSync(folder, { recursive: true, force: true })
}
