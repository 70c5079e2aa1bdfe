import { expect, test } from 'vitest'
import { CITY_CENTRE } from '../../simulators/city.ts'
import { Fleet } from '../../simulators/fleet.ts'
import { encodeMessages } from '../../simulators/messages.ts'
import { simulatedFacilities } from '../../simulators/plant-source.ts'
import { runTrial } from '../../simulators/trial-run.ts'
import { planTrials } from '../../simulators/trials.ts'
import { createWorld } from '../../simulators/world.ts'
import { facilityKinds } from '../../src/facilities/index.ts'
import { days, minutes, seconds } from '../../src/telemetry/duration.ts'
import { startCity } from '../edges/city.ts'
import { heatExchangerStation } from '../fixtures/heat-exchanger-station/index.ts'

/** All a new kind needs is to stand in the list. */
const kinds = [...facilityKinds, heatExchangerStation]
const byKey = new Map(kinds.map((kind) => [kind.key, kind]))
const world = createWorld({ position: CITY_CENTRE, seed: 'heat' })
const station = { id: 'HX-01', kind: 'heat-exchanger-station', name: '一号换热站', position: CITY_CENTRE }

test('a kind in the list is in the API, in its document and on the wall, and is judged', async () => {
  const city = await startCity({ kinds })
  try {
    await city.signIn()
    const document = await city.ask('GET', '/api/openapi.json')
    expect(document.body.paths['/api/kinds'].get.description).toContain('`secondary-pressure` (number, MPa)')
    const { body } = await city.ask('GET', '/api/kinds')
    const view = body.kinds.find(({ key }: { key: string }) => key === station.kind)
    expect(view).toMatchObject({ domain: 'water', panel: { headline: 'supply-temperature' } })
    expect(view.points).toHaveLength(4)
    expect(view.rules.map(({ key }: { key: string }) => key)).toContain('supply-cold')

    expect((await city.ask('POST', '/api/facilities', { facilities: [station] })).status).toBe(200)
    const start = city.now() - minutes(40)
    const fleet = new Fleet({ facilities: simulatedFacilities([station], byKey), seed: 'heat', world, start })
    fleet.inject({ where: `kind=${station.kind}`, fault: 'valve-shut', after: minutes(5), for: null, size: 1 })
    for (const report of fleet.step(city.now())) {
      for (const { topic, payload } of encodeMessages([report], 'gateways')) city.publishRaw(topic, new TextEncoder().encode(payload))
    }
    const wall = await city.ask('GET', '/api/plant')
    expect(JSON.stringify(wall.body)).toContain('HX-01')
    const alarms = await city.ask('GET', '/api/alarms')
    expect(alarms.body.items).toMatchObject([{ facility: 'HX-01', rule: 'supply-cold', priority: 'high', active: true }])
  } finally {
    await city.stop()
  }
})

test('it is drilled like the others', async () => {
  const trials = planTrials({ kinds: [heatExchangerStation], world, seed: 'heat', healthy: days(7) })
  expect(trials.map(({ fault }) => fault)).toEqual([null, 'valve-shut', 'silent'])
  const options = { kinds: byKey, world, seed: 'heat', gaps: 0.05, skew: seconds(30), hold: minutes(10), recovery: minutes(30) }
  for (const trial of trials) {
    const { delay, isInTime, falseAlarms, reports } = await runTrial(trial, options)
    expect({ fault: trial.fault, isInTime, falseAlarms }).toEqual({ fault: trial.fault, isInTime: true, falseAlarms: [] })
    if (trial.fault === null) expect(reports).toBeGreaterThan(18_000)
    else expect(delay).toBeGreaterThan(0)
  }
})
