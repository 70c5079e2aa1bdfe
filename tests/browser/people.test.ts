import { Secret, TOTP } from 'otpauth'
import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { days, seconds } from '../../src/telemetry/duration.ts'
import { findViolations, type Visit } from './chromium.ts'
import { chromium, login, useRealConsole } from './real-console.ts'

const CHOSEN = 'seven bridges at dawn'

/** Accounts from the invitation to the key, on the real server. */
describe.skipIf(!chromium)('pages about people', () => {
  const city = useRealConsole({
    facilities: ['North', 'Harbour'].map((district) => ({ id: `PS-${district}`, kind: 'pump-station', district })),
    settings: { SERVER_ID: 'lamplighter' },
  })

  const open = async (path: string, more: Visit = {}): Promise<Page> => city.open(path, more)
  const heading = (page: Page, name: string) => page.getByRole('heading', { name, exact: true }).waitFor()
  const submit = (page: Page) => page.locator('dialog button[type=submit]').click()
  /** What the dialog shows only now. */
  async function takeShown(page: Page): Promise<string> {
    const shown = await page.locator('dialog textarea').inputValue()
    await page.getByRole('button', { name: 'Close' }).click()
    return shown
  }
  const codeOf = (secret: string) => new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: Date.now() + city.ahead })

  test('from the invitation to a second factor and a key', { timeout: 120_000 }, async () => {
    const admin = await open('/accounts')
    await admin.getByRole('button', { name: 'Invite a person…' }).click()
    await admin.getByLabel('Name to sign in with').fill('wang')
    await admin.getByLabel('Full name').fill('王伟')
    await admin.getByLabel('Role').selectOption('engineer')
    await admin.getByRole('group', { name: 'Districts' }).getByLabel('All').uncheck()
    await admin.getByRole('group', { name: 'Districts' }).getByLabel('Harbour').check()
    expect(await findViolations(admin)).toEqual([])
    await submit(admin)
    const link = await takeShown(admin)
    expect(link).toMatch(/\/invitation#[\w-]{43}$/)
    await admin.getByRole('row', { name: /^wang 王伟 invited until .* Engineer Harbour/ }).waitFor()

    const wang = await open(new URL(link).pathname + new URL(link).hash, { login: null })
    await heading(wang, 'Welcome, 王伟')
    expect(await findViolations(wang)).toEqual([])
    await wang.getByLabel('New password').fill('wangwangwang')
    await wang.getByLabel('The same again').fill('wangwangwang')
    await wang.getByRole('button', { name: 'Set the password and sign in' }).click()
    await wang
      .getByRole('alert')
      .getByText(/at least 5 different characters/)
      .waitFor()
    await wang.getByLabel('New password').fill(CHOSEN)
    await wang.getByLabel('The same again').fill(CHOSEN)
    await wang.getByRole('button', { name: 'Set the password and sign in' }).click()
    await heading(wang, 'Your account')
    await wang.getByText(/Your role demands a second factor. Set it up by/).waitFor()
    await wang.getByText(/^Keys can be made, and those there are work, once/).waitFor()

    await wang.getByRole('button', { name: 'Set up…' }).click()
    await wang.getByLabel('Your present password').fill(CHOSEN)
    await submit(wang)
    await wang.getByRole('img', { name: 'QR code of the secret' }).waitFor()
    expect(await findViolations(wang)).toEqual([])
    const secret = (await wang.locator('dialog .code').innerText()).replaceAll(/\s/g, '')
    await wang.getByLabel('Code', { exact: true }).fill(codeOf(secret))
    await submit(wang)
    await wang.getByRole('heading', { name: 'Recovery codes' }).waitFor()
    const recovery = (await takeShown(wang)).split('\n')
    expect(recovery).toHaveLength(10)
    await wang.getByText(/Set up on .*; 10 recovery codes are left/).waitFor()

    await wang.getByRole('button', { name: 'Make a key…' }).click()
    await wang.getByLabel('Name').fill('registry')
    await wang.getByLabel('Your present password').fill(CHOSEN)
    await submit(wang)
    const key = await takeShown(wang)
    const headers = { authorization: `Bearer ${key}` }
    expect((await fetch(`${city.app.url}/api/kinds`, { headers })).status).toBe(200)
    await wang.getByRole('button', { name: 'Revoke: registry' }).click()
    await submit(wang)
    await wang.getByText('No keys.').waitFor()
    expect((await fetch(`${city.app.url}/api/kinds`, { headers })).status).toBe(401)

    await wang.getByRole('button', { name: /^wang/ }).click()
    await wang.getByRole('button', { name: 'Sign out' }).click()
    city.ahead += seconds(60)
    await wang.getByLabel('Name').fill('wang')
    await wang.getByLabel('Password').fill(CHOSEN)
    await wang.getByRole('button', { name: 'Sign in' }).click()
    await heading(wang, 'Second factor')
    expect(await findViolations(wang)).toEqual([])
    await wang.getByLabel('Code', { exact: true }).fill('000000')
    await wang.getByRole('button', { name: 'Sign in' }).click()
    await wang
      .getByRole('alert')
      .getByText(/The code is wrong/)
      .waitFor()
    await wang.getByLabel('Code', { exact: true }).fill(codeOf(secret))
    await wang.getByRole('button', { name: 'Sign in' }).click()
    await wang.locator('.console[data-link=live]').waitFor()

    await admin.reload()
    await admin.getByRole('button', { name: 'Manage wang' }).click()
    await admin.getByLabel('Role').selectOption('viewer')
    await admin.getByRole('button', { name: 'Save' }).click()
    // Another role ends the session, and the open console with it.
    await wang.getByLabel('Password').waitFor()
    await admin.getByRole('row', { name: /^wang 王伟 Viewer Harbour/ }).waitFor()
    await admin.getByRole('button', { name: 'Remove…' }).click()
    await submit(admin)
    await expect.poll(() => city.app.services.state.people.user('wang')).toBeUndefined()
    await admin.getByRole('button', { name: 'Remove…' }).waitFor({ state: 'detached' })
  })

  test('a wall is signed in by a link and shows the city', async () => {
    const admin = await open('/accounts')
    await admin.getByRole('button', { name: 'Add a wall…' }).click()
    await admin.getByLabel('Name to sign in with').fill('hall')
    await submit(admin)
    const { pathname, hash } = new URL(await takeShown(admin))
    const screen = await open(pathname + hash, { login: null })
    await heading(screen, 'Sign this screen in as hall?')
    expect(await findViolations(screen)).toEqual([])
    await screen.getByRole('button', { name: 'Sign in' }).click()
    await screen.locator('.console.kiosk[data-link=live]').waitFor()
    const again = await open(pathname + hash, { login: null })
    await heading(again, 'This link does not work')
    await admin.reload()
    await admin.getByRole('button', { name: 'Manage hall' }).click()
    await admin.getByRole('button', { name: /^End: 127.0.0.1/ }).click()
    await screen.getByLabel('Password').waitFor()
  })

  test('who has waited too long sees nothing but what is to be set up', async () => {
    const page = await open('/own')
    await page.getByText(/Your role demands a second factor. Set it up by/).waitFor()
    city.ahead += days(8)
    const late = await open('/')
    await late.getByText('Your role demands a second factor. Set it up to go on.').waitFor()
    expect(await findViolations(late)).toEqual([])
    await late.getByRole('button', { name: 'Set up…' }).click()
    await late.getByLabel('Your present password').fill(login.password)
    await submit(late)
    const secret = (await late.locator('dialog .code').innerText()).replaceAll(/\s/g, '')
    await late.getByLabel('Code', { exact: true }).fill(codeOf(secret))
    await submit(late)
    await takeShown(late)
    await late.locator('.console[data-link=live]').waitFor()
    city.ahead -= days(8)
    city.app.services.state.people.removeSecondFactor('admin')
  })

  test('whose time runs out with the console open is led to what is to be set up, not to the sign-in', async () => {
    const page = await open('/')
    await page.locator('.console[data-link=live]').waitFor()
    const { people } = city.app.services.state
    const user = people.user('admin')
    people.putUser({ ...(user as NonNullable<typeof user>), secondFactorAsked: Date.now() - days(8) })
    await page.getByText('Your role demands a second factor. Set it up to go on.').waitFor()
    await page.getByRole('heading', { name: 'Your account', exact: true }).waitFor()
    people.putUser(user as NonNullable<typeof user>)
  })

  test('axe finds nothing where an account is managed', async () => {
    const accounts = await open('/accounts')
    await accounts.getByRole('button', { name: 'Manage hall' }).click()
    await accounts.locator('#sessions-title').waitFor()
    expect(await findViolations(accounts)).toEqual([])
  })
})
