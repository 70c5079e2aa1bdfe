import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { usualDispatchPolicy } from '../../src/dispatch/dispatch-policy.ts'
import { findViolations } from './chromium.ts'
import { chromium, useRealConsole } from './real-console.ts'

const facilities = [{ id: 'PS-1', kind: 'pump-station', name: '北滘泵站', nameEn: 'North pumps', district: 'North' }]

describe.skipIf(!chromium)('dispatch', () => {
  const city = useRealConsole({ facilities })
  const roster = () => city.app.services.roster

  beforeAll(() => {
    const crew = { districts: 'all' as const, domains: 'all' as const, vehicle: '', members: ['admin'], base: null, disabled: false }
    roster().putCrew({ ...crew, id: 'north', name: '一班' }, 'test')
    roster().putCrew({ ...crew, id: 'idle', name: '二班' }, 'test')
    const team = { key: 'a', name: 'Team A', crew: 'north', people: ['admin'] }
    const shifts = [{ key: 'all', name: 'All day', from: 0, to: 1440 }]
    roster().putRotation({ id: 'r', name: 'Repairs', shifts, teams: [team], start: '2026-01-01', cycle: { a: ['all'] } }, 'test')
  })
  beforeEach(() => {
    roster().setPolicy(usualDispatchPolicy, 'as usual', 'test')
  })

  test('routes are moved by keys and changed; what is wrong is told where it is, and keeps it from being put in force', async () => {
    const page = await city.openLive('/administration/dispatch')
    const routes = page.locator('.routes > li')
    await routes.nth(0).getByText('Facilities with alarms that go this way: 0 · open orders: 0').waitFor()
    await page.getByRole('button', { name: 'Move Gas and leakage down' }).focus()
    await page.keyboard.press('Alt+ArrowDown')
    await routes.nth(1).getByText('It is never reached: Critical before it takes all of it.').waitFor()
    const save = page.getByRole('button', { name: 'Put in force…' })
    expect(await save.getAttribute('aria-disabled')).toBe('true')
    await page.keyboard.press('Alt+ArrowUp')
    await save.waitFor({ state: 'detached' })

    await page.getByRole('button', { name: 'Edit High' }).click()
    const high = routes.nth(2)
    await high.getByLabel('Step 1: Minutes').fill('7')
    await high.getByLabel('Step 1: Whom').selectOption({ label: 'crew 一班' })
    await high.getByText(/Asked are crew 一班 for 7 mins, then the desk/).waitFor()
    const everywhere = high.getByRole('group', { name: 'Districts' }).getByRole('checkbox', { name: 'All' })
    await everywhere.uncheck()
    await high.locator('[data-field="when.districts"]').getByText('It lets nothing through').waitFor()
    await everywhere.check()
    await page.getByText('Not in force yet: 1 change.').waitFor()
    await page.locator('.draft-bar .button.primary:not([aria-disabled=true])').click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('all crews on duty that fit for 10 mins').waitFor()
    expect(await findViolations(page)).toEqual([])
    await dialog.getByLabel('Reason').fill('The north is nearer')
    await dialog.getByRole('button', { name: 'Put in force' }).click()
    await page.getByText('The policy is in force.').first().waitFor()
    const [, , kept] = roster().policy().routes
    expect(kept?.chain[0]).toEqual({ to: { type: 'crew', id: 'north' }, within: 420_000 })
    const [told] = city.app.services.state.auditTrail({ action: 'set-dispatch-policy', limit: 1 }).items
    expect(told).toMatchObject({
      by: 'admin',
      detail: expect.stringMatching(/^routes\.high\.chain: .*"id":"north".* \(The north is nearer\)$/),
    })
  })

  test('a route is dragged to another place', async () => {
    const page = await city.openLive('/administration/dispatch')
    const routes = page.locator('.routes > li')
    await routes.nth(4).locator('.route-place').dragTo(routes.nth(3))
    await page.getByText('Everything else is now route 4.').first().waitFor()
    await routes.nth(4).getByRole('heading', { name: 'Dark lamps' }).waitFor()
  })

  test('dates are pasted, and a change by somebody else is seen before it is undone', async () => {
    const page = await city.openLive('/administration/dispatch?view=calendar&year=2026')
    await page.getByLabel('Paste a list of dates').fill('2026年10月1日 国庆节\n2026-10-02, 2026-02-30')
    await page.getByRole('button', { name: 'Take over' }).click()
    await page.getByText('No dates: 2026-02-30.').waitFor()
    await page.getByRole('button', { name: '2026-10-10, weekend' }).click()
    await page.getByText('Holidays: 2 · worked weekend days: 1').waitFor()
    roster().setPolicy({ ...usualDispatchPolicy, quiet: { from: 0, to: 300 } }, 'quieter', 'olga')
    const save = async () => {
      await page.locator('.draft-bar .button.primary:not([aria-disabled=true])').click()
      await page.getByRole('dialog').getByLabel('Reason').fill('National Day')
      await page.getByRole('dialog').getByRole('button', { name: 'Put in force' }).click()
    }
    await save()
    await page.getByRole('dialog').getByText('The policy was changed meanwhile; look at it again.').waitFor()
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click()
    await page.getByText('Somebody has changed the policy while you were at it.').waitFor()
    expect(await page.getByRole('alert').last().innerText()).toContain('00:00–05:00')
    await page.getByRole('button', { name: 'Discard changes' }).click()
    await page.getByRole('button', { name: '2026-10-10, weekend' }).waitFor()
    expect(roster().policy()).toMatchObject({ quiet: { from: 0, to: 300 }, calendar: { holidays: [] } })
  })

  test('a fault can be imagined, and says who would be asked and who not', async () => {
    const page = await city.openLive('/administration/dispatch?view=try')
    await page.getByRole('combobox', { name: 'Facility' }).fill('PS-1')
    await page.getByRole('option', { name: /PS-1/ }).click()
    await page.getByText('It goes by the route High. An order of class Severe is made.').waitFor()
    const first = page.getByRole('row', { name: /admin/ }).first()
    expect(await first.innerText()).toMatch(/一班 admin/)
    expect(await first.innerText()).toContain('二班: not on duty')
    await page.getByText('The chain is over: the desk is told again and again.').waitFor()
    await page.getByLabel('Priority').selectOption('critical')
    await page.getByText('It goes by the route Critical.').waitFor()
    expect(new URL(page.url()).searchParams.get('facility')).toBe('PS-1')
  })
})
