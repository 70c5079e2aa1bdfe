import { parseArgs } from 'node:util'
import type { Static } from 'typebox'
import type { FloodDetailSchema, FloodSchema, IncidentView } from '../src/edges/http/flood-schemas.ts'
import { burst, cityOfLamps, expectedAlarms, watchBurst } from '../tests/acceptance/alarm-burst.ts'
import { type Client, eventually, signIn, startServer, testFolder } from '../tests/acceptance/server-process.ts'

const { values: args } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } },
})
if (args.help) {
  console.log(`Usage: node launch.mjs bench/flood.ts [--quick]

5,000 lamps go into alarm within 10 s over MQTT, with the whole program and a wall connected. Checks that every alarm is
recorded once, that it is one flood and what its incidents are, and measures the time from publish to the wall.
--quick: 1,000 lamps in 2 s.`)
  process.exit(0)
}
const [LAMPS, LENGTH] = args.quick ? [1000, 2000] : [5000, 10_000]
/** What the wall promises for a critical alarm, ms. */
const PROMISED = 1000

async function count(client: Client, path: string): Promise<number> {
  let before = ''
  let found = 0
  for (;;) {
    const page = await client.get<{ items: unknown[]; next: number | null }>(`${path}${before}`)
    found += page.items.length
    if (page.next === null) return found
    before = `&before=${page.next}`
  }
}

function percentiles(delays: number[]): Record<string, number> {
  const sorted = delays.toSorted((a, b) => a - b)
  const at = (p: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * p))] as number
  return { alarms: sorted.length, 'p50 ms': at(0.5), 'p99 ms': at(0.99), 'max ms': at(1) }
}

async function main(): Promise<void> {
  const { folder, remove } = testFolder()
  const server = await startServer({ folder, facilities: cityOfLamps(LAMPS), env: { LOG_LEVEL: 'warn' } })
  try {
    const client = await signIn(server.url)
    const { view, close } = await watchBurst(client)
    const begun = Date.now()
    await burst(server.mqttPort, LAMPS, LENGTH)
    const took = Date.now() - begun
    await eventually(
      async () => view.seen.size,
      (size) => size === LAMPS,
    )
    const [alarms, steps] = [await count(client, '/api/alarms?limit=500'), await count(client, '/api/alarm-record?limit=1000')]
    const floods = (await client.get<{ items: Static<typeof FloodSchema>[] }>('/api/floods')).items
    const asked = Date.now()
    const { incidents } = await client.get<Static<typeof FloodDetailSchema>>(`/api/floods/${floods[0]?.id}`)
    const treeTook = Date.now() - asked
    await eventually(
      async () => view.floods.size,
      (size) => size > 0,
    )
    close()
    console.log(
      `${LAMPS} alarms published and acknowledged in ${took} ms; alarms stored ${alarms}, steps in the record ${steps}, floods ${floods.length}.`,
    )
    console.log(`The tree (in ${treeTook} ms):`)
    for (const { cause, alarms, facilities, byPriority, parent } of incidents
      .filter((each: IncidentView) => each.parent === null)
      .slice(0, 3))
      console.log(
        `  ${cause.type} ${cause.facility}: ${alarms} alarms of ${facilities} facilities, ${byPriority.critical} critical${parent ?? ''}`,
      )
    console.log(`  and ${incidents.length - 3} more.`)
    const seen = [...view.seen.values()]
    const critical = percentiles(seen.filter(({ priority }) => priority === 'critical').map(({ delay }) => delay))
    console.log('Publish to wall:')
    console.table({ critical, all: percentiles(seen.map(({ delay }) => delay)) })
    const wrong = expectedAlarms(LAMPS).filter(({ facility, rule }) => {
      const found = view.seen.get(facility)
      return found?.rule !== rule || found.times !== 1
    })
    const isRight = wrong.length === 0 && alarms === LAMPS && steps === LAMPS && floods.length === 1 && view.floods.size === 1
    if (!isRight) throw new Error(`not every alarm was recorded and shown once, or it is not one flood (${wrong.length} wrong on the wall)`)
    if ((critical['max ms'] as number) > PROMISED) console.log(`A critical alarm took longer than the ${PROMISED} ms that are promised.`)
  } finally {
    await server.end('SIGKILL')
    remove()
  }
}

await main()
process.exit()
