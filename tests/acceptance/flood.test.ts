import type { Static } from 'typebox'
import { afterAll, expect, test } from 'vitest'
import type { FloodDetailSchema, FloodSchema } from '../../src/edges/http/flood-schemas.ts'
import type { Snapshot } from '../../src/edges/http/live-schemas.ts'
import { burst, cityOfLamps, expectedAlarms, watchBurst } from './alarm-burst.ts'
import { eventually, type ServerProcess, signIn, startServer, testFolder } from './server-process.ts'

/** The long form, with times: bench/flood.ts. */
const LAMPS = 1200

const { folder, remove } = testFolder()
let server: ServerProcess
afterAll(async () => {
  await server?.end('SIGKILL')
  remove()
})

test(`${LAMPS} alarms in a burst: each recorded once, one flood with the tree of its causes, all on the wall; the same after kill -9`, {
  timeout: 120_000,
}, async () => {
  server = await startServer({ folder, facilities: cityOfLamps(LAMPS) })
  let client = await signIn(server.url)
  const { view, close } = await watchBurst(client)
  await burst(server.mqttPort, LAMPS, 2000)
  await eventually(
    async () => view.seen.size,
    (size) => size === LAMPS,
  )
  await eventually(
    async () => view.floods.size,
    (size) => size === 1,
  )
  close()
  const seen = [...view.seen].map(([facility, { rule, times }]) => ({ facility, rule, times }))
  expect(seen.sort((a, b) => (a.facility < b.facility ? -1 : 1))).toEqual(expectedAlarms(LAMPS).map((each) => ({ ...each, times: 1 })))
  expect(view.isCriticalFirst, 'critical alarms come first in each delta').toBe(true)

  const flood = async () => {
    const { items } = await client.get<{ items: Static<typeof FloodSchema>[] }>('/api/floods')
    expect(items).toHaveLength(1)
    const detail = await client.get<Static<typeof FloodDetailSchema>>(`/api/floods/${items[0]?.id}`)
    const { alarms } = await client.get<Snapshot>('/api/snapshot')
    const record = await client.get<{ items: unknown[] }>('/api/alarm-record?limit=1000')
    return { ...detail, live: alarms.length, record: record.items.length }
  }
  const before = await flood()
  expect(before).toMatchObject({ flood: { alarms: LAMPS, peak: LAMPS, ended: null }, complete: true, live: LAMPS, record: 1000 })
  expect(before.incidents.map(({ cause, alarms, ownCount }) => [cause.type, cause.facility, alarms, ownCount]).sort()).toEqual(
    Array.from({ length: 6 }, (_, i) => ['feeder', `LC-${i}`, LAMPS / 6, LAMPS / 6]),
  )

  await server.end('SIGKILL')
  server = await startServer({ folder })
  client = await signIn(server.url)
  expect(await flood()).toEqual(before)
})
