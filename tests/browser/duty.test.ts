import { beforeAll, describe, expect, test } from 'vitest'
import { chromium, login, useRealConsole } from './real-console.ts'

const facilities = [{ id: 'PS-1', kind: 'pump-station', name: '北滘泵站', nameEn: 'North pumps', district: 'North' }]

describe.skipIf(!chromium)('duty', () => {
  const city = useRealConsole({ facilities })

  beforeAll(async () => {
    const people = { anna: 'crew', bert: 'crew', olga: 'operator', dora: 'dispatcher' } as const
    for (const [name, role] of Object.entries(people)) await city.addPerson(name, role)
    const { roster } = city.app.services
    const crew = { id: 'north', name: '一班', districts: ['North'], domains: 'all' as const, vehicle: '冀A12345', members: ['anna'] }
    roster.putCrew({ ...crew, base: null, disabled: false }, 'test')
    const team = { key: 'a', name: 'Team A', crew: 'north', people: ['anna'] }
    const shifts = [{ key: 'all', name: 'All day', from: 0, to: 1440 }]
    roster.putRotation({ id: 'r', name: 'Repairs', shifts, teams: [team], start: '2026-01-01', cycle: { a: ['all'] } }, 'test')
  })

  test('shows who is on duty; a substitute stands in after three clicks, and goes again', async () => {
    const page = await city.openLive('/orders', { login: { name: 'dora', password: login.password } })
    await page.getByRole('link', { name: 'Duty' }).click()
    const now = page.getByRole('region', { name: 'On duty now' })
    await now.getByText('Repairs · Team A').waitFor()
    expect(await now.innerText()).toContain('anna')
    await now.getByRole('button', { name: 'Substitute for anna, All day' }).click()
    await page.getByRole('combobox', { name: /^Stands in/ }).selectOption('bert')
    await page.getByRole('button', { name: 'Save' }).click()
    await now.getByText('bert').waitFor()
    await page.getByText('↺ bert stands in').waitFor()
    await page.getByRole('button', { name: /^As planned after all/ }).click()
    await page.getByText('Everything goes as planned.').waitFor()
    await now.getByText('anna').waitFor()
  })

  test('crews and what people can do are changed where they are shown', async () => {
    const page = await city.openLive('/duty?view=crews')
    await page.getByRole('button', { name: 'Edit… 一班' }).click()
    await page.getByRole('textbox', { name: 'Vehicle' }).fill('冀B99999')
    await page.getByRole('checkbox', { name: 'bert' }).check()
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('row', { name: /一班 North All 冀B99999 anna, bert/ }).waitFor()
    await page.getByRole('button', { name: 'Edit… anna' }).click()
    await page.getByRole('checkbox', { name: 'High voltage' }).check()
    await page.getByRole('textbox', { name: 'Telephone' }).fill('+86 311 1234')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('row', { name: /anna High voltage \+86 311 1234/ }).waitFor()
  })

  test('somebody of a crew finds who is on duty and their own shifts, at any moment, and changes nothing', async () => {
    const page = await city.openLive('/', { login: { name: 'anna', password: login.password } })
    await page.getByRole('navigation').getByRole('link', { name: /Duty/ }).click()
    const own = page
      .getByRole('region', { name: 'My shifts' })
      .or(page.locator('.panel', { hasText: 'My shifts' }))
      .first()
    await own.getByRole('row', { name: /today/ }).waitFor()
    await page.getByLabel('At (city time)').fill('2025-12-31T12:00')
    await page.getByText('Nobody is on duty.').waitFor()
    expect(await page.getByRole('link', { name: /Edit…|New rotation/ }).count()).toBe(0)
    expect(await page.getByRole('button', { name: /^Substitute/ }).count()).toBe(0)
  })

  test('a shift is handed over by one and taken over by another', async () => {
    const page = await city.openLive('/duty?view=handover')
    await page.getByRole('button', { name: 'Hand over and sign…' }).click()
    await page.getByLabel('In your own words').fill('The key is in the cupboard.')
    await page.getByRole('button', { name: 'Hand over and sign', exact: true }).click()
    await page.getByText('The text is the one that was signed.').waitFor()
    await page.getByText('Whoever takes over signs at their own sign-in.').waitFor()
    expect(await page.getByRole('button', { name: /^Take over/ }).count()).toBe(0)
    const [left] = city.app.services.handovers.list(1e9, 1).items
    city.app.services.handovers.takeOver(left?.id as number, 'seen', 'olga')
    await page.reload()
    await page.getByRole('row', { name: /Repairs · All day Team A .* admin olga/ }).waitFor()
  })

  test('a rotation is changed; what it leaves open, and who cannot be reached, is named before it is kept', async () => {
    const page = await city.openLive('/duty')
    await page.getByRole('link', { name: 'Edit… Repairs' }).click()
    await page.getByText('Somebody is always on duty.').waitFor()
    await page.getByText('bert has no telephone').waitFor({ state: 'detached' })
    await page.getByLabel('Shift 1: from').fill('08:00')
    await page.getByLabel('Shift 1: until').fill('20:00')
    await page.keyboard.press('Tab')
    await page.getByText('Nobody is on duty 29 times:').waitFor()
    await page.getByRole('button', { name: 'Add a shift' }).click()
    await page.getByLabel('Shift 2: until').fill('08:00')
    await page.getByRole('button', { name: 'Add a team' }).click()
    const second = page.getByRole('group', { name: 'Team 2' })
    await second.getByRole('checkbox', { name: 'bert' }).check()
    await page.getByLabel('Team 2, day 1').selectOption({ label: 'Shift 2' })
    await page.getByText('Somebody is always on duty.').waitFor()
    await page.getByText('bert has no telephone and no e-mail').waitFor()
    await page.getByRole('button', { name: 'Keep the rotation' }).click()
    await page.getByText('Saved.').first().waitFor()
    const [kept] = city.app.services.roster.rotations()
    expect(kept).toMatchObject({ teams: [{ key: 'a' }, { name: 'Team 2', people: ['bert'] }], cycle: { a: ['all'], t2: ['s2'] } })
  })
})
