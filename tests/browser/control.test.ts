import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, test } from 'vitest'
import { findViolations } from './chromium.ts'
import { chromium, login, useRealConsole } from './real-console.ts'

const place = { district: 'Harbour', road: 'Quay road' }
const lamps = [1, 2, 3, 4].map((n) => ({
  ...{ ...place, id: `SL-${n}`, kind: 'street-light', name: `Lamp ${n}` },
  position: [114.6, 37.9] as [number, number],
}))
const station = { ...place, id: 'GS-1', kind: 'gas-station', name: 'Station 1', position: [114.61, 37.9] as [number, number] }

describe.skipIf(!chromium)('commands', () => {
  const city = useRealConsole({ facilities: [...lamps, station] })
  let told: { facility: string; id: string; command: string; value: unknown }[]

  beforeAll(async () => {
    for (const { id } of lamps) await city.publish('street-light', id, { power: 0, 'dim-actual': 0 })
    city.app.services.setMode('SL-4', 'out-of-service', 'waits for a spare part', 'admin')
    await city.addPerson('Ben', 'dispatcher')
    await city.addPerson('Vera', 'viewer')
    told = []
    city.mqtt.on('message', (topic, payload) => told.push({ ...JSON.parse(String(payload)), facility: topic.split('/')[2] }))
    await city.mqtt.subscribeAsync('facilities/+/+/commands', { qos: 1 })
  })

  /** Commands that went out, however often: what is not answered is sent again. */
  const sent = () => new Set(told.map(({ id }) => id)).size
  const toldTo = (facility: string) => told.filter((one) => one.facility === facility).map(({ command, value }) => [command, value])
  const answer = (facility: string, kind = 'street-light') => {
    const { id } = told.findLast((one) => one.facility === facility)!
    return city.mqtt.publishAsync(`facilities/${kind}/${facility}/acknowledgements`, JSON.stringify({ id, done: true }), { qos: 1 })
  }
  const press = (page: Page, name: string) => page.getByRole('dialog').getByRole('button', { name }).click()

  test('a lamp is told something once it was looked at and confirmed; the dialog follows what becomes of it', async () => {
    const page = await city.openLive('/facilities/SL-1')
    await page.getByRole('button', { name: 'Dim…' }).click()
    const dialog = page.getByRole('dialog', { name: 'Dim: SL-1' })
    await dialog.getByRole('spinbutton', { name: /^Level/ }).fill('40')
    await dialog.getByRole('textbox', { name: 'Reason' }).fill('a look at the driver')
    expect(await findViolations(page)).toEqual([])
    await press(page, 'See what it would do')
    await dialog.getByText('Dim 40 %').waitFor()
    await dialog.getByText(/^What you see is good for \d+s\./).waitFor()
    expect(await dialog.getByRole('textbox').count()).toBe(0)
    expect(await findViolations(page)).toEqual([])
    expect(toldTo('SL-1')).toEqual([])
    await press(page, 'Send')
    await dialog.getByText(/^Sent · next step within /).waitFor()
    await expect.poll(() => toldTo('SL-1')).toEqual([['dim', 40]])
    await answer('SL-1')
    await city.publish('street-light', 'SL-1', { 'dim-actual': 41 })
    await dialog.getByText('Effect seen').waitFor()
    expect(await findViolations(page)).toEqual([])

    await dialog.getByRole('link', { name: 'Follow it on its page' }).click()
    await page.waitForURL(/\/commands\/\w+$/)
    await page.getByRole('heading', { name: 'Dim 40 %' }).waitFor()
    expect(await page.getByRole('dialog').count()).toBe(0)
    await page.getByText('a look at the driver').waitFor()
    await page.locator('tr[data-target=SL-1]').getByText('Effect seen').waitFor()
    await page.getByRole('button', { name: 'Call back' }).click()
    await press(page, 'Call back')
    await expect.poll(() => toldTo('SL-1').at(-1)).toEqual(['follow-programme', null])
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await page.keyboard.press('Escape')
    await page.waitForURL(/\/commands$/)
    await page.getByRole('row', { name: /Follow the programme · end of a command SL-1/ }).waitFor()
    await page.getByLabel('State').selectOption('effect-seen')
    await expect.poll(() => page.locator('tr[data-command]').count()).toBe(1)
    expect(new URL(page.url()).search).toBe('?state=effect-seen')
    await page.getByLabel('Facility').fill('SL-2')
    await page.keyboard.press('Enter')
    await page.getByText('No command is in the list.').waitFor()
  })

  test('what is typed into the list of commands stays while it is told of another', async () => {
    const page = await city.openLive('/commands')
    const rows = page.locator('tr[data-command]')
    await rows.first().waitFor()
    const before = await rows.count()
    await page.getByLabel('Facility').fill('SL-2')
    const other = await city.openLive('/facilities/SL-3')
    await other.getByRole('button', { name: 'Switch off…' }).click()
    await press(other, 'See what it would do')
    await press(other, 'Send')
    await expect.poll(() => rows.count()).toBeGreaterThan(before)
    expect(await page.getByLabel('Facility').inputValue()).toBe('SL-2')
  })

  test('a group is told after its number was typed, and whoever is not told is named with the reason', async () => {
    const page = await city.openLive('/map?select=query:kind=street-light&panel=selection')
    await page.getByText('4 selected').waitFor()
    await page.keyboard.press('c')
    const dialog = page.getByRole('dialog', { name: /^Switch o(n|ff): 4 facilities$/ })
    await dialog.getByRole('combobox', { name: /^Command/ }).selectOption('off')
    await press(page, 'See what it would do')
    await dialog.getByText('3 of 4').waitFor()
    await dialog.getByText('It is out of service').waitFor()
    await dialog.getByText('SL-4').waitFor()
    expect(await findViolations(page)).toEqual([])
    const before = sent()
    await press(page, 'Send')
    await dialog.getByText('That is not the number, so nothing was done. Type 3.').waitFor()
    await page.getByRole('textbox', { name: 'Type 3 to do it for all of them' }).fill('4')
    await press(page, 'Send')
    await dialog.getByText('That is not the number, so nothing was done. Type 3.').waitFor()
    expect(await findViolations(page)).toEqual([])
    expect(sent()).toBe(before)
    await page.getByRole('textbox', { name: 'Type 3 to do it for all of them' }).fill('3')
    await press(page, 'Send')
    await dialog.getByText('3 under way · 1 not done').waitFor()
    const off = () => new Set(told.filter(({ command }) => command === 'off').map(({ facility }) => facility))
    await expect.poll(() => [...off()].toSorted()).toEqual(['SL-1', 'SL-2', 'SL-3'])
    await dialog.getByText('SL-4: Refused: It is out of service').waitFor()
    await dialog.getByRole('link', { name: 'Follow it on its page' }).click()
    await page.getByRole('link', { name: 'kind=street-light' }).waitFor()
    await page.getByRole('button', { name: 'Refused 1' }).click()
    await expect.poll(() => page.locator('tr[data-target]').allTextContents()).toHaveLength(1)
    expect(new URL(page.url()).search).toBe('?state=refused')
  })

  test('what is dangerous waits for another person, who is called on every page', async () => {
    const asker = await city.openLive('/facilities/GS-1')
    await asker.getByRole('button', { name: 'Close a valve…' }).click()
    await press(asker, 'See what it would do')
    await asker
      .getByRole('dialog')
      .getByText(/Waits for a second person before anything is sent/)
      .waitFor()
    await press(asker, 'Ask a second person')
    await asker
      .getByRole('dialog')
      .getByText(/^Waits for a second person until \d\d:\d\d$/)
      .waitFor()
    await press(asker, 'Close')
    await asker
      .getByRole('alert')
      .filter({ hasText: 'What you asked for waits for a second person' })
      .getByRole('link', { name: 'Open' })
      .click()
    await asker.getByText('You asked for it; somebody else approves it.').waitFor()
    expect(await asker.getByRole('button', { name: 'Approve…' }).count()).toBe(0)

    const visitor = await city.openLive('/', { login: { ...login, name: 'Vera' } })
    const second = await city.openLive('/', { login: { ...login, name: 'Ben' } })
    const call = second.getByRole('alert').filter({ hasText: 'admin asks: Close a valve Inlet (1 facility)' })
    await call.waitFor()
    expect(await findViolations(second)).toEqual([])
    expect(await visitor.locator('.command-call').count()).toBe(0)
    await call.getByRole('link', { name: 'Look and decide' }).click()
    await second.getByRole('button', { name: 'Approve…' }).click()
    expect(await findViolations(second)).toEqual([])
    expect(toldTo('GS-1')).toEqual([])
    await press(second, 'Approve')
    await expect.poll(() => toldTo('GS-1')).toEqual([['close-valve', 'inlet']])
    await second.getByText(/approved by Ben, \d\d:\d\d:\d\d/).waitFor()
    await asker.getByText(/approved by Ben, \d\d:\d\d:\d\d/).waitFor()
    await call.waitFor({ state: 'detached' })
  })

  test('the second person may decline with a reason, and who asked may take it back while it waits', async () => {
    const asker = await city.openLive('/facilities/GS-1')
    const ask = async () => {
      await asker.getByRole('button', { name: 'Close a valve…' }).click()
      await asker
        .getByRole('dialog')
        .getByRole('combobox', { name: /^Valve/ })
        .selectOption('outlet')
      await press(asker, 'See what it would do')
      await press(asker, 'Ask a second person')
      await asker.getByRole('dialog').getByRole('link', { name: 'Follow it on its page' }).click()
      await asker.getByRole('heading', { name: 'Close a valve Outlet' }).waitFor()
      return new URL(asker.url()).pathname
    }
    const before = sent()
    const second = await city.openLive(await ask(), { login: { ...login, name: 'Ben' } })
    await second.getByRole('button', { name: 'Decline…' }).click()
    await second.getByRole('dialog').getByLabel('Reason').fill('the hospital hangs on it')
    await press(second, 'Decline')
    await asker.getByText(/declined by Ben, \d\d:\d\d:\d\d · the hospital hangs on it/).waitFor()
    await asker.goto(`${city.app.url}/facilities/GS-1`)
    await asker.locator('.console[data-link=live]').waitFor()
    await ask()
    await asker.getByRole('button', { name: 'Stop' }).click()
    await press(asker, 'Stop')
    await asker.locator('tr[data-target=GS-1]').getByText('Cancelled: Somebody cancelled it').waitFor()
    expect(sent()).toBe(before)
  })

  test('the facility of an alarm on the wall is commanded with the key c', async () => {
    await city.publish('street-light', 'SL-3', { 'on-hours': 58_000 })
    const find = () => [...city.app.services.liveAlarms()].find(({ facility }) => facility === 'SL-3')
    await expect.poll(find, { timeout: 15_000 }).toBeDefined()
    const page = await city.openLive(`/alarms/${find()?.id}`)
    await page.locator('.alarm-order p').first().waitFor()
    await page.keyboard.press('c')
    await page.getByRole('dialog', { name: 'Switch on: SL-3' }).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    expect(page.url()).toContain('/alarms/')
  })

  test('whoever may not command finds no way to', async () => {
    const page = await city.openLive('/facilities/SL-1', { login: { ...login, name: 'Vera' } })
    await page.locator('.commands li').first().waitFor()
    expect(await page.getByRole('button', { name: 'Dim…' }).count()).toBe(0)
    await page.keyboard.press('c')
    await page.getByText('Your role does not command facilities.').waitFor()
    expect(await page.getByRole('dialog').count()).toBe(0)
    await page.goto(new URL('/commands', page.url()).href)
    await page.locator('tr[data-command]').first().waitFor()
  })

  test.each(['en', 'zh'] as const)('nobody is kept out of what was commanded, %s', async (language) => {
    const id = city.app.services.commands.list({ limit: 1, shown: 0, state: 'refused' }).items[0]?.command.id
    for (const theme of ['dark', 'light'] as const) {
      const page = await city.openLive('/commands', { language, theme })
      await page.locator('tr[data-command]').first().waitFor()
      expect(await findViolations(page), `${theme} list`).toEqual([])
      await page.goto(`${city.app.url}/commands/${id}`)
      await page.locator('tr[data-target]').first().waitFor()
      expect(await findViolations(page), `${theme} one`).toEqual([])
      await page.context().close()
    }
  })

  test('a console that is not live cannot command, and says why', async () => {
    const page = await city.openLive('/facilities/SL-2')
    await page.getByRole('button', { name: 'Switch off…' }).click()
    await press(page, 'See what it would do')
    await page
      .getByRole('dialog')
      .getByText(/^What you see is good for/)
      .waitFor()
    const before = sent()
    await city.app.stop()
    await page.locator('.console[data-link=disconnected]').waitFor()
    await press(page, 'Send')
    await page
      .getByRole('dialog')
      .getByText(/^Refused: the connection to the server is lost/)
      .waitFor()
    await press(page, 'Cancel')
    await page.keyboard.press('c')
    await page
      .locator('.notice')
      .getByText(/^Refused: the connection to the server is lost/)
      .waitFor()
    expect(await page.getByRole('dialog').count()).toBe(0)
    expect(sent()).toBe(before)
  })
})
