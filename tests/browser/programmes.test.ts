import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { WHOLE_CITY } from '../../src/access/scope.ts'
import { days, hours } from '../../src/telemetry/duration.ts'
import { findViolations } from './chromium.ts'
import { chromium, login, useRealConsole } from './real-console.ts'

const lamps = [1, 2, 3].map((n) => ({
  ...{ id: `SL-${n}`, kind: 'street-light', name: `Lamp ${n}`, district: 'Harbour', road: n === 3 ? 'Hill road' : 'Quay road' },
  position: [114.6, 37.9] as [number, number],
}))

describe.skipIf(!chromium)('lighting programmes', () => {
  const cabinet = { id: 'LC-1', kind: 'light-cabinet', name: 'Cabinet 1', district: 'Harbour', road: 'Pier road', rated: { circuits: 2 } }
  const city = useRealConsole({ facilities: lamps })
  const programmes = () => city.app.services.programmes
  const dialog = (page: Page) => page.getByRole('dialog')
  /** Types whose light it is, and says yes. */
  const confirm = async (page: Page, count: number) => {
    const asked = page.getByRole('dialog', { name: 'Change of light' })
    await asked.getByRole('textbox').fill(String(count))
    await asked.getByRole('button', { name: 'Put it in force' }).click()
    await asked.waitFor({ state: 'detached' })
  }

  test('a control programme, a calendar and an assignment make the light of a night', async () => {
    const page = await city.openLive('/programmes')
    await page
      .getByRole('region', { name: /^3 lamps/ })
      .getByText('full light from dusk to dawn')
      .first()
      .waitFor()
    await page.getByRole('link', { name: 'Control programmes' }).click()
    await page.getByText('None yet: full light from dusk to dawn everywhere.').waitFor()
    await page.getByRole('button', { name: 'New control programme…' }).click()
    await page.getByLabel('Name', { exact: true }).fill('Late')
    await page.getByLabel(/^Key/).fill('late')
    await page.getByLabel('Step 1: minutes after it, negative before').fill('-15')
    await page.getByLabel('Step 2: time').fill('22:30')
    await page.getByLabel('Step 2: Light').fill('40')
    await page.getByRole('img', { name: /^Late: Dusk \d\d:\d\d, Dawn \d\d:\d\d; .*22:30 40 %, 05:00 100 %, / }).waitFor()
    expect(await findViolations(page)).toEqual([])
    await page.getByRole('button', { name: 'Save' }).click()
    await page.locator('tr[data-programme=late]').getByText('Dusk − 15 min → 100 % · 22:30 → 40 % · 05:00 → 100 % · Dawn → 0 %').waitFor()
    expect(programmes().current().programmes).toMatchObject([
      { id: 'late', name: 'Late', steps: [{ minutes: -15 }, { minutes: 1350, level: 40 }, {}, {}] },
    ])

    await page.getByRole('link', { name: 'Calendars' }).click()
    await page.getByRole('button', { name: 'New calendar…' }).click()
    await page.getByLabel('Name', { exact: true }).fill('City')
    await page.getByLabel(/^Key/).fill('city')
    await page.getByRole('button', { name: 'Add a line' }).click()
    await page.getByLabel('Line 1: nights').selectOption('weekdays')
    await page.getByRole('checkbox', { name: 'Fri' }).check()
    expect(await findViolations(page)).toEqual([])
    await page.getByRole('button', { name: 'Save' }).click()
    await page.locator('[data-calendar=city]').getByText('Fri – Sun').waitFor()

    await page.getByRole('link', { name: 'Who has what' }).click()
    await page.getByRole('row', { name: /All others full light from dusk to dawn 3 0/ }).waitFor()
    await page.getByRole('button', { name: 'New assignment…' }).click()
    await dialog(page).getByLabel('Name', { exact: true }).fill('Quay')
    await dialog(page).getByLabel(/^Key/).fill('quay')
    await dialog(page).getByLabel('Whose (query)').fill('road="Quay road"')
    await dialog(page).getByText('It finds 2 facilities now.').waitFor()
    expect(await findViolations(page)).toEqual([])
    await dialog(page).getByRole('button', { name: 'Save' }).click()
    await confirm(page, 2)
    await page.getByRole('row', { name: /1 Quay quay road="Quay road" City 2 0/ }).waitFor()
    await page.getByRole('row', { name: /All others full light from dusk to dawn 1 0/ }).waitFor()
    await page.getByRole('link', { name: 'road="Quay road"' }).click()
    // The present night may be half over, or have begun before all that was configured.
    await page.getByRole('button', { name: 'The night after' }).click()
    const group = page.getByRole('region', { name: /^2 lamps/ })
    await group.locator('header').getByText('Quay: Late', { exact: true }).waitFor()
    await group.getByText('40 %', { exact: true }).first().waitFor()
  })

  test('another light has an end and a reason, counts at once, and is ended before its time', async () => {
    const page = await city.openLive('/programmes/overrides')
    await page.getByText('None.').first().waitFor()
    await page.getByRole('button', { name: 'Another light for a time…' }).click()
    await dialog(page)
      .getByLabel(/^Light \(/)
      .fill('80')
    await dialog(page).getByLabel('Reason').fill('Fog')
    expect(await findViolations(page)).toEqual([])
    await dialog(page).getByRole('button', { name: 'See what it would do' }).click()
    const asked = page.getByRole('dialog', { name: 'Change of light' })
    await asked
      .getByText(/^3 lamps: /)
      .first()
      .waitFor()
    expect(await findViolations(page)).toEqual([])
    await asked.getByRole('textbox').fill('4')
    await asked.getByRole('button', { name: 'Put it in force' }).click()
    await asked.getByText('That is not the number, so nothing was done. Type 3.').waitFor()
    expect(programmes().overrides()).toEqual([])
    await confirm(page, 3)
    await page.getByRole('row', { name: /in force 80 % .* kind=street-light 3 Fog admin/ }).waitFor()
    expect(programmes().step(city.app.services.plant.get('SL-1')!, Date.now() + 1000)?.level).toBe(0.8)
    await page.getByRole('link', { name: 'Tonight' }).click()
    const line = page.getByRole('region', { name: 'Overrides in force' })
    await line.getByText('Fog').first().waitFor()
    await page.getByText('now 80 %').first().waitFor()
    await line.getByRole('button', { name: /^End now/ }).click()
    await dialog(page).getByLabel('Reason').fill('it has lifted')
    await dialog(page).getByRole('button', { name: 'See what it would do' }).click()
    await confirm(page, 3)
    await line.waitFor({ state: 'detached' })
    expect(programmes().overrides()[0]).toMatchObject({ endedBy: 'admin' })
  })

  test('what others change is there without asking, and who may only look finds nothing to press', async () => {
    await city.addPerson('Vera', 'viewer')
    const page = await city.openLive('/programmes/overrides', { login: { ...login, name: 'Vera' } })
    await page.getByText('None.').first().waitFor()
    const now = Date.now()
    const storm = { query: 'road="Hill road"', level: 100, programme: null, from: now, until: now + hours(1), reason: 'Storm' }
    programmes().addOverride(storm, 'Ben', WHOLE_CITY)
    await page.getByRole('row', { name: /in force 100 % .* 1 Storm Ben/ }).waitFor()
    expect(await page.getByRole('button', { name: /Another light|End now|New light/ }).count()).toBe(0)
    await page.goto(new URL('/programmes/nights?edit=late', page.url()).href)
    await page.locator('tr[data-programme=late]').waitFor()
    expect(await page.getByRole('button', { name: /Change|New/ }).count()).toBe(0)
  })

  test('who answers for a part of the city sees and overrides that part alone', async () => {
    city.app.services.putFacilities([{ ...lamps[0]!, id: 'SL-9', district: 'Old town' }], 'test')
    await city.addPerson('Olga', 'operator', { districts: ['Old town'], domains: 'all' })
    const page = await city.openLive('/programmes', { login: { ...login, name: 'Olga' } })
    await page.getByRole('region', { name: /^1 lamp SL-9/ }).waitFor()
    expect(await page.getByRole('region', { name: /^\d+ lamps/ }).count()).toBe(0)
    expect(await page.getByRole('link', { name: 'Who has what' }).count()).toBe(0)
    await page.goto(`${city.app.url}/programmes/assignments`)
    await page.getByRole('heading', { name: 'Not for your part of the city' }).waitFor()
    await page.goto(`${city.app.url}/programmes/overrides?new=1`)
    await dialog(page).getByLabel('Reason').fill('Event')
    await dialog(page).getByRole('button', { name: 'See what it would do' }).click()
    await dialog(page).getByRole('alert').waitFor()
    expect(
      programmes()
        .overrides()
        .some(({ by }) => by === 'Olga'),
    ).toBe(false)
    await dialog(page).getByLabel('Whose (query)').fill('district="Old town"')
    await dialog(page).getByText('It finds 1 facility now.').waitFor()
    await dialog(page).getByRole('button', { name: 'See what it would do' }).click()
    await page.getByRole('dialog', { name: 'Change of light' }).getByRole('button', { name: 'Put it in force' }).click()
    await page.getByRole('row', { name: /in force 100 % .* 1 Event Olga/ }).waitFor()
  })

  test('light that goes from a whole cabinet waits for another person, who is called on every page', async () => {
    city.app.services.putFacilities([{ ...cabinet, id: 'LC-7', position: lamps[0]!.position }], 'test')
    await city.addPerson('Ben', 'operator')
    const page = await city.openLive(`/programmes/overrides?new=1&query=${encodeURIComponent('id=LC-7')}`)
    await dialog(page)
      .getByLabel(/^Light \(/)
      .fill('0')
    await dialog(page).getByLabel('Reason').fill('Works')
    // Whatever the hour, there is a night in between.
    await dialog(page)
      .getByLabel('Until (city time): Date')
      .fill(new Date(Date.now() + days(2)).toISOString().slice(0, 10))
    await dialog(page).getByRole('button', { name: 'See what it would do' }).click()
    const asked = page.getByRole('dialog', { name: 'Change of light' })
    await asked.getByText('All circuits of a cabinet').waitFor()
    await asked.getByRole('button', { name: 'Ask a second person' }).click()
    await page
      .getByRole('alert')
      .filter({ hasText: 'What you asked for waits for a second person' })
      .getByRole('link', { name: 'Open' })
      .click()
    await page.getByText('You asked for it; somebody else approves it.').waitFor()
    const second = await city.openLive('/', { login: { ...login, name: 'Ben' } })
    const call = second.getByRole('alert').filter({ hasText: 'admin asks: Other light: 0 % (1 cabinet).' })
    await call.getByRole('link', { name: 'Look and decide' }).click()
    await second.getByRole('button', { name: 'Approve…' }).click()
    expect(await findViolations(second)).toEqual([])
    await dialog(second).getByRole('button', { name: 'Approve' }).click()
    await second.getByText(/approved by Ben/).waitFor()
    await page.locator('[data-light-change][data-state=in-force]').waitFor()
    expect(programmes().overrides().at(0)).toMatchObject({ query: 'id=LC-7', level: 0, by: 'admin' })
    programmes().endOverride(programmes().overrides()[0]?.id as number, 'over', 'test', WHOLE_CITY)
    city.app.services.removeFacility('LC-7', 'test', WHOLE_CITY, 'over')
  })

  test('what a device runs and what it should run stand beside each other, and its table is sent again on request', async () => {
    const tables: number[] = []
    city.mqtt.on('message', (topic, payload) => topic.endsWith('LC-1/programme') && tables.push(JSON.parse(String(payload)).table))
    await city.mqtt.subscribeAsync('facilities/light-cabinet/LC-1/programme', { qos: 1 })
    city.app.services.putFacilities([{ ...cabinet, position: [114.6, 37.9] as [number, number] }], 'test')
    const items = [{ id: 'pier', name: 'Pier', nameEn: '', query: 'road="Pier road"', calendar: 'city' }]
    programmes().setAssignments([...programmes().current().assignments, ...items], 'admin')
    await expect.poll(() => tables.length, { timeout: 15_000 }).toBeGreaterThan(0)
    const page = await city.openLive('/facilities/LC-1')
    await page.getByRole('link', { name: 'Programme', exact: true }).click()
    await page.getByRole('region', { name: /^1 cabinet/ }).waitFor()
    await page.getByRole('link', { name: 'What devices run' }).click()
    const row = page.locator('tr[data-device=LC-1]')
    await row.getByText('never said').waitFor()
    await row.getByText('Sent', { exact: true }).waitFor()
    expect(await findViolations(page)).toEqual([])
    const [wanted] = tables as [number]
    await row.getByRole('button', { name: /^Send again/ }).click()
    await page.getByText('One device gets its table again.').waitFor()
    await expect.poll(() => tables.filter((table) => table === wanted).length, { timeout: 10_000 }).toBeGreaterThan(1)
    await city.publish('light-cabinet', 'LC-1', { 'programme-table': wanted })
    await row.getByText('As it should be').waitFor()
    expect(await row.getByText(`#${wanted.toString(16).toUpperCase()}`).count()).toBe(2)
    expect(await row.getByRole('button').count()).toBe(0)
    await page.getByRole('button', { name: 'As it should be 1' }).click()
    await page.waitForURL(/state=same/)
    await row.waitFor()
    await page.getByRole('button', { name: /^Differs 0/ }).click()
    await page.getByText('None.').waitFor()
  })

  test.each(['en', 'zh'] as const)('nobody is kept out, %s', async (language) => {
    for (const theme of ['dark', 'light'] as const) {
      const page = await city.openLive('/programmes', { language, theme })
      for (const path of ['', '/nights', '/calendars', '/assignments', '/overrides', '/devices']) {
        await page.goto(`${city.app.url}/programmes${path}`)
        await page.locator('.console[data-link=live] h1').waitFor()
        await page.locator('main .grid-table, main .day-curve, main .calendar, main .list-bar ~ .muted').first().waitFor()
        expect(await findViolations(page), `${theme} ${path}`).toEqual([])
      }
      await page.context().close()
    }
  })
})
