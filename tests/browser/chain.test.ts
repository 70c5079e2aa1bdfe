import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { serveFaults } from '../../simulators/fault-server.ts'
import { Fleet } from '../../simulators/fleet.ts'
import { type FleetRun, runFleet } from '../../simulators/fleet-runner.ts'
import { simulatedFacilities } from '../../simulators/plant-source.ts'
import { createWorld } from '../../simulators/world.ts'
import { usualDispatchPolicy } from '../../src/dispatch/dispatch-policy.ts'
import type { HandoverDraftView } from '../../src/edges/http/handover-schemas.ts'
import { kindByKey } from '../../src/facilities/index.ts'
import { minutes, seconds } from '../../src/telemetry/duration.ts'
import { longitudeAt } from '../night-place.ts'
import { chromium, login, useRealConsole } from './real-console.ts'

const PATIENCE = { timeout: 20_000 }
const position: [number, number] = [longitudeAt(0, Date.now()), 0]
const facilities = [1, 2, 3].map((n) => ({
  ...{ id: `SL-${n}`, kind: 'street-light', name: `Quay lamp ${n}`, district: 'Harbour', road: 'Quay', position },
}))

/** The console in one browser, the phone of a crew in another, the lamps in the simulator. */
describe.skipIf(!chromium)('from a lamp that fails to an order that is closed', () => {
  const city = useRealConsole({ facilities })
  let run: FleetRun
  let fleet: Fleet
  let faults: Awaited<ReturnType<typeof serveFaults>>
  const now = () => Date.now() + city.ahead

  beforeAll(async () => {
    await city.addPerson('anna', 'crew')
    const { roster } = city.app.services.state
    const whole = { districts: 'all', domains: 'all', vehicle: '', base: null, disabled: false } as const
    roster.putCrew({ id: 'A', name: 'Crew A', members: ['anna'], ...whole })
    roster.putPerson({ account: 'anna', skills: ['electrical'], phone: '', email: '' })
    roster.putRotation({
      ...{ id: 'r', name: 'Crews', shifts: [{ key: 'day', name: 'Day', from: 0, to: 1440 }], start: '2026-01-01' },
      ...{ teams: [{ key: 'A', name: 'A', crew: 'A', people: ['anna'] }], cycle: { A: ['day'] } },
    })
    roster.setDispatchPolicy({ ...usualDispatchPolicy, quiet: { from: 0, to: 0 } })
    fleet = new Fleet({
      facilities: simulatedFacilities(facilities, kindByKey),
      seed: 'chain',
      world: createWorld({ position, seed: 'chain' }),
      start: now() - minutes(5),
    })
    faults = await serveFaults(fleet, 0)
    run = runFleet({ fleet, clock: { at: now }, mode: 'separate', url: `mqtt://127.0.0.1:${city.app.mqttPort}` })
  })
  afterAll(async () => {
    run?.stop()
    await run?.done
    await faults?.close()
  })

  /** Lets time pass for lamps and program, until all is heard. */
  const pass = async (ms: number) => {
    city.ahead += ms
    const until = now()
    await vi.waitUntil(() => fleet.now >= until && run.counts.acknowledged === run.counts.sent, PATIENCE)
  }
  const ask = async (method: string, path: string, body?: object) => {
    const response = await fetch(faults.url + path, {
      ...{ method, ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }) },
    })
    return (await response.json()) as { faults: { id: number }[] }
  }

  test('wall, order, phone without a network, repair, telemetry, board, figures and handover', { timeout: 120_000 }, async () => {
    const wall = await city.openLive('/')
    const phone = await city.open('/crew/', { width: 390, height: 844, login: { ...login, name: 'anna' } })
    await phone.getByText('No orders. A new one alarms this phone.').waitFor()
    const network = async (on: boolean) => {
      await phone.context().setOffline(!on)
      await phone.locator('header .link', { hasText: on ? 'Connected' : 'No connection' }).waitFor()
    }
    const step = (name: string) => phone.locator('.foot').getByRole('button', { name, exact: true }).click()

    const seen = Promise.all(
      [wall.locator('.alarm-list, .rows').getByText('SL-2').first(), phone.getByRole('alert').getByText('New order')].map(async (one) => {
        await one.waitFor(PATIENCE)
        return performance.now()
      }),
    )
    const [{ id: fault } = { id: 0 }] = (await ask('POST', '/faults', { facility: 'SL-2', fault: 'lamp-failure' })).faults
    for (let i = 0; i < 3; i++) await pass(seconds(6))
    const [onWall = 0, onPhone = 0] = await seen
    console.info(`from the wall to the phone: ${Math.round(onPhone - onWall)} ms`)
    const order = () => [...city.app.services.orders.list({ facility: 'SL-2', limit: 1 }).items][0]!
    expect(order()).toMatchObject({ origin: 'alarm', state: 'dispatched', offer: { crews: ['A'] } })
    const { id } = order()

    await phone.getByRole('alert').getByText('New order').click()
    await phone.waitForURL(`**/crew/orders/${id}`)
    await phone.locator('.foot').getByRole('button', { name: 'Accept', exact: true }).waitFor()
    await network(false)
    await step('Accept')
    await step('On the way')
    await phone.getByText('2 to be sent').first().waitFor()
    const board = await city.openLive('/orders')
    const column = (name: string) => board.getByRole('region', { name, exact: true })
    await column('Dispatched').getByText('Quay lamp 2').waitFor()
    await network(true)
    await column('Under way').getByText('Quay lamp 2').waitFor()

    await step('Arrived')
    await step('Begin repair')
    await vi.waitUntil(() => order().state === 'repairing', PATIENCE)
    await ask('DELETE', `/faults/${fault}`)
    for (let i = 0; i < 3; i++) await pass(seconds(6))
    await step('Repaired')
    const sheet = phone.getByRole('dialog', { name: 'What was done' })
    await sheet.getByRole('button', { name: 'LED driver' }).click()
    await sheet.getByRole('button', { name: 'Repaired' }).click()
    await column('Repaired').getByText('Quay lamp 2').waitFor()
    expect(order().state).toBe('repaired')

    // Two looks at least 10 min from each other, once the lamp has reported.
    for (let i = 0; i < 8 && order().state !== 'closed'; i++) {
      await pass(minutes(4))
      await new Promise((done) => setTimeout(done, 1100))
    }
    await column('Verified, closed').getByText('Quay lamp 2').waitFor()
    await phone.getByText('Closed', { exact: true }).first().waitFor()
    expect(order()).toMatchObject({ state: 'closed', verification: { by: 'telemetry' }, repair: { cause: 'LED driver', by: 'anna' } })
    const log = city.app.services.orders.logOf(id, Number.MAX_SAFE_INTEGER, 50).items.map(({ type }) => type)
    expect(log.reverse()).toEqual(['create', 'dispatch', 'accept', 'set-out', 'arrive', 'begin', 'repair', 'verify', 'close'])

    const get = async <T>(path: string) => (await (await board.request.get(city.app.url + path)).json()) as T
    expect(await get('/api/order-figures')).toMatchObject({ all: { made: 1, closed: 1, firstTime: 1 }, crews: [{ key: 'A' }] })
    const { note } = await get<HandoverDraftView>('/api/handovers/draft?rotation=r')
    expect(note.orders.total).toBe(0)
    if (process.env.CHAIN_PICTURES) {
      for (const [name, page] of Object.entries({ wall, phone, board })) {
        await page.screenshot({ path: `${process.env.CHAIN_PICTURES}/${name}.png` })
      }
    }
  })
})
