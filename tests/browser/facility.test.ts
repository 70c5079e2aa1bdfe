import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { WHOLE_CITY } from '../../src/access/scope.ts'
import { findViolations } from './chromium.ts'
import { chromium, login, useRealConsole } from './real-console.ts'

const place = { district: 'Harbour', road: 'Quay road', position: [114.62, 37.9] as [number, number] }
const facilities = [
  { id: 'LC-1', kind: 'light-cabinet', name: 'Quay cabinet', ...place },
  { id: 'LC-12', kind: 'light-cabinet', name: 'Twelve circuits', rated: { circuits: 12 }, ...place },
  { id: 'PS-1', kind: 'pump-station', name: 'Town pumps', ...place },
  { id: 'PS-2', kind: 'pump-station', name: 'Drainage pumps', rated: { drainage: 1, head: 0.2, 'shut-off-head': 0.3 }, ...place },
  { id: 'GS-1', kind: 'gas-station', name: 'Storage', ...place },
  { id: 'GS-2', kind: 'gas-station', name: 'Metering', rated: { tank: 0, regulator: 0 }, ...place },
  { id: 'SP-1', kind: 'sewage-plant', name: 'South plant', ...place },
  { id: 'WP-1', kind: 'waste-plant', name: 'South centre', ...place },
  ...[1, 2, 3].map((n) => ({ id: `SL-${n}`, kind: 'street-light', fedBy: 'LC-1', circuit: 1, ...place })),
  { id: 'SL-9', kind: 'street-light', name: 'Quay end', ...place },
]

describe.skipIf(!chromium)('the page of a facility', { timeout: 60_000 }, () => {
  const city = useRealConsole({ facilities })
  const element = (page: Page, key: string) => page.locator(`[data-element="${key}"]`)
  const words = (page: Page, key: string) => element(page, key).locator('[role=button]').getAttribute('aria-label')

  test('values of a pump station appear at its elements, by fill, word and number', async () => {
    await city.publish('pump-station', 'PS-1', {
      running: true,
      'run-command': true,
      flow: 187.3,
      'outlet-pressure': 0.431,
      vibration: 1.25,
    })
    const page = await city.openLive('/facilities/PS-1')
    await element(page, 'pump').locator('.body.on').waitFor()
    expect(await words(page, 'pump')).toMatch(/^Pump: running; .*vibration 1\.25 mm\/s/)
    expect(await words(page, 'flow')).toBe('Flow: Flow 187.3 m³/h')
    // Live values follow without a reload.
    await city.publish('pump-station', 'PS-1', { running: false, 'run-command': true, flow: 0 })
    await element(page, 'pump').locator('.body.off').waitFor()
    expect(await words(page, 'pump')).toMatch(/stopped, told to be: running/)
    expect(await element(page, 'well').count()).toBe(0)
  })

  test('a drainage station has its wet well, which fills, and no network behind it', async () => {
    await city.publish('pump-station', 'PS-2', { 'wet-well-level': 2.1, 'screen-head': 0.05 })
    const page = await city.openLive('/facilities/PS-2')
    await element(page, 'well').locator('.content').waitFor()
    expect(await words(page, 'well')).toBe('Wet well: Wet well level 2.10 m')
    expect(await element(page, 'network').count()).toBe(0)
    const height = async () => Number(await element(page, 'well').locator('.content').getAttribute('height'))
    const before = await height()
    await city.publish('pump-station', 'PS-2', { 'wet-well-level': 3.4 })
    await page.getByLabel('Wet well: Wet well level 3.40 m').waitFor()
    expect(await height()).toBeGreaterThan(before)
  })

  test('a cabinet shows the circuits it has, and which of them are on', async () => {
    await city.publish('light-cabinet', 'LC-1', {
      'voltage-a': 226,
      'circuit-1-contactor': true,
      'circuit-1-command': true,
      'circuit-1-current': 9.5,
      'circuit-2-contactor': false,
      'circuit-2-command': false,
    })
    const page = await city.openLive('/facilities/LC-1')
    await element(page, 'circuit-1').locator('.body.on').waitFor()
    await element(page, 'circuit-2').locator('.body.off').waitFor()
    expect(await page.locator('[data-element^=circuit-]').count()).toBe(6)
    await page.goto(`${city.app.url}/facilities/LC-12`)
    await page.locator('[data-element=circuit-12-close]').waitFor()
    expect(await page.locator('[data-element^=circuit-]').count()).toBe(12)
  })

  test('an alarm stands at the element whose points raised it, and leads to the alarm', async () => {
    await city.publish('gas-station', 'GS-1', { 'ch4-2': 60, 'ch4-1': 1, 'outlet-pressure': 0.21 })
    const page = await city.openLive('/facilities/GS-1')
    await element(page, 'detector-2').locator('.ground.abnormal').waitFor()
    expect(await words(page, 'detector-2')).toMatch(/Alarm, Critical: /)
    expect(await element(page, 'detector-1').locator('.abnormal').count()).toBe(0)
    await page.locator('.side .alarms a[data-alarm]').first().waitFor()
    await page.locator('.alarm-mark').first().click()
    await page.waitForURL(/\/alarms\/\d+$/)
    await page.goBack()
    await page.waitForURL(/\/facilities\/GS-1$/)
    await element(page, 'detector-2').waitFor()
  })

  test('a stale value and an impossible one say so in the picture and in the list of values', async () => {
    await city.publish('gas-station', 'GS-2', { flow: 900 }, Date.now() - 120_000)
    await city.publish('gas-station', 'GS-2', { 'ch4-3': 746 })
    const page = await city.openLive('/facilities/GS-2')
    await element(page, 'flow').locator('.value.old').waitFor()
    expect(await words(page, 'flow')).toMatch(/900 Nm³\/h, OLD/)
    await element(page, 'detector-3').locator('.value.bad').waitFor()
    expect(await element(page, 'detector-3').locator('.quality-mark').textContent()).toBe('BAD')
    await page.locator('.value-bar.old[data-point=flow]').getByText('OLD').waitFor()
    expect(await element(page, 'regulator').count()).toBe(0)
    expect(await element(page, 'tank').count()).toBe(0)
  })

  test('a lamp is told something when it is armed and confirmed, not before, and the page follows what becomes of it', async () => {
    await city.publish('street-light', 'SL-9', { power: 0, 'dim-actual': 0 })
    const told: { id: string; command: string; value: number }[] = []
    city.mqtt.on('message', (_topic, payload) => told.push(JSON.parse(String(payload))))
    await city.mqtt.subscribeAsync('facilities/street-light/SL-9/commands', { qos: 1 })
    const page = await city.openLive('/facilities/SL-9')
    await page.getByText('Nobody has commanded it.').waitFor()
    await page.getByRole('button', { name: 'Dim…' }).click()
    await page.getByRole('heading', { name: 'Dim: SL-9' }).waitFor()
    expect(await findViolations(page)).toEqual([])
    await page.getByRole('spinbutton', { name: /^Level/ }).fill('40')
    expect(told).toEqual([])
    await page.getByRole('button', { name: 'See what it would do' }).click()
    await page.getByRole('button', { name: 'Send' }).click()
    await page.getByRole('button', { name: 'Close' }).click()
    const line = (state: string) => page.locator(`.commands li[data-state=${state}]`)
    await line('sent').waitFor()
    await expect.poll(() => told).toMatchObject([{ command: 'dim', value: 40 }])
    const answer = JSON.stringify({ id: told[0]?.id, done: true })
    await city.mqtt.publishAsync('facilities/street-light/SL-9/acknowledgements', answer, { qos: 1 })
    await line('confirmed').waitFor()
    await city.publish('street-light', 'SL-9', { 'dim-actual': 41 })
    await line('effect-seen').getByText('Effect seen').waitFor()
    await page.getByRole('button', { name: 'Call back' }).click()
    await expect.poll(() => told.map(({ command }) => command)).toEqual(['dim', 'follow-programme'])
    await city.mqtt.unsubscribeAsync('facilities/street-light/SL-9/commands')
    await city.addPerson('visitor', 'viewer')
    const visitor = await city.openLive('/facilities/SL-9', { login: { name: 'visitor', password: login.password } })
    await visitor.locator('.commands li').first().waitFor()
    expect(await visitor.getByRole('button', { name: 'Dim…' }).count()).toBe(0)
  })

  test('the time of the address goes along to the other tabs and to the next facility', async () => {
    const page = await city.openLive('/facilities/PS-1?span=7d')
    await page.getByRole('link', { name: 'Readings', exact: true }).click()
    await page.waitForURL(/PS-1\/readings\?span=7d/)
    await page.keyboard.press(']')
    await page.waitForURL(/PS-2\/readings\?span=7d/)
    await page.goto(`${city.app.url}/facilities/PS-1`)
    await page.getByRole('link', { name: 'Readings', exact: true }).click()
    await page.waitForURL(/PS-1\/readings$/)
  })

  test('an element that is chosen shows its values alone, and the address says which', async () => {
    await city.publish('sewage-plant', 'SP-1', { do: 2.1, mlss: 3200, 'blower-1': true, 'blower-1-command': true })
    const page = await city.openLive('/facilities/SP-1')
    await element(page, 'basin').locator('[role=button]').focus()
    await page.keyboard.press('Enter')
    await page.waitForURL(/element=basin/)
    await page.getByRole('heading', { name: 'Values: Aeration basin' }).waitFor()
    expect(await page.locator('.value-bar').evaluateAll((bars) => bars.map((bar) => bar.getAttribute('data-point')))).toEqual([
      'do',
      'mlss',
      'orp',
      'water-temperature',
    ])
    expect(await page.getByRole('link', { name: 'Plot these' }).getAttribute('href')).toMatch(/series=SP-1%3Ado%2Cmlss/)
    await page.getByRole('button', { name: 'All values' }).click()
    await page.getByRole('heading', { name: 'Values', exact: true }).waitFor()
  })

  test('the picture is told as a list too', async () => {
    await city.publish('waste-plant', 'WP-1', { crane: true, 'crane-command': true, 'pit-fill': 41 })
    const page = await city.openLive('/facilities/WP-1')
    await page.getByText('As a list').click()
    const row = (name: string) => page.locator('.mimic-list tr', { has: page.locator('th', { hasText: new RegExp(`^${name}$`) }) })
    await row('Crane').getByText('running').waitFor()
    await row('Pit')
      .getByText(/fill 41\.0 %/)
      .waitFor()
  })

  test('reports that came and that are missing stand in the strip', async () => {
    const now = Date.now()
    for (const ago of [50, 40, 10, 0]) await city.publish('gas-station', 'GS-2', { flow: 850 }, now - ago * 1000)
    const page = await city.openLive('/facilities/GS-2')
    await page.locator('.beat.came').first().waitFor()
    expect(await page.locator('.heartbeat svg[role=img]').getAttribute('aria-label')).toMatch(/received \d+/)
  })

  test('a limit that was changed for the facility is the one that is drawn', async () => {
    await city.publish('pump-station', 'PS-1', { vibration: 1.2 })
    const page = await city.openLive('/facilities/PS-1')
    const bar = page.locator('.value-bar[data-point=vibration]')
    const places = () => bar.locator('.limit.stroke').evaluateAll((lines) => lines.map((line) => line.getAttribute('x1')))
    await bar.locator('.limit.stroke').first().waitFor({ state: 'attached' })
    const before = await places()
    city.app.services.putOverride(
      { scope: { facility: 'PS-1' }, rule: 'vibration-high', changes: { parameters: { high: 3 } }, reason: 'noisy' },
      'test',
      WHOLE_CITY,
    )
    await page.reload()
    await bar.locator('.limit.stroke').first().waitFor({ state: 'attached' })
    await expect.poll(places).not.toEqual(before)
  })

  test('what hangs on a cabinet is counted by circuit and state, and what its alarms explain is listed', async () => {
    for (const n of [1, 2, 3]) await city.publish('street-light', `SL-${n}`, { voltage: 226, on: true })
    await city.publish('light-cabinet', 'LC-1', { 'voltage-a': 0, 'voltage-b': 0, 'voltage-c': 0 })
    const page = await city.openLive('/facilities/LC-1')
    await page.getByText('circuit 1 (3)').waitFor()
    await page.getByText(/3 facilities lack supply or link/).waitFor()
  })

  test('keys lead through the alarms, to the neighbours of the list and back to it', async () => {
    await city.publish('gas-station', 'GS-1', { 'ch4-2': 60, 'ch4-1': 55 })
    const page = await city.openLive('/facilities?kind=gas-station')
    await page.getByRole('link', { name: 'GS-1' }).click()
    await page.locator('.side a[data-alarm]').nth(1).waitFor()
    const focused = () => page.evaluate(() => document.activeElement?.getAttribute('data-alarm'))
    await page.keyboard.press('j')
    await expect.poll(focused).toBeTruthy()
    const first = await focused()
    await page.keyboard.press('j')
    await expect.poll(focused).not.toBe(first)
    await page.keyboard.press('k')
    await expect.poll(focused).toBe(first)
    await page.keyboard.press(']')
    await page.waitForURL(/\/facilities\/GS-2$/)
    await page.keyboard.press('[')
    await page.waitForURL(/\/facilities\/GS-1$/)
    await page.keyboard.press('Escape')
    await page.waitForURL(/\/facilities\?kind=gas-station$/)
  })

  test('the list is put in order by its columns and narrowed down by state and district, all in the address', async () => {
    await city.publish('gas-station', 'GS-1', { 'ch4-2': 60 })
    const page = await city.openLive('/facilities')
    const first = page.locator('tbody tr').first()
    await page.getByRole('button', { name: 'State' }).click()
    await page.waitForURL(/sort=state/)
    await first.getByText('GS-1').waitFor()
    await page.getByRole('button', { name: 'Id', exact: false }).first().click()
    await page.waitForURL(/sort=id/)
    await page.getByRole('button', { name: 'Id', exact: false }).first().click()
    await page.waitForURL(/sort=-id/)
    await first.getByText('WP-1').waitFor()
    await page.getByLabel('State', { exact: true }).selectOption('critical')
    const { services } = city.app
    const critical = [...services.plant].filter((facility) => services.facilityState(facility) === 'critical').length
    expect(critical).toBeGreaterThan(0)
    await page.getByText(`${critical} found`).waitFor()
    expect(await page.locator('tbody tr').count()).toBe(critical)
    await page.getByLabel('District').selectOption('Harbour')
    await page.waitForURL(/district=Harbour/)
    await page.reload()
    await page.getByText(`${critical} found`).waitFor()
    expect(await page.locator('th[aria-sort=descending]').textContent()).toContain('Id')
  })

  test('what a fault means is one click away, at the alarm and at the rule', async () => {
    const page = await city.openLive('/facilities/GS-1')
    await page.locator('.side .alarm-lines summary').first().click()
    await page.locator('.side .alarm-lines details[open] dt', { hasText: 'Response' }).first().waitFor()
    await page.locator('.tabs').getByRole('link', { name: 'Rules' }).click()
    await page.locator('.rule-told summary').first().click()
    await page.locator('.rule-told[open] dt', { hasText: 'If nothing is done' }).waitFor()
  })

  test('at 1366 x 768 picture, reports, alarms and values are there without scrolling', async () => {
    const page = await city.openLive('/facilities/GS-1')
    await page.locator('.heartbeat svg').first().waitFor()
    for (const part of ['.mimic', '.heartbeat', '.side .alarms', '.side .values']) {
      const box = await page.locator(part).boundingBox()
      expect((box?.y ?? 0) + (box?.height ?? 0), part).toBeLessThanOrEqual(768)
    }
  })

  test.each(['LC-1', 'GS-1'])('%s: axe finds nothing with everything unfolded', async (id) => {
    const page = await city.openLive(`/facilities/${id}`)
    await page.locator('.heartbeat').waitFor()
    await page.locator('details').evaluateAll((all) => {
      for (const one of all) (one as HTMLDetailsElement).open = true
    })
    expect(await findViolations(page)).toEqual([])
  })
})
