import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import type { Scope } from '../../src/access/scope.ts'
import { findViolations } from './chromium.ts'
import { chromium, login, useRealConsole } from './real-console.ts'

const inNorth: Scope = { districts: ['North'], domains: 'all' }

/** What those see who may not do everything, on the real server. */
describe.skipIf(!chromium)('roles', () => {
  const city = useRealConsole({
    facilities: ['North', 'South'].map((district) => ({
      ...{ id: `GS-${district}`, kind: 'gas-station', name: `${district} station`, district },
    })),
  })

  beforeAll(async () => {
    await city.addPerson('Vera', 'viewer')
    await city.addPerson('Otto', 'operator', inNorth)
    await city.addPerson('Erna', 'engineer', inNorth)
    await city.addPerson('Wall', 'wall')
    for (const district of ['North', 'South']) await city.publish('gas-station', `GS-${district}`, { 'ch4-1': 25 })
    await vi.waitUntil(() => new Set([...city.app.services.liveAlarms()].map(({ facility }) => facility)).size >= 2, { timeout: 20_000 })
  })

  const open = (name: string, path: string): Promise<Page> => city.open(path, { login: { name, password: login.password } })
  const live = (page: Page) => page.locator('.console[data-link=live]').waitFor()
  const alarmOf = (facility: string) => [...city.app.services.liveAlarms()].find((alarm) => alarm.facility === facility)?.id
  const buttons = async (page: Page) => (await page.locator('main button, main a.button').allTextContents()).join('|')

  test('a viewer reads everything and is offered nothing to do', async () => {
    const page = await open('Vera', `/alarms/${alarmOf('GS-South')}`)
    await live(page)
    await page.getByText('Vera', { exact: true }).waitFor()
    expect(await page.locator('.person .role').textContent()).toBe('Viewer')
    expect(await page.locator('.person .scope').count()).toBe(0)
    await page.locator('.detail h2').waitFor()
    await expect.poll(() => page.locator('.row[aria-rowindex]:not(.head)').count()).toBeGreaterThan(1)
    expect(await buttons(page)).not.toMatch(/Acknowledge|Comment|Shelve|Take out|Reset/)
    await page.keyboard.press('a')
    const pages = (await page.locator('nav .links a').allTextContents()).map((text) => text.replace(/ ?\d$/, ''))
    expect(pages).toEqual(expect.arrayContaining(['Fault wall', 'Facilities', 'Rules', 'Alarm system']))
    expect(pages).not.toContain('Admin')
    await page.goto(`${city.app.url}/facilities`)
    await page.getByRole('link', { name: 'GS-North' }).waitFor()
    expect(await buttons(page)).not.toMatch(/New|Import|files/)
    await page.goto(`${city.app.url}/facilities/GS-North`)
    await page.getByRole('heading', { level: 1, name: /GS-North/ }).waitFor()
    expect(await page.locator('.tabs a').allTextContents()).not.toContain('Edit')
    expect(await buttons(page)).not.toMatch(/mode/i)
    await page.goto(`${city.app.url}/facilities/GS-North/rules`)
    await page.getByRole('table').first().waitFor()
    expect(await buttons(page)).not.toMatch(/Change/)
    expect(city.app.services.state.alarm(alarmOf('GS-South') as number)?.acknowledged).toBeNull()
  })

  test('an operator of one district sees and answers its alarms, and no others', async () => {
    const page = await open('Otto', `/alarms/${alarmOf('GS-North')}`)
    await live(page)
    expect(await page.locator('.person .role').textContent()).toBe('Operator')
    expect(await page.locator('.person .scope').textContent()).toBe('North')
    const facilities = () => page.locator('.row[aria-rowindex]:not(.head) > :nth-child(5)').allTextContents()
    await expect.poll(facilities).toContain('GS-North')
    expect(await facilities()).not.toContain('GS-South')
    await page.getByRole('button', { name: /^Acknowledge A$/ }).click()
    await expect.poll(() => city.app.services.state.alarm(alarmOf('GS-North') as number)?.acknowledged?.by).toBe('Otto')
    await page.goto(`${city.app.url}/facilities/GS-South`)
    await page.getByText('There is no facility with this id.').waitFor()
    await page.goto(`${city.app.url}/alarms/${alarmOf('GS-South')}`)
    await page.getByText(/There is no alarm/).waitFor()
    expect(await page.locator('nav a').allTextContents()).not.toContainEqual(expect.stringContaining('Alarm system'))
  })

  test('an engineer of one district edits there, and changes nothing that counts elsewhere too', async () => {
    const page = await open('Erna', '/facilities/GS-North/edit')
    await page.getByRole('button', { name: 'Save' }).waitFor()
    await page.goto(`${city.app.url}/facilities/GS-North/rules`)
    await page
      .locator('table')
      .getByRole('button', { name: /^Change/ })
      .first()
      .click()
    await expect.poll(() => page.locator('dialog select').first().locator('option').count()).toBe(1)
    await page.goto(`${city.app.url}/groups`)
    await page.getByRole('heading').first().waitFor()
    expect(await buttons(page)).not.toMatch(/New/)
  })

  test.each([
    ['Vera', '/storage', /other roles/],
    ['Vera', '/import', /other roles/],
    ['Vera', '/new-facility', /other roles/],
    ['Vera', '/data', /other roles/],
    ['Vera', '/facilities/GS-North/edit', /other roles/],
    ['Vera', '/administration/audit', /other roles/],
    ['Erna', '/import', /limited to a part/],
    ['Erna', '/storage', /limited to a part/],
    ['Otto', '/alarm-system', /limited to a part/],
  ])('%s at %s is told that it is not for them', async (name, path, words) => {
    const page = await open(name, path)
    await page.getByRole('heading', { name: /^Not for your (role|part of the city)$/ }).waitFor()
    expect(await page.locator('main').textContent()).toMatch(words)
    await page.keyboard.press('Escape')
    await page.waitForURL(`${city.app.url}/`)
  })

  test('a wall account shows the wall, and has nothing to press that changes anything', async () => {
    const page = await open('Wall', '/')
    await live(page)
    await page.locator('.console.kiosk').waitFor()
    expect(await page.locator('nav').count()).toBe(0)
    expect(await buttons(page)).not.toMatch(/Acknowledge|Shelve/)
    expect(await page.locator('.person .role').textContent()).toBe('Wall')
  })

  test.each([
    ['Otto', '/'],
    ['Vera', '/storage'],
    ['Wall', '/'],
  ])('axe finds nothing for %s at %s', async (name, path) => {
    const page = await open(name, path)
    await live(page)
    await page.locator('.person > button').waitFor()
    expect(await findViolations(page)).toEqual([])
  })
})
