import { beforeAll, describe, expect, test, vi } from 'vitest'
import { WHOLE_CITY } from '../../src/access/scope.ts'
import type { RoundPlanInput } from '../../src/edges/rounds.ts'
import { findViolations, pressSlowly } from './chromium.ts'
import { chromium, login, useRealConsole } from './real-console.ts'

const PATIENCE = { timeout: 15_000 }
const [longitude, latitude] = [114.6, 37.9]

describe.skipIf(!chromium)('rounds on the phone of a crew', () => {
  const city = useRealConsole({
    facilities: [
      { id: 'WP-1', kind: 'waste-plant', name: 'Waste plant', district: 'Harbour', position: [longitude, latitude] as [number, number] },
      {
        id: 'SL-1',
        kind: 'street-light',
        name: 'Far lamp',
        district: 'Harbour',
        position: [longitude + 0.1, latitude] as [number, number],
      },
    ],
  })
  const rounds = () => city.app.services.rounds
  const stop = (facility: string, more: object = {}) => ({
    ...{ key: facility, name: '', nameEn: '', facility, position: null, readings: [], ...more },
  })
  const plan: RoundPlanInput = {
    ...{ id: 'spray', name: '消杀', nameEn: 'Disinfection', kind: 'disinfection', company: 'waste', district: 'Harbour', area: null },
    stops: [
      stop('WP-1', { readings: [{ facility: 'WP-1', point: 'round-litres' }] }),
      stop('SL-1'),
      { ...stop('gate'), facility: null, name: '大门', nameEn: 'Gate', position: [longitude, latitude + 0.0003] },
    ],
    ...{ windows: [{ from: 0, to: 1440 }], weekdays: [1, 2, 3, 4, 5, 6, 7], crew: 'A', proof: 'either', radius: 50, share: 1 },
    ...{ lateAfter: 30, missedAfter: 90, disabled: false },
  }
  const round = () =>
    rounds()
      .open()
      .find(({ begins }) => begins <= Date.now()) as NonNullable<ReturnType<ReturnType<typeof rounds>['round']>>

  beforeAll(async () => {
    await city.addPerson('eva', 'crew')
    city.app.services.state.roster.putCrew({
      ...{ id: 'A', name: 'Crew A', districts: 'all', domains: 'all', vehicle: '', members: ['eva'], base: null, disabled: false },
    })
    rounds().putPlan(plan, 'admin', WHOLE_CITY)
  })

  const open = (path = '/crew/', { worker = true, ...more }: { worker?: boolean; theme?: 'dark' | 'light'; language?: 'en' | 'zh' } = {}) =>
    city.open(path, {
      ...{ width: 390, height: 844, login: { ...login, name: 'eva' }, ...more },
      prepare: async (context) => {
        await context.grantPermissions(['geolocation'])
        await context.setGeolocation({ longitude, latitude, accuracy: 8 })
        await context.addInitScript(() => Reflect.deleteProperty(ServiceWorkerRegistration.prototype, 'sync'))
        if (!worker) await context.addInitScript(() => Reflect.deleteProperty(Navigator.prototype, 'serviceWorker'))
      },
    })

  test('the first touch reaches what it meant, though it also allows the sound and takes away the banner about it', async () => {
    const page = await open()
    await page.getByText('Touch here so that a new order can be heard.').waitFor()
    await pressSlowly(page.getByRole('link', { name: 'Rounds: 1 open' }))
    await page.getByRole('link', { name: /Disinfection/ }).waitFor()
    await page.getByText('Touch here so that a new order can be heard.').waitFor({ state: 'detached' })
  })

  test('a part of the page that could not be fetched is fetched again when somebody asks for it', async () => {
    const page = await open('/crew/', { worker: false })
    await page.route(/rounds-page/, (route) => route.abort())
    await page.getByRole('link', { name: 'Rounds: 1 open' }).click()
    await page.getByText('The server does not answer').waitFor()
    await page.unroute(/rounds-page/)
    await page.getByRole('button', { name: 'Try again' }).click()
    await page.getByRole('link', { name: /Disinfection/ }).waitFor()
  })

  test('checks in by position without a network, with a reading; too far is told at once; the label does the rest', async () => {
    const page = await open()
    await page.getByRole('link', { name: 'Rounds: 1 open' }).click()
    await page.getByRole('link', { name: /Disinfection/ }).click()
    await vi.waitUntil(() => page.evaluate(() => navigator.serviceWorker.controller !== null), PATIENCE)
    await page.context().setOffline(true)
    await page.locator('header .link', { hasText: 'No connection' }).waitFor()

    const here = (name: string) => page.locator('.stop', { hasText: name }).getByRole('button')
    await here('Waste plant').click()
    const sheet = page.locator('dialog.sheet')
    const litres = sheet.getByLabel(/Disinfectant/)
    await litres.fill('99999')
    await sheet.getByRole('button', { name: 'Check in by position' }).click()
    await sheet.getByText('This value cannot be.').waitFor()
    await litres.fill('210')
    await sheet.getByRole('button', { name: 'Check in by position' }).click()
    await sheet.waitFor({ state: 'detached' })
    await page.locator('.stop.visited', { hasText: 'to be sent' }).waitFor()

    await here('Far lamp').click()
    await sheet.getByRole('button', { name: 'Check in by position' }).click()
    await sheet.getByText(/too far from the stop.* km away/).waitFor()
    await sheet.getByRole('button', { name: 'Close' }).click()
    expect(round().visited).toBe(0)

    await page.context().setOffline(false)
    await vi.waitUntil(() => round().visited === 1, PATIENCE)
    const [first] = rounds().checkInsOf(round().id)
    expect(first).toMatchObject({ by: 'eva', shown: 'position', distance: 0, place: { accuracy: 8 } })
    const entered = () => city.app.services.enteredReadings.list({ limit: 5 }, WHOLE_CITY).items
    await vi.waitUntil(() => entered().length > 0, PATIENCE)
    expect(entered()).toMatchObject([{ facility: 'WP-1', point: 'round-litres', value: 210, by: 'eva' }])

    // The camera of the phone opens what stands in the code of a label.
    const current = round().id
    await page.goto(new URL(rounds().labelOf('spray', 'SL-1'), page.url()).href)
    await page.getByRole('button', { name: 'Check in with this label' }).click()
    // A busy browser does not always tell a page that was just opened the position it was given before.
    await page.context().setGeolocation({ longitude, latitude, accuracy: 8 })
    await vi.waitUntil(() => rounds().round(current)?.visited === 2, PATIENCE)
    expect(rounds().checkInsOf(current).at(-1)).toMatchObject({ stop: 'SL-1', shown: 'code', doubts: ['elsewhere', 'too-fast'] })
    await page.locator('dialog.sheet').waitFor({ state: 'detached' })
    await here('Gate').click()
    await page.getByRole('button', { name: 'Check in by position' }).click()
    await vi.waitUntil(() => rounds().round(current)?.state === 'done', PATIENCE)
  })

  test.each([
    ['dark', 'en'],
    ['light', 'zh'],
  ] as const)('keeps nobody out, %s in %s', async (theme, language) => {
    rounds().putPlan({ ...plan, id: `walk-${theme}` }, 'admin', WHOLE_CITY)
    const page = await open('/crew/rounds', { theme, language })
    await page.locator('.card').first().waitFor()
    expect(await findViolations(page), 'list').toEqual([])
    const { id } = rounds()
      .open()
      .find(({ plan: of, begins }) => of === `walk-${theme}` && begins <= Date.now()) as { id: number }
    await page.goto(new URL(`/crew/rounds/${id}`, page.url()).href)
    await page.locator('.stop').first().getByRole('button').click()
    await page.locator('dialog.sheet').waitFor()
    expect(await findViolations(page), 'stop').toEqual([])
    const low = await page
      .locator('.sheet button, .sheet input, .stop button')
      .evaluateAll((all) => all.filter((one) => one.getBoundingClientRect().height < 48).length)
    expect(low).toBe(0)
  })
})
