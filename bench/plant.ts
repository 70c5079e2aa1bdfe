import { CITY_CENTRE } from '../simulators/city.ts'
import { Fleet } from '../simulators/fleet.ts'
import { encodeMessages } from '../simulators/messages.ts'
import { cityOfLamps, simulatedFacilities } from '../simulators/plant-source.ts'
import { createWorld } from '../simulators/world.ts'
import { kindByKey } from '../src/facilities/index.ts'
import { replay } from '../src/replay.ts'
import { hours } from '../src/telemetry/duration.ts'
import type { Message } from '../src/telemetry/message.ts'
import { memoryInUse } from './memory.ts'

/**
 * What a reading costs on the whole road (decode, admit, detect, alarms; stores in memory) and what a facility takes of memory, as the
 * plant grows: the messages of a simulated city by night, in the order its gateways and devices send them.
 */
const quick = process.argv.includes('--quick')
const sizes = quick ? [1000] : [1000, 10_000, 100_000]
/** Simulated time for a plant of a thousand; larger ones get as much less as they send more. */
const LENGTH = quick ? hours(3) : hours(8)
const START = Date.parse('2026-03-01T19:00:00+08:00')
/** Share of the messages that warm up and are not counted. */
const WARM_UP = 0.25

const rows: Record<string, Record<string, number>> = {}
let first = 0
// The first run is thrown away: it compiles the code for all.
for (const [i, size] of [1000, ...sizes].entries()) {
  const figures = await weigh(size)
  if (i === 0) continue
  first ||= figures.nanoseconds
  rows[`${size} lamps and what feeds them`] = {
    facilities: figures.facilities,
    'readings measured': figures.readings,
    'ns CPU per reading': Math.round(figures.nanoseconds),
    'cost to the first': Number((figures.nanoseconds / first).toFixed(2)),
    'bytes per facility': Math.round(figures.bytes),
  }
}
console.table(rows)

async function weigh(size: number) {
  const city = cityOfLamps(size, 'bench')
  const messages = simulate(city, (LENGTH * 1000) / size)
  let readings = 0
  let counted = 0
  let nanoseconds = 0
  let bytes = 0
  const before = await memoryInUse()
  async function* measured(): AsyncGenerator<Message> {
    const warm = Math.floor(messages.length * WARM_UP)
    yield* messages.slice(0, warm)
    bytes = (await memoryInUse()) - before
    counted = readings
    const start = process.cpuUsage()
    yield* messages.slice(warm)
    const { user, system } = process.cpuUsage(start)
    counted = readings - counted
    nanoseconds = ((user + system) * 1000) / counted
  }
  await replay(measured(), {
    kinds: kindByKey,
    facilities: city,
    onReport: (report) => {
      readings += report.readings.length
    },
  })
  return { facilities: city.length, readings: counted, nanoseconds, bytes: bytes / city.length }
}

function simulate(city: ReturnType<typeof cityOfLamps>, length: number): Message[] {
  const fleet = new Fleet({
    facilities: simulatedFacilities(city, kindByKey),
    seed: 'bench',
    world: createWorld({ position: CITY_CENTRE, seed: 'bench' }),
    start: START,
  })
  const encoder = new TextEncoder()
  const messages: Message[] = []
  const step = Math.max(1000, length / 500)
  for (let at = START + step; at <= START + length; at += step) {
    for (const { topic, payload } of encodeMessages(fleet.step(at), 'gateways')) {
      messages.push({ position: messages.length, received: at, topic, payload: encoder.encode(payload) })
    }
  }
  return messages
}
