import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Locator } from 'playwright-core'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { WHOLE_CITY } from '../../src/access/scope.ts'
import type { RoundPlanInput } from '../../src/edges/rounds.ts'
import { greyVideo, modulesInPicture } from '../qr-picture.ts'
import { readQr } from '../qr-reader.ts'
import { findViolations, launchChromium, pressSlowly, visit } from './chromium.ts'
import { chromium, login, useRealConsole } from './real-console.ts'

const URL_OF_CITY = 'http://lamp.example'
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
    settings: { PUBLIC_URL: URL_OF_CITY },
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

  test('a console and a phone that are open follow what becomes of rounds, and the day has all that are to come', async () => {
    rounds().putPlan({ ...plan, id: 'night', nameEn: 'Night walk', share: 0.6 }, 'admin', WHOLE_CITY)
    const console = await city.openLive('/rounds')
    const row = console.locator('tbody tr', { hasText: 'Night walk' })
    await row.filter({ hasText: 'Open' }).waitFor()
    const phone = await open('/crew/rounds')
    const card = phone.locator('.card', { hasText: 'Night walk' })
    await card.filter({ hasText: '0 of 3 stops' }).waitFor()
    const night = rounds()
      .open()
      .find(({ plan: of, begins }) => of === 'night' && begins <= Date.now()) as { id: number }
    const place = { position: [longitude, latitude] as const, accuracy: 8 }
    const claim = { round: night.id, at: Date.now(), code: null, place, readings: [], note: '' }
    await rounds().checkIn([{ ...claim, id: 'visit-000000000001', stop: 'WP-1' }], 'eva', () => true)
    await row.filter({ hasText: '1 of 3' }).waitFor()
    await card.filter({ hasText: '1 of 3 stops' }).waitFor()
    await rounds().checkIn([{ ...claim, id: 'visit-000000000002', stop: 'gate' }], 'eva', () => true)
    await row.filter({ hasText: 'Done' }).waitFor()
    await card.waitFor({ state: 'detached' })

    const planned = async () => Number(await console.locator('.round-figures div', { hasText: 'Planned' }).locator('dd').innerText())
    const before = await planned()
    await console
      .getByRole('button', { name: /^\d{4}-/ })
      .last()
      .click()
    await row.filter({ hasText: 'To come' }).waitFor()
    expect(await planned()).toBe(rounds().plans().length)
    expect(before).toBe(rounds().plans().length)
    rounds().removePlan('night', 'admin', WHOLE_CITY)
    await row.waitFor({ state: 'detached' })
  })

  test('the camera of the page reads a label as it was printed, held a little askew in uneven light', async () => {
    rounds().putPlan({ ...plan, id: 'scan', nameEn: 'Scanned walk' }, 'admin', WHOLE_CITY)
    const paper = await city.open('/rounds/plans/scan/labels', { theme: 'light', scale: 2 })
    const label = paper.locator('.round-labels li', { hasText: 'Far lamp' })
    await label.waitFor()
    await paper.emulateMedia({ media: 'print' })
    // Nothing but labels is on the sheet, each as large as a phone reads at arm's length.
    expect(await paper.locator('nav, h1, .list-bar').filter({ visible: true }).count()).toBe(0)
    expect((await label.locator('.qr-code').boundingBox())?.width).toBeGreaterThan((40 * 96) / 25.4)
    const file = join(city.folder, 'camera.y4m')
    writeFileSync(file, await videoOf(label))
    const fake = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream', `--use-file-for-fake-video-capture=${file}`]
    const browser = await launchChromium(chromium as string, fake)
    try {
      const phone = await visit(browser, city.app.url, {
        ...{ path: '/crew/rounds', width: 390, height: 844, login: { ...login, name: 'eva' } },
        prepare: async (context) => {
          // In a cellar there is no position, and the label must do alone.
          await context.addInitScript(() => Reflect.deleteProperty(Navigator.prototype, 'geolocation'))
          await context.exposeFunction('readPicture', readPicture)
          await context.addInitScript(detectorOfPage)
        },
      })
      await phone.getByRole('link', { name: /Scanned walk/ }).click()
      const here = (name: string) => phone.locator('.stop', { hasText: name }).getByRole('button')
      const sheet = phone.locator('dialog.sheet')
      await here('Gate').click()
      await sheet.getByRole('button', { name: 'Scan the code' }).click()
      await sheet.getByText('That is the code of another stop.').waitFor({ timeout: 40_000 })
      await sheet.getByRole('button', { name: 'Close' }).click()
      await here('Far lamp').click()
      await sheet.getByRole('button', { name: 'Scan the code' }).click()
      await sheet.waitFor({ state: 'detached', timeout: 40_000 })
      const scanned = () =>
        rounds()
          .open()
          .flatMap(({ plan: of, id }) => (of === 'scan' ? rounds().checkInsOf(id) : []))
      await vi.waitUntil(() => scanned().length > 0, PATIENCE)
      expect(scanned()).toMatchObject([{ stop: 'SL-1', by: 'eva', shown: 'code', scanned: 'label', place: null }])
      // The light of the camera goes out with it.
      expect(await phone.locator('video').count()).toBe(0)
    } finally {
      await browser.close()
    }
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

/** What a camera sees that is led from a bare wall to a label. */
async function videoOf(label: Locator): Promise<Buffer> {
  const picture = (await label.screenshot()).toString('base64')
  const desk = await label.page().context().newPage()
  const [width, height] = [640, 480]
  const pictures = await desk.evaluate(
    async ([png, w, h]) => {
      const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${png}`)).blob())
      const canvas = Object.assign(document.createElement('canvas'), { width: w, height: h })
      const context = canvas.getContext('2d', { willReadFrequently: true }) as CanvasRenderingContext2D
      return [false, false, true, true, true].map((isThere) => {
        const light = context.createLinearGradient(0, 0, w, h)
        light.addColorStop(0, '#8a8a80')
        light.addColorStop(1, '#4c4c48')
        context.fillStyle = light
        context.fillRect(0, 0, w, h)
        if (isThere) {
          context.save()
          context.translate(w / 2, h / 2)
          context.rotate(0.06)
          const [high, wide] = [0.9 * h, (0.9 * h * image.width) / image.height]
          context.drawImage(image, -wide / 2, -high / 2, wide, high)
          context.restore()
          context.globalAlpha = 0.45
          const shade = context.createLinearGradient(0, 0, w, 0)
          shade.addColorStop(0, '#fff0')
          shade.addColorStop(1, '#000')
          context.fillStyle = shade
          context.fillRect(0, 0, w, h)
          context.globalAlpha = 1
        }
        const { data } = context.getImageData(0, 0, w, h)
        let luma = ''
        for (let i = 0; i < data.length; i += 4)
          luma += String.fromCharCode(
            Math.round(0.299 * (data[i] as number) + 0.587 * (data[i + 1] as number) + 0.114 * (data[i + 2] as number)),
          )
        return btoa(luma)
      })
    },
    [picture, width, height] as const,
  )
  return greyVideo(
    pictures.map((luma) => ({ luma: Buffer.from(luma, 'base64'), width, height })),
    5,
  )
}

function readPicture(luma: string, width: number, height: number): string | null {
  const modules = modulesInPicture({ luma: Buffer.from(luma, 'base64'), width, height })
  try {
    return modules && readQr(modules)
  } catch {
    return null
  }
}

/** What Chrome on Android has and Chromium on a desk has not: it looks at the picture of the camera as the page shows it. */
function detectorOfPage(): void {
  const own = globalThis as unknown as { readPicture(luma: string, width: number, height: number): Promise<string | null> }
  // Somewhat coarser than the camera is enough for a label that fills its picture.
  const canvas = Object.assign(document.createElement('canvas'), { width: 480, height: 360 })
  const context = canvas.getContext('2d', { willReadFrequently: true }) as CanvasRenderingContext2D
  class BarcodeDetector {
    async detect(video: HTMLVideoElement): Promise<{ rawValue: string }[]> {
      const { width, height } = canvas
      context.drawImage(video, 0, 0, width, height)
      const { data } = context.getImageData(0, 0, width, height)
      let luma = ''
      for (let i = 0; i < data.length; i += 4) luma += String.fromCharCode(data[i + 1] as number)
      const rawValue = await own.readPicture(btoa(luma), width, height)
      return rawValue === null ? [] : [{ rawValue }]
    }
  }
  Object.assign(globalThis, { BarcodeDetector })
}
