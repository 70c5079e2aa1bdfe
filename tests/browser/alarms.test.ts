import { describe, expect, test } from 'vitest'
import { minutes, seconds } from '../../src/telemetry/duration.ts'
import { findViolations } from './chromium.ts'
import { chromium, login, useRealConsole } from './real-console.ts'

/** What the console shows of alarms and of the alarm system, on the real server. */
describe.skipIf(!chromium)('pages about alarms', () => {
  const city = useRealConsole({
    facilities: [
      { id: 'PS-1', kind: 'pump-station', name: 'River pumps', district: 'Harbour', position: [114.61, 37.91] },
      { id: 'GS-1', kind: 'gas-station', name: 'South gate', district: 'Harbour', position: [114.6, 37.9] },
    ],
  })

  async function alarmOf(rule: string): Promise<number> {
    const find = () => city.app.services.state.alarmHistory({ rule, limit: 1 }).items[0]?.id
    await expect.poll(find, { timeout: 15_000 }).toBeDefined()
    return find() as number
  }

  test('what protects lives is reset by two people, and one of them cannot be both', async () => {
    await city.publish('gas-station', 'GS-1', { 'ch4-1': 25 })
    await city.publish('gas-station', 'GS-1', { 'ch4-1': 2 }, Date.now() + 1000)
    const id = await alarmOf('ch4-alarm-1')
    const first = await city.openLive(`/alarms/${id}`)
    await city.addPerson('li', 'operator')
    await first.locator('#detail .tag.rtn-unacknowledged').waitFor()
    await first.getByRole('button', { name: /Acknowledge A/ }).click()
    await first.getByRole('button', { name: 'Ask for a reset' }).click()
    await first.getByText(/You asked for a reset at .* Another person must confirm it/).waitFor()
    expect(await first.getByRole('button', { name: 'Confirm the reset' }).count()).toBe(0)
    const other = await city.openLive(`/alarms/${id}`, { login: { ...login, name: 'li' } })
    await other.getByText(/^admin asked for a reset at/).waitFor()
    expect(await findViolations(other)).toEqual([])
    await other.getByRole('button', { name: 'Confirm the reset' }).click()
    await expect.poll(() => city.app.services.state.alarm(id)?.ended, { timeout: 10_000 }).not.toBeNull()
    await first.getByText(/· ended /).waitFor()
  })

  test('what is typed about an alarm that ends meanwhile stays, and it is said that nothing was stored', async () => {
    city.app.services.putFacilities([{ id: 'SL-99', kind: 'street-light' }], 'test')
    await city.publish('street-light', 'SL-99', { 'driver-temperature': 90 }, Date.now() - 1000)
    const id = await alarmOf('driver-overheated')
    const page = await city.openLive(`/alarms/${id}`)
    await page.getByRole('button', { name: /^Comment…/ }).click()
    const dialog = page.locator('dialog[open]')
    await dialog.getByLabel('Text').fill('Seen from the road')
    const { version } = [...city.app.services.liveAlarms()].find((alarm) => alarm.id === id)!
    city.app.services.acknowledge([{ id, version }], 'admin', '')
    await city.publish('street-light', 'SL-99', { 'driver-temperature': 50 })
    await page
      .locator('#detail')
      .getByText(/· ended /)
      .waitFor()
    await dialog.getByText(/The alarm ended meanwhile/).waitFor()
    expect(await dialog.getByLabel('Text').inputValue()).toBe('Seen from the road')
    expect(await dialog.locator('button[type=submit]').count()).toBe(0)
    expect(await findViolations(page)).toEqual([])
    await dialog.getByRole('button', { name: 'Close' }).click()
    await dialog.waitFor({ state: 'detached' })
  })

  test('a flood is summed up with its causes, the less urgent are counted, and its review fits one sheet', {
    timeout: 240_000,
  }, async () => {
    const lamps = Array.from({ length: 30 }, (_, i) => ({ id: `SL-${i + 1}`, kind: 'street-light', fedBy: 'LC-1', circuit: 1 }))
    city.app.services.putFacilities([{ id: 'LC-1', kind: 'light-cabinet', name: 'Quay cabinet' }, ...lamps], 'test')
    const began = Date.now()
    for (const { id } of lamps) await city.publish('street-light', id, { 'driver-temperature': 90, 'leakage-current': 40 }, began)
    const page = await city.openLive('/')
    await page.locator('.flood-summary').getByText('Fed by LC-1').waitFor()
    await page.getByText('Flood: 30 medium and 0 low ones are not listed').waitFor()
    expect(await page.locator('.rows .row.medium').count()).toBe(0)
    expect(await findViolations(page)).toEqual([])
    await page.getByRole('button', { name: 'Show them' }).click()
    await page.getByRole('button', { name: 'Only critical and high' }).click()
    await page
      .locator('.matrix')
      .getByRole('button', { name: /30 unacknowledged of 30/ })
      .last()
      .click()
    await page.locator('.rows .row.medium').first().waitFor()
    await page.locator('.flood-summary').getByRole('link', { name: 'Review' }).click()
    await page.getByRole('heading', { name: /Review of the flood/ }).waitFor()
    await page.locator('.incidents li', { hasText: 'Fed by LC-1' }).first().waitFor()
    await page.getByRole('heading', { name: 'Worst actors' }).waitFor()
    const sheet = (await page.pdf({ preferCSSPageSize: true })).toString('latin1')
    expect(sheet.match(/\/Type *\/Page[^s]/g)).toHaveLength(1)
    expect(await findViolations(page)).toEqual([])
    await page.goto(`${city.app.url}/alarm-system?range=30d`)
    await page.locator('table').first().waitFor()
    expect(await findViolations(page)).toEqual([])
  })

  test('the alarm system is held against its targets, and leads to the rules behind its worst sources', async () => {
    const page = await city.openLive('/')
    await page.getByRole('link', { name: /^Alarm system/ }).click()
    await page.locator('.measure', { hasText: 'Alarms per 10 min' }).getByText('target: at most 1').waitFor()
    await page.locator('.measure.missed', { hasText: 'Most in 10 min' }).getByText('TOO HIGH').waitFor()
    await page.getByRole('button', { name: 'Last 7 days' }).click()
    await page.waitForURL(/range=7d/)
    await page
      .getByRole('row', { name: /SL-\d+ Leakage/ })
      .first()
      .getByRole('link')
      .click()
    await page.waitForURL(/\/facilities\/SL-\d+\/rules/)
  })

  test('an alarm shows its samples with gaps, its delay, what was expected, and the record of its steps', async () => {
    // Late enough for its samples to be due soon.
    const raised = Date.now() - minutes(16)
    for (let second = -600; second <= 240; second += 10) {
      if (second > -300 && second < -200) continue
      const pressure = second < 0 ? 0.5 : 0.3
      await city.publish(
        'pump-station',
        'PS-1',
        { 'outlet-pressure': pressure, 'pressure-setpoint': 0.5, running: true },
        raised + seconds(second),
      )
    }
    const id = await alarmOf('pressure-off-setpoint')
    // The last of its samples may be on their way for half a minute; most of it has passed when the page asks first.
    city.ahead = seconds(25)
    const page = await city.openLive(`/alarms/${id}`)
    await page.locator('.samples .plot canvas').first().waitFor({ timeout: 60_000 })
    const facts = page.locator('#detail details', { hasText: 'Evidence' })
    expect(
      await facts
        .locator('dt', { hasText: /^expected$/ })
        .locator('+ dd')
        .textContent(),
    ).toBe('0.500 MPa')
    expect(await facts.locator('dt', { hasText: 'Rule version' }).locator('+ dd').textContent()).toMatch(/^\d/)
    await page.getByText('Record of all steps').click()
    await page.locator('.log li', { hasText: 'raised' }).first().waitFor()
    expect(await findViolations(page)).toEqual([])
  })

  test('the shelf takes an alarm for no longer than the policy gives its priority', async () => {
    await city.publish('pump-station', 'PS-1', { 'inlet-pressure': 0.01, running: true })
    await city.publish('pump-station', 'PS-1', { 'inlet-pressure': 0.01, running: true }, Date.now() + seconds(12))
    city.ahead = seconds(40)
    const id = await alarmOf('suction-low')
    const page = await city.openLive(`/alarms/${id}`)
    await page.getByRole('button', { name: /^Shelve…/ }).click()
    await page.getByText('High: at most 4 hrs. For longer, take the facility out of service.').waitFor()
    expect(await page.locator('select[name=minutes] option').allTextContents()).toEqual(['15 mins', '30 mins', '60 mins', '2 hrs', '4 hrs'])
    expect(await findViolations(page)).toEqual([])
    await page.getByLabel('Reason').fill('Valve exchanged')
    await page.locator('dialog button[type=submit]').click()
    await page.locator('#detail .tag.shelved').waitFor()
  })

  test('a change of a rule is tried out on the past before it is saved', async () => {
    city.app.services.putFacilities([{ id: 'PS-2', kind: 'pump-station' }], 'test')
    const begin = Date.now() - minutes(10)
    for (let second = 0; second <= 300; second += 10) {
      await city.publish('pump-station', 'PS-2', { 'inlet-pressure': second > 100 && second < 200 ? 0.01 : 0.2 }, begin + seconds(second))
    }
    await expect
      .poll(
        async () => {
          const query = { facilities: ['PS-2'], kind: 'pump-station', points: ['inlet-pressure'], from: begin, to: Date.now() }
          return (await city.app.services.telemetry.range(query, 100))[0]?.at.length
        },
        { timeout: 15_000 },
      )
      .toBe(31)
    const page = await city.openLive('/facilities/PS-2/rules')
    await page
      .getByRole('row', { name: /^Inlet pressure low/ })
      .first()
      .getByRole('button', { name: /Change/ })
      .click()
    const dialog = page.locator('dialog[open]')
    await dialog.getByRole('button', { name: 'Back-test' }).click()
    await dialog.locator('.back-test .problem').waitFor()
    await dialog.locator('input[name=onDelay]').fill('3000')
    await dialog.getByRole('button', { name: 'Back-test' }).click()
    await dialog.getByText(/Alarms of this rule: now 1 → with the change 0/).waitFor({ timeout: 60_000 })
    expect(await dialog.locator('.back-test dt', { hasText: 'lost' }).locator('+ dd').textContent()).toBe('1')
    expect(await findViolations(page)).toEqual([])
  })

  test('a facility that learns what is usual says how far it is', async () => {
    const page = await city.openLive('/facilities/PS-1', { language: 'zh', theme: 'light' })
    await page.getByRole('heading', { name: '自学习常态', exact: true }).waitFor()
    await page.getByText(/学习中 \d+ %/).waitFor()
  })

  test('after a flood its review proposes longer delays, tried out, and applying one opens the ordinary dialog', async () => {
    const flood = city.app.services.alarmSystem.floodNow()
    // Faults that were over within two minutes; then ten minutes without a new alarm.
    const over = (flood?.started ?? 0) + seconds(60)
    for (let i = 1; i <= 30; i++) await city.publish('street-light', `SL-${i}`, { 'driver-temperature': 50, 'leakage-current': 2 }, over)
    await expect.poll(() => [...city.app.services.liveAlarms()].some((one) => one.rule === 'driver-overheated' && one.active)).toBe(false)
    city.ahead = minutes(15)
    await expect.poll(() => city.app.services.alarmSystem.floodNow(), { timeout: 20_000 }).toBeNull()
    const page = await city.openLive(`/floods/${flood?.id}`)
    const proposal = page.locator('.proposals li', { hasText: 'Street light · Driver overheated' })
    await proposal.getByText(/(\d+) of \1 alarms were over within two minutes/).waitFor({ timeout: 45_000 })
    await proposal.getByText(/Back-test over .*: \d+ → \d+ alarms/).waitFor()
    expect(await findViolations(page)).toEqual([])
    expect((await page.pdf({ preferCSSPageSize: true })).toString('latin1').match(/\/Type *\/Page[^s]/g)).toHaveLength(1)
    await proposal.getByRole('button', { name: 'Apply…' }).click()
    const dialog = page.locator('dialog[open]')
    expect(Number(await dialog.locator('input[name=onDelay]').inputValue())).toBeGreaterThan(0)
    await dialog.getByLabel('Reason').fill('Passing warmth')
    await dialog.locator('button[type=submit]').click()
    await expect.poll(() => city.app.services.state.rules.overrides()).toMatchObject([{ kind: 'street-light', rule: 'driver-overheated' }])
  })
})
