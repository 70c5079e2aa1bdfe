import { beforeAll, describe, expect, test, vi } from 'vitest'
import { WHOLE_CITY } from '../../src/access/scope.ts'
import { findViolations } from './chromium.ts'
import { chromium, useRealConsole } from './real-console.ts'

/** Orders on the real product. */
describe.skipIf(!chromium)('the board of orders', () => {
  const city = useRealConsole({
    facilities: [1, 2, 3].map((n) => ({
      ...{ id: `SL-${n}`, kind: 'street-light', name: `Quay lamp ${n}`, district: 'Harbour', road: 'Quay road', keyArea: n === 1 },
      position: [114.6 + n / 1000, 37.9] as [number, number],
    })),
  })
  const orders = () => city.app.services.orders
  const alarmOf = (facility: string) => [...city.app.services.liveAlarms()].find((alarm) => alarm.facility === facility)!

  beforeAll(async () => {
    for (const id of ['A', 'B']) {
      city.app.services.state.roster.putCrew({
        ...{ id, name: `Crew ${id}`, districts: 'all', domains: 'all', vehicle: '', members: ['eva'], base: null, disabled: false },
      })
    }
    // Worn out is low, and makes no order by itself.
    for (const id of ['SL-1', 'SL-2', 'SL-3']) await city.publish('street-light', id, { 'on-hours': 58_000 })
    await vi.waitUntil(() => [...city.app.services.liveAlarms()].length === 3, { timeout: 15_000 })
  })

  test('the key d makes an order of an alarm and asks whom to send; the board follows what the crew does', async () => {
    const { id } = alarmOf('SL-1')
    const page = await city.openLive(`/alarms/${id}`)
    await page.getByText('No repair order yet.').waitFor()
    await page.keyboard.press('d')
    await page.getByRole('dialog').getByRole('button', { name: 'Make an order' }).click()
    const dialog = page.getByRole('dialog', { name: /Dispatch order/ })
    await dialog.getByLabel('Crew A').check()
    await dialog.getByRole('button', { name: 'Dispatch' }).click()
    await page.locator('.alarm-order').getByText('Dispatched').waitFor()
    const order = orders().ofAlarm(id)!
    expect(order).toMatchObject({ state: 'dispatched', offer: { crews: ['A'] }, facilities: ['SL-1'], createdBy: 'admin' })

    await page.keyboard.press('d')
    await page.waitForURL(`**/orders/${order.id}`)
    await page.goto(new URL('/orders', page.url()).href)
    const column = (name: string) => page.getByRole('region', { name, exact: true })
    await column('Dispatched').getByText('Quay lamp 1').waitFor()
    await column('Dispatched')
      .getByText(/^asked: Crew A, until \d\d:\d\d$/)
      .waitFor()
    orders().act([{ id: 'accept-0001', order: order.id, at: Date.now(), type: 'accept' }], 'A', 'eva')
    await column('Accepted').getByText('Crew A, eva').waitFor()
    expect(await column('Dispatched').getByText('Quay lamp 1').count()).toBe(0)
    await page.close()
  })

  test('several alarms become one order from the list', async () => {
    const page = await city.openLive('/alarms')
    for (const id of ['SL-2', 'SL-3']) await page.locator('.rows .row', { hasText: id }).locator('input[type=checkbox]').check()
    await page.getByRole('button', { name: /^One order/ }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Make an order' }).click()
    await page
      .getByRole('dialog', { name: /Dispatch order/ })
      .getByRole('button', { name: 'Cancel' })
      .click()
    const made = orders().ofAlarm(alarmOf('SL-2').id)!
    expect([...made.facilities].sort()).toEqual(['SL-2', 'SL-3'])
    await page.close()
  })

  test('figures name crews, say how many they count, and keep their days in the address', async () => {
    const page = await city.openLive('/orders')
    await page.getByRole('link', { name: 'Figures' }).click()
    await page
      .getByRole('region', { name: 'By crew' })
      .getByRole('row', { name: /Crew A 1 0 .*n = 1.* n = 0/ })
      .waitFor()
    await page.getByLabel('From').fill('2020-01-01')
    await page.getByLabel('Until').fill('2020-01-02')
    await page.getByRole('button', { name: 'Show' }).click()
    await page.getByText('No orders were made in this time.').waitFor()
    expect(new URL(page.url()).search).toBe('?from=2020-01-01&to=2020-01-02')
    await page.getByRole('button', { name: '7 days' }).click()
    await page.getByRole('row', { name: /Crew A/ }).waitFor()
    await page.close()
  })

  test('the address holds filters and view, and the list is a table', async () => {
    const page = await city.openLive('/orders?view=list&class=ordinary')
    await page.getByRole('link', { name: String(orders().ofAlarm(alarmOf('SL-2').id)!.id), exact: true }).waitFor()
    await page.getByLabel('Class').selectOption('danger')
    await page.getByText('0 orders').waitFor()
    expect(new URL(page.url()).searchParams.get('class')).toBe('danger')
    await page.close()
  })

  test('an urgent order that nobody has calls the desk on every page until crews are asked', async () => {
    const page = await city.openLive('/')
    const input = { facilities: ['SL-2'], class: 'danger' as const, title: { zh: '灯杆带电', en: 'Pole is live' }, note: '' }
    const { id, version } = orders().create(input, WHOLE_CITY, 'eva')
    const call = page.getByRole('alert').filter({ hasText: `Nobody has order ${id} (Danger)` })
    await call.getByRole('link', { name: 'Open the order' }).click()
    await page.waitForURL(`**/orders/${id}`)
    orders().dispatch({ id, version }, ['A'], 60_000, 'eva')
    await call.waitFor({ state: 'detached' })
    await page.close()
  })

  test('an order tells what citizens said, and not how to reach them', async () => {
    const input = {
      madeId: 'made-by-some-page',
      kind: 'live-part',
      code: 'SL-3',
      position: null,
      words: 'It hums',
      contact: '13800000000',
    } as const
    const { order } = city.app.services.reports.take({ ...input, language: 'en', callerWaits: false }, null)
    const page = await city.openLive(`/orders/${order}`)
    const said = page.getByRole('region', { name: 'What citizens said' })
    await said.getByText(/It hums.*SL-3/).waitFor()
    expect(await page.content()).not.toContain('13800000000')
    await page.close()
  })

  test('nobody is kept out of what crews have accepted', async () => {
    const order = orders().ofAlarm(alarmOf('SL-1').id)!
    const page = await city.openLive('/orders')
    for (const path of ['/orders', '/orders?view=list', `/orders/${order.id}`]) {
      await page.goto(new URL(path, page.url()).href)
      await page.locator('.order-card, .grid-table td, .order-log li').first().waitFor()
      expect(await findViolations(page), path).toEqual([])
    }
  })
})
