import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { WHOLE_CITY } from '../../src/access/scope.ts'
import { findViolations } from './chromium.ts'
import { chromium, useRealConsole } from './real-console.ts'

const header = 'id,kind,name,lon,lat,fedBy,circuit,roadClass\n'

/** The pages about the plant on the real server: what is entered there is what the server knows. */
describe.skipIf(!chromium)('pages about the plant', () => {
  const lamps = Array.from({ length: 60 }, (_, i) => ({
    id: `SL-${String(i + 1).padStart(3, '0')}`,
    kind: 'street-light',
    name: `Quay ${i + 1}`,
    district: 'Harbour',
    road: 'Quay road',
    roadClass: 'main' as const,
    position: [114.62 + i / 10_000, 37.901] as [number, number],
    fedBy: 'LC-1',
    circuit: (i % 2) + 1,
  }))
  const city = useRealConsole({
    facilities: [
      { id: 'LC-1', kind: 'light-cabinet', name: 'Quay cabinet', district: 'Harbour', position: [114.62, 37.9], keyArea: true },
      { id: 'PS-1', kind: 'pump-station', name: 'River pumps', district: 'Harbour', position: [114.61, 37.91] },
      ...lamps,
    ],
  })

  const open = (path: string): Promise<Page> => city.openLive(path)
  const confirm = (page: Page) => page.locator('dialog[open] button[type=submit]').click()
  const upload = (page: Page, name: string, text: string) =>
    page.getByLabel('File', { exact: true }).setInputFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(text) })

  test('a query finds facilities, says what is wrong with it, and decides what is exported', async () => {
    const page = await open('/facilities')
    await page.locator('#query').fill('fedBy=LC-1 circuit=2')
    await page.getByText('30 found').waitFor()
    const link = await page.getByRole('link', { name: 'CSV' }).getAttribute('href')
    const file = await (await page.request.get(city.app.url + link)).text()
    expect(file.trim().split('\n').length).toBe(31)
    await page.locator('#query').fill('colour=red')
    await page.getByRole('alert').getByText('there is no field "colour"').waitFor()
    await page.locator('#query').fill('')
    await page.getByText('62 found').waitFor()
  })

  test('a facility is registered, changed with a reason, refused where it is wrong, and removed', async () => {
    const page = await open('/new-facility')
    await page.getByLabel('Id', { exact: false }).first().fill('PS-2')
    await page.getByLabel('Kind').selectOption('pump-station')
    await page.getByLabel('Name', { exact: true }).fill('Lower pumps')
    await page.getByLabel('Variant').selectOption({ label: 'Drainage' })
    await page.getByLabel('Fed by').fill('NOWHERE')
    await page.getByRole('button', { name: 'Register' }).click()
    await page.getByRole('alert').getByText('NOWHERE').waitFor()
    await page.getByLabel('Fed by').fill('')
    await page.getByRole('button', { name: 'Register' }).click()
    await page.getByRole('heading', { name: /PS-2/ }).waitFor()
    expect(city.app.services.plant.get('PS-2')?.rated.drainage).toBe(1)
    await page.getByRole('link', { name: 'Edit', exact: true }).click()
    await page.getByLabel('Road', { exact: true }).fill('River road')
    await page.getByLabel(/^Rated flow/).fill('350')
    await page.getByLabel(/^Reason/).fill('measured again')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.waitForURL(/\/facilities\/PS-2$/)
    await page.getByRole('link', { name: 'History' }).click()
    const row = page.locator('tr', { hasText: 'measured again' })
    await row.getByText('River road').waitFor()
    expect(await row.textContent()).toContain('350 m³/h')
    await page.getByRole('link', { name: 'Edit', exact: true }).click()
    await page.getByRole('button', { name: /^Remove/ }).click()
    await page.locator('dialog[open] textarea').fill('closed down')
    await confirm(page)
    await page.getByRole('heading', { name: 'Facilities' }).waitFor()
    expect(city.app.services.plant.get('PS-2')).toBeUndefined()
  })

  test('the supply page shows what feeds a lamp and pages through what a cabinet feeds', async () => {
    const page = await open('/facilities/SL-001/supply')
    await page.locator('.chain a', { hasText: 'LC-1' }).click()
    await page.getByRole('link', { name: 'Supply' }).click()
    await page.getByText('1 to 50 of 60').waitFor()
    await page.getByRole('button', { name: /Next/ }).click()
    await page.getByText('51 to 60 of 60').waitFor()
    await page.getByLabel('Circuit').selectOption('1')
    await page.getByText('30 found').waitFor()
  })

  test('a rule is changed for a facility, shows where it comes from, and is taken back', async () => {
    const page = await open('/facilities/SL-002/rules')
    const row = page
      .locator('tr')
      .filter({ has: page.locator('th', { hasText: /^Mains voltage high$|^Voltage high/ }) })
      .first()
    const limit = city.app.services.plant.get('SL-002')?.kind.rules.find(({ key }) => key === 'voltage-high')?.parameters.high
    await row.getByRole('button', { name: /^Change/ }).click()
    await page.locator('dialog[open] [name="parameter.high"]').fill(String(Number(limit) + 3))
    await page.locator('dialog[open] [name=onDelay]').fill('90')
    await page.locator('dialog[open] [name=reason]').fill('long street')
    await confirm(page)
    await row.getByText('changed for this facility').first().waitFor()
    expect(await row.textContent()).toContain('1m 30s')
    const effective = () =>
      city.app.services.rulesOf(city.app.services.plant.get('SL-002')!).rules.find(({ rule }) => rule.key === 'voltage-high')
    expect(effective()?.parameters.high?.value).toBe(Number(limit) + 3)
    await page.goto(`${city.app.url}/groups`)
    await page.locator('td', { hasText: 'only SL-002' }).waitFor()
    await page.getByRole('button', { name: /^Take back/ }).click()
    await page.locator('dialog[open] [name=reason]').fill('not needed')
    await confirm(page)
    await page.getByText('No rule was changed.').waitFor()
    expect(effective()?.parameters.high?.value).toBe(limit)
  })

  test('texts, hours and delays of a rule are changed, listed as versions, and put back', { timeout: 60_000 }, async () => {
    const page = await open('/facilities/SL-003/rules')
    const dialog = page.locator('dialog[open]')
    const rule = () =>
      city.app.services.rulesOf(city.app.services.plant.get('SL-003')!).rules.find(({ rule }) => rule.key === 'voltage-high')
    const row = page
      .locator('tr')
      .filter({ has: page.locator('th', { hasText: /^Voltage high/ }) })
      .first()
    await row.getByRole('button', { name: /^Change/ }).click()
    await dialog.locator('summary', { hasText: 'When it counts' }).click()
    await dialog.locator('[name=hours]').selectOption('only')
    await dialog.locator('[name=from]').fill('22')
    await dialog.locator('[name=until]').fill('25:00')
    await dialog.getByLabel('Sat').uncheck()
    await dialog.getByLabel('Sun').uncheck()
    await dialog.locator('summary', { hasText: 'What operators are told' }).click()
    await dialog.locator('[name="title.zh"]').fill('夜间电压偏高')
    await dialog.locator('[name="title.en"]').fill('Voltage high, at night')
    await dialog.locator('[name=reason]').fill('quiet by day')
    await confirm(page)
    await dialog.getByText('give both times as 22:00').waitFor()
    await dialog.locator('[name=until]').fill('6:00')
    await confirm(page)
    await row.getByText('22:00 to 06:00 next day, Mon to Fri').waitFor()
    expect(rule()?.hours.value).toEqual({ from: 1320, until: 360, weekdays: [1, 2, 3, 4, 5] })
    expect(rule()?.texts.title.value).toEqual({ zh: '夜间电压偏高', en: 'Voltage high, at night' })
    const usual = rule()?.onDelay.value
    await row.getByRole('button', { name: /^Change/ }).click()
    expect(await dialog.locator('[name=from]').inputValue()).toBe('22:00')
    expect(await dialog.getByLabel('Sun').isChecked()).toBe(false)
    await dialog.locator('[name=onDelay]').fill('90')
    await dialog.locator('[name=reason]').fill('still too many')
    await confirm(page)
    await row.getByText('1m 30s').waitFor()
    await row.getByRole('link', { name: /^Versions/ }).click()
    const versions = page.locator('table.versions tbody tr')
    await versions.nth(1).waitFor()
    expect(await versions.count()).toBe(2)
    expect(await versions.nth(0).textContent()).toMatch(/IN FORCE.*Delay on: .*2m 00s.*1m 30s.*still too many/)
    expect(
      await versions
        .nth(0)
        .getByRole('button', { name: /^Put back/ })
        .count(),
    ).toBe(0)
    await versions
      .nth(1)
      .getByRole('button', { name: /^Put back/ })
      .click()
    await dialog.locator('li', { hasText: 'Delay on' }).waitFor()
    expect(await dialog.locator('li').allTextContents()).toEqual([expect.stringMatching(/^Delay on: .*1m 30s → .*2m 00s/)])
    await dialog.locator('[name=reason]').fill('it was not the delay')
    await confirm(page)
    await versions.nth(2).waitFor()
    expect(await versions.nth(0).textContent()).toMatch(/IN FORCE.*Put back to version.*it was not the delay/)
    expect(rule()?.onDelay.value).toBe(usual)
    expect(rule()?.hours.value).toMatchObject({ from: 1320, until: 360 })
    await page.getByRole('link', { name: 'only SL-003' }).first().click()
    await page.getByText('Voltage high, at night').first().waitFor()
  })

  test('a group is made with a live count, its rule is changed, and it cannot be removed while that stands', async () => {
    const page = await open('/groups')
    await page.getByRole('button', { name: /^New group/ }).click()
    await page.getByLabel('Name', { exact: true }).last().fill('Quay lamps')
    await page.locator('dialog[open]').getByLabel('Query').fill('kind=street-light circuit=1')
    await page.getByText('30 facilities match').waitFor()
    await page.locator('dialog[open] [name=reason]').fill('own limits')
    await confirm(page)
    await page.locator('th', { hasText: 'Quay lamps' }).waitFor()
    await page.getByRole('button', { name: /^Change a rule/ }).click()
    await page.locator('dialog[open] select').nth(0).selectOption('street-light')
    await page.locator('dialog[open] [name=group]').selectOption('Quay lamps')
    await page.locator('dialog[open] [name=rule]').selectOption('voltage-high')
    await confirm(page)
    await page.locator('dialog[open] [name=priority]').selectOption('low')
    await page.locator('dialog[open] [name=reason]').fill('long street')
    await confirm(page)
    await page.locator('td', { hasText: 'in group Quay lamps' }).waitFor()
    await page.getByRole('button', { name: /^Remove/ }).click()
    await page.locator('dialog[open] textarea').fill('try')
    await confirm(page)
    await page.locator('dialog[open] .problem', { hasText: '1 override is made for group Quay lamps' }).waitFor()
    const inGroup = city.app.services.rulesOf(city.app.services.plant.get('SL-001')!).rules.find(({ rule }) => rule.key === 'voltage-high')
    expect(inGroup?.priority.value).toBe('low')
  })

  test('a dirty file is reported row by row and blocked; a clean one is taken over as a whole', async () => {
    const page = await open('/import')
    await upload(page, 'dirty.csv', `${header}SL-900,street-light,A,114.6,37.9,LC-9,1,main\nSL-901,rocket,B,,,,,\n`)
    await page.getByRole('button', { name: 'Check the file' }).click()
    await page.getByText(/errors: nothing can be taken over/).waitFor()
    await page.locator('tr', { hasText: 'rocket' }).first().waitFor()
    await page.locator('tr', { hasText: 'LC-9' }).first().waitFor()
    expect(await page.getByRole('button', { name: /^Take over/ }).count()).toBe(0)
    await page.getByRole('button', { name: 'Another file' }).click()
    await upload(
      page,
      'clean.csv',
      `${header}SL-900,street-light,A,114.625,37.901,LC-1,1,main\nSL-001,street-light,Quay one,114.62,37.901,LC-1,1,main\n`,
    )
    await page.getByRole('button', { name: 'Check the file' }).click()
    await page.getByText('Ready: 1 new and 1 changed').waitFor()
    await page.getByRole('button', { name: /^Take over/ }).click()
    await confirm(page)
    await page.getByText('Taken over: 1 new, 1 changed').waitFor()
    expect(city.app.services.plant.get('SL-900')?.fedBy).toBe('LC-1')
    expect(city.app.services.plant.get('SL-001')?.name).toBe('Quay one')
  })

  test('a dead cabinet is one alarm that lists its lamps; what it explains is on the shelf only', { timeout: 120_000 }, async () => {
    // Switched on, so that its lamps owe their reports by day as by night.
    await city.publish('light-cabinet', 'LC-1', { 'circuit-1-contactor': true, 'circuit-2-contactor': true })
    await city.publish('light-cabinet', 'LC-1', { 'voltage-a': 0, 'voltage-b': 0, 'voltage-c': 0 })
    await expect.poll(() => [...city.app.services.liveAlarms()].map(({ rule }) => rule), { timeout: 40_000 }).toContain('mains-lost')
    const page = await open('/')
    await page.locator('.rows .tag', { hasText: /6\d affected/ }).waitFor()
    await page.locator('.rows .row', { hasText: 'LC-1' }).first().click()
    await page.getByText(/6\d facilities without supply/).click()
    await page.locator('#detail').getByRole('link', { name: 'SL-001', exact: true }).waitFor()
    await city.publish('street-light', 'SL-001', { voltage: 0, power: 0 })
    const lamp = () => [...city.app.services.liveAlarms()].find(({ facility }) => facility === 'SL-001')
    await expect.poll(() => lamp()?.suppressed?.cause, { timeout: 40_000 }).toBe('supply')
    await page.getByText(/^Alarms suppressed under it/).waitFor()
    expect(await page.locator('.rows .row', { hasText: 'SL-001' }).count()).toBe(0)
    await page.getByRole('button', { name: /^Shelf \([1-9]/ }).click()
    await page.locator('dialog[open] li', { hasText: 'SL-001' }).getByText('it lacks supply because of').first().waitFor()
    await page.locator('dialog[open] li', { hasText: 'SL-001' }).getByRole('link').first().click()
    await page.locator('#detail .tag.suppressed-by-design').waitFor()
    await page.locator('#detail p', { hasText: 'it lacks supply' }).getByRole('link', { name: /LC-1/ }).waitFor()
  })

  test('versions come in pages, and are narrowed down to a fault and a place', { timeout: 60_000 }, async () => {
    const change = (facility: string, rule: string, onDelay: number) =>
      city.app.services.putOverride({ scope: { facility }, rule, changes: { onDelay }, reason: 'trial' }, 'test', WHOLE_CITY)
    for (let seconds = 1; seconds <= 27; seconds++) change('SL-010', 'voltage-high', seconds * 1000)
    change('SL-011', 'voltage-low', 5000)
    change('SL-010', 'voltage-low', 7000)
    const page = await open('/facilities/SL-010/rules')
    await page.getByRole('link', { name: 'What was changed, and when' }).click()
    const rows = page.locator('table.versions tbody tr')
    await rows.filter({ hasText: '7s' }).first().waitFor()
    expect(await rows.count()).toBe(25)
    await page.getByRole('button', { name: /Next/ }).click()
    await rows.filter({ hasText: /2m 00s.*→.*1s/ }).waitFor()
    expect(await rows.count()).toBe(3)
    await page.getByLabel('Fault').selectOption('voltage-low')
    await expect.poll(() => rows.count()).toBe(1)
    await page.getByRole('link', { name: 'All changes of this fault' }).click()
    await rows.filter({ hasText: 'only SL-011' }).waitFor()
    await page.getByLabel('Facility id').fill('SL-010')
    await page.getByLabel('Facility id').press('Enter')
    await expect.poll(() => rows.filter({ hasText: 'only SL-011' }).count()).toBe(0)
    await rows.filter({ hasText: 'only SL-010' }).waitFor()
  })

  test('an alarm says what its rule told when it fired, and leads to the version that told so', { timeout: 90_000 }, async () => {
    const title = { zh: '码头漏电', en: 'Leakage at the quay' }
    const change = (timeToAct: number) =>
      city.app.services.putOverride(
        { scope: { facility: 'SL-005' }, rule: 'leakage', changes: { texts: { title, timeToAct } }, reason: 'quay' },
        'test',
        WHOLE_CITY,
      )
    change(7)
    await city.publish('street-light', 'SL-005', { 'leakage-current': 45 })
    const alarm = () => [...city.app.services.liveAlarms()].find(({ facility, rule }) => facility === 'SL-005' && rule === 'leakage')
    await expect.poll(alarm, { timeout: 40_000 }).toBeDefined()
    change(9)
    const page = await open(`/alarms/${alarm()?.id}`)
    await page.locator('#detail h2', { hasText: title.en }).waitFor()
    await page.locator('.rows .row', { hasText: title.en }).waitFor()
    await page.locator('#detail dd', { hasText: '7 mins' }).first().waitFor()
    await page.locator('#detail a', { hasText: /^1\+\d+$/ }).click()
    await page.getByText(/^Beginning at version/).waitFor()
    const sought = page.locator('tr.sought')
    expect(await sought.textContent()).toMatch(/only SL-005.*Leakage at the quay.*7 mins/)
    expect(await page.locator('table.versions tbody tr').count()).toBe(1)
    await page.getByRole('link', { name: 'Begin at the newest' }).click()
    await page.locator('table.versions tbody tr', { hasText: '9 mins' }).waitFor()
  })

  test('axe finds nothing where a query is wrong, and in the dialogs of rules with everything unfolded', async () => {
    for (const onDelay of [1000, 2000]) {
      const scope = { facility: 'SL-020' }
      city.app.services.putOverride({ scope, rule: 'voltage-high', changes: { onDelay }, reason: 'trial' }, 'test', WHOLE_CITY)
    }
    const list = await open('/facilities?query=colour%3Dred')
    await list.locator('.problem').first().waitFor()
    expect(await findViolations(list)).toEqual([])
    const rules = await open('/facilities/LC-1/rules')
    await rules.locator('.rule-told > summary').first().click()
    await rules.locator('td .button').first().click()
    await rules.locator('dialog[open] summary').first().waitFor()
    for (const summary of await rules.locator('dialog[open] summary').all()) await summary.click()
    await rules.locator('dialog[open] [name=modes]').selectOption('only')
    await rules.locator('dialog[open] [name=hours]').selectOption('only')
    expect(await findViolations(rules)).toEqual([])
    const versions = await open('/rule-versions')
    await versions.locator('table.versions td .button').first().click()
    await versions.locator('dialog[open] .changes li').first().waitFor()
    expect(await findViolations(versions)).toEqual([])
  })
})
