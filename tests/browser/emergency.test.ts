import { beforeAll, describe, expect, test } from 'vitest'
import type { EmergencyPlan } from '../../src/operations/emergency-plan.ts'
import { findViolations } from './chromium.ts'
import { chromium, useRealConsole } from './real-console.ts'

const facilities = ['North', 'South'].map((district, i) => ({
  ...{ id: `PS-${i + 1}`, kind: 'pump-station', name: `Pump ${i + 1}`, district, position: [114.5, 38] as [number, number] },
}))
const plan: EmergencyPlan = {
  ...{ id: 'flood', name: '北区防汛', nameEn: 'North flood', kind: 'flood', area: 'district=North', measuresWithin: 60 },
  priorities: [{ domains: 'all', rules: 'all', to: 'critical' }],
  ...{ light: null, rounds: null, duty: [], instructions: 'Stay on the line.' },
  contacts: [{ name: 'Fire brigade', role: 'duty officer', phone: '119', channel: null, account: null }],
  checklist: [
    { key: 'pumps', text: 'Start the standby pumps', owner: 'admin', within: 30 },
    { key: 'report', text: 'Report to the bureau', owner: 'admin', within: null },
  ],
}

describe.skipIf(!chromium)('emergency plans', () => {
  const city = useRealConsole({ facilities })
  const whole = { districts: 'all', domains: 'all' } as const

  beforeAll(() => {
    city.app.services.emergencyPlans.put(plan, 0, 'admin', whole)
  })

  test('a plan is looked at, activated, worked off and ended; every page says that it is active', async () => {
    await city.publish('pump-station', 'PS-1', { 'outlet-pressure': 0.2, h2s: 9 })
    const page = await city.openLive('/emergency-plans')
    await page.getByRole('row', { name: /North flood/ }).waitFor()
    expect(await findViolations(page)).toEqual([])
    await page.getByRole('button', { name: 'Activate… North flood' }).click()
    const dialog = page.getByRole('dialog', { name: 'Activate North flood' })
    await dialog.getByRole('textbox', { name: 'Reason' }).fill('red warning')
    await dialog.getByRole('button', { name: 'Look what it would do' }).click()
    await dialog.getByText('What it will do', { exact: true }).waitFor()
    expect(await dialog.innerText()).toContain('Fire brigade')
    expect(await findViolations(page)).toEqual([])
    expect(city.app.services.emergencyPlans.active(whole)).toEqual([])
    await dialog.getByRole('button', { name: 'Activate now' }).click()
    await page.waitForURL(/\/emergency-plans\/activations\/\d+$/)
    await page.getByRole('heading', { name: 'North flood' }).waitFor()
    expect(await findViolations(page)).toEqual([])
    await page.getByRole('checkbox', { name: 'Start the standby pumps' }).click()
    await page.getByRole('dialog').getByRole('textbox').fill('two run')
    await page.getByRole('dialog').getByRole('button', { name: 'Done' }).click()
    await page.getByText('1 of 2 done', { exact: true }).waitFor()
    await page.getByRole('button', { name: 'Reached… Fire brigade' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Reached' }).click()
    await page
      .getByText(/two run/)
      .first()
      .waitFor()

    const wall = await city.openLive('/')
    const strip = wall.locator('[data-emergency]')
    await strip.waitFor()
    expect(await strip.innerText()).toContain('EMERGENCY PLAN ACTIVE: North flood · 1 of 2 done')
    const facility = await city.openLive('/facilities/PS-1')
    await facility.getByRole('link', { name: 'Emergency plan North flood' }).waitFor()

    await page.getByRole('button', { name: 'End…' }).click()
    await page.getByRole('dialog').getByText('One item of the checklist is not done.').waitFor()
    await page.getByRole('dialog').getByRole('textbox').fill('the rain is over')
    await page.getByRole('dialog').getByRole('button', { name: 'End' }).click()
    await page.getByText(/over since/).waitFor()
    await strip.waitFor({ state: 'detached' })
  })

  test('an alarm says that a plan made it more urgent', async () => {
    const { emergencyPlans } = city.app.services
    const actor = { by: 'admin', session: null, scope: whole }
    const { token } = emergencyPlans.arm('flood', { drill: false, reason: 'again' }, actor)
    const { id } = emergencyPlans.activate(token, actor)
    await city.publish('pump-station', 'PS-1', { 'outlet-pressure': 0.95 })
    const raised = () => [...city.app.services.liveAlarms()].find((alarm) => alarm.evidence.ruleVersion.endsWith(`^${id}`))
    await expect.poll(raised, { timeout: 20_000 }).toBeDefined()
    const page = await city.openLive(`/alarms/${raised()?.id}`)
    await page.getByRole('link', { name: 'Raised by emergency plan North flood' }).waitFor()
    emergencyPlans.end(id, 'over', actor)
  })

  test('a drill is marked as one', async () => {
    const page = await city.openLive('/emergency-plans')
    await page.getByRole('button', { name: 'Drill… North flood' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('textbox', { name: 'Reason' }).fill('yearly drill')
    await dialog.getByRole('button', { name: 'Look what it would do' }).click()
    await dialog.getByRole('button', { name: 'Begin the drill' }).click()
    await page.locator('[data-emergency]', { hasText: 'DRILL of an emergency plan' }).waitFor()
    expect(await findViolations(page)).toEqual([])
    for (const { id } of city.app.services.emergencyPlans.active(whole))
      city.app.services.emergencyPlans.end(id, 'over', { by: 'admin', session: null, scope: whole })
  })

  test('a plan is written on its page, which says what is wrong with it', async () => {
    const page = await city.openLive('/emergency-plans/new')
    await page.getByRole('textbox', { name: /^Key/ }).fill('wind')
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Strong wind')
    await page.getByRole('textbox', { name: /^Area/ }).fill('colour=red')
    await page
      .getByRole('alert')
      .getByText(/there is no field "colour"/)
      .waitFor()
    await page.getByRole('textbox', { name: /^Area/ }).fill('district=South')
    await page.getByText(/there is no field "colour"/).waitFor({ state: 'detached' })
    // What there is, is chosen; nobody types its key.
    const rules = page.getByRole('combobox', { name: 'Rules' })
    await rules.selectOption('pump-station/outlet-pressure-high')
    await rules.selectOption('pump-station/h2s-high')
    await page
      .getByRole('button', { name: /^Take out / })
      .last()
      .click()
    const contacts = page.locator('section', { has: page.getByRole('heading', { name: 'Communication list' }) })
    await contacts.getByRole('button', { name: 'Add' }).click()
    await contacts.getByLabel('Who', { exact: true }).fill('The desk')
    await contacts.getByLabel('Account').selectOption('admin')
    expect(await findViolations(page)).toEqual([])
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('row', { name: /Strong wind/ }).waitFor()
    const kept = city.app.services.emergencyPlans.plan('wind', whole)
    expect(kept).toMatchObject({
      ...{ area: 'district=South', version: 1, contacts: [{ name: 'The desk', account: 'admin', channel: null }] },
      priorities: [{ rules: ['pump-station/outlet-pressure-high'] }],
    })
    // What was taken away since is said to be gone, where it stands and in words.
    city.app.services.state.emergencies.putPlan({ ...kept, contacts: kept.contacts.map((one) => ({ ...one, channel: 'pager' })) })
    await page
      .getByRole('row', { name: /Strong wind/ })
      .getByRole('link', { name: 'Change' })
      .click()
    await page.getByRole('alert').getByText('There is no channel "pager".').waitFor()
    expect(await contacts.getByLabel('Channel').locator('option:checked').innerText()).toBe('pager – there is none any more')
  })
})
