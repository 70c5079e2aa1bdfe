import { dayCity, dayMessages } from '../simulators/city-day.ts'
import { backtest } from '../src/backtest/backtest.ts'
import { messageHistory } from '../src/backtest/history.ts'
import { lightingProgrammes } from '../src/control/lighting-programme.ts'
import { Detector } from '../src/detection/detector.ts'
import { kindByKey } from '../src/facilities/index.ts'
import { Plant } from '../src/facilities/plant.ts'
import { describeFacilities } from '../src/facilities/registration.ts'
import { RuleBook } from '../src/facilities/rule-book.ts'
import { ReplayRoad } from '../src/replay.ts'
import { admitFacility } from '../src/services/admission.ts'
import { decodeNative } from '../src/telemetry/codecs/native.ts'
import { days, hours, minutes } from '../src/telemetry/duration.ts'
import type { Message } from '../src/telemetry/message.ts'

/**
 * Readings per second of CPU on a day of the simulated city: JSON alone, detection alone, one road, and a back-test, which is two roads over
 * messages that are decoded once. Mark: 200,000 readings/s for the back-test.
 */
const quick = process.argv.includes('--quick')
const START = Date.parse('2026-11-03T14:00:00+08:00')
const city = { seed: 'bench', lamps: quick ? 24 : 200 }
const facilities = dayCity(city)
const messages: Message[] = dayMessages({ ...city, start: START, length: hours(quick ? 4 : 24) }).map((message, i) => ({
  ...message,
  position: i + 1,
}))

function measure(work: () => number): number {
  const before = process.cpuUsage()
  const readings = work()
  return perSecond(readings, before)
}

function perSecond(readings: number, before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before)
  return Math.round((readings / (user + system)) * 1e6)
}

function openDetector() {
  const plant = new Plant()
  const detector = new Detector({ programme: lightingProgrammes() })
  const rules = new RuleBook()
  for (const [i, description] of describeFacilities(facilities, plant, kindByKey).entries())
    admitFacility({ kinds: kindByKey, plant, detector, rules }, i + 1, description)
  return { plant, detector }
}

const limits = { maxPayload: 1_048_576, maxFuture: minutes(5), maxAge: days(20_000) }
const decodeAll = (plant: Plant) => messages.map((message) => decodeNative(message, plant, limits))
const count = (decoded: ReturnType<typeof decodeAll>) =>
  decoded.reduce((sum, { reports }) => sum + reports.reduce((each, { readings }) => each + readings.length, 0), 0)

const results: Record<string, number> = {}
// The first round warms up the compiler.
for (let round = 0; round < 2; round++) {
  const { plant, detector } = openDetector()
  let decoded: ReturnType<typeof decodeAll> = []
  results['decoding alone'] = measure(() => {
    decoded = decodeAll(plant)
    return count(decoded)
  })
  results['detection alone'] = measure(() => {
    for (const [i, { reports }] of decoded.entries()) {
      detector.advance((messages[i] as Message).received, () => {})
      for (const report of reports) detector.report(report, () => {})
    }
    return count(decoded)
  })
  results['one road, decoding included'] = measure(() => {
    const road = new ReplayRoad({ kinds: kindByKey, facilities, keepEnded: false })
    road.process(messages)
    return road.counts.readings
  })
  const before = process.cpuUsage()
  const none = { groups: [], overrides: [] }
  const { readings } = await backtest({
    history: messageHistory(
      async function* () {
        for (let i = 0; i < messages.length; i += 500) yield messages.slice(i, i + 500)
      },
      async () => ({ from: START, to: START + days(1) }),
    ),
    kinds: kindByKey,
    facilities,
    before: none,
    after: none,
  })
  results['back-test, two roads'] = perSecond(readings, before)
}
console.table(Object.entries(results).map(([what, readingsPerSecond]) => ({ what, 'readings/s': readingsPerSecond })))
const road = results['back-test, two roads'] as number
console.log(
  `${messages.length} messages, ${facilities.length} facilities; back-test ${road >= 200_000 ? 'reaches' : 'MISSES'} its mark of 200,000 readings/s`,
)
