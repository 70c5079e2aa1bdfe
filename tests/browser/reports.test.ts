import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, test } from 'vitest'
import { modulesOf, readQr } from '../qr-reader.ts'
import { findViolations } from './chromium.ts'
import { chromium, useRealConsole } from './real-console.ts'

const URL_OF_CITY = 'https://lamp.example'
const PHONE = '+86 311 12345'
/** Labels on an A4 sheet. */
const PER_SHEET = 10
const lamps = Array.from({ length: PER_SHEET + 1 }, (_, i) => ({
  ...{ id: `SL-${i + 1}`, kind: 'street-light', name: `Quay lamp ${i + 1}`, district: 'Harbour', road: 'Quay road' },
  position: [114.6 + i / 4000, 37.9] as [number, number],
}))

describe.skipIf(!chromium)('reports of citizens at the desk', { timeout: 60_000 }, () => {
  const city = useRealConsole({
    facilities: [...lamps, { id: 'PS-1', kind: 'pump-station', name: 'River pumps', road: 'Quay road' }],
    settings: { PUBLIC_URL: URL_OF_CITY, REPORT_PHONE: PHONE },
  })
  const reports = () => city.app.services.reports.list({ limit: 100 }).items
  const tell = (code: string | null, madeId: string) =>
    city.app.services.reports.take(
      {
        ...{ madeId, code, kind: 'damaged', words: 'opposite the school', contact: '139' },
        position: [114.6, 37.9],
        language: 'en',
        callerWaits: false,
      },
      null,
    )
  beforeAll(() => void tell('SL-2', 'a-report-made-before'))

  /** Presses keys one by one and counts them. */
  async function press(page: Page, keys: readonly string[]): Promise<number> {
    for (const key of keys) await page.keyboard.press(key)
    return keys.length
  }

  test('a call takes ten keys from anywhere to the number that is read out', async () => {
    const page = await city.openLive('/alarms')
    let count = await press(page, ['t'])
    await page.getByRole('combobox', { name: 'Pole or road' }).waitFor()
    count += await press(page, [...'sl-5'])
    await page.getByRole('option', { name: /^SL-5/ }).waitFor()
    count += await press(page, ['Enter'])
    await page.getByText('Nothing is known of a fault here.').waitFor()
    count += await press(page, ['3', ...'x', 'Enter'])
    const number = await page.locator('.entry-number').innerText()
    expect(count).toBeLessThanOrEqual(10)
    expect(reports()[0]?.report).toMatchObject({
      ...{ number, facility: 'SL-5', kind: 'dark', words: 'x', source: 'telephone', enteredBy: 'admin' },
    })
    expect(await page.locator('.entry-aloud').innerText()).toMatch(/^\S+ .+, .+$/)
    expect(await findViolations(page)).toEqual([])
    // The next call begins with the same key that is under the finger.
    await press(page, ['Enter', ...'sl-2', 'Enter'])
    await page.getByText(/^Known: /).waitFor()
    expect(await findViolations(page)).toEqual([])
  })

  test('a road alone is enough where it is told in words which pole it is', async () => {
    const page = await city.openLive('/map')
    await press(page, ['t'])
    await page.getByRole('combobox', { name: 'Pole or road' }).fill('quay')
    await page.getByRole('option', { name: /somewhere on Quay road/ }).click()
    await press(page, ['7'])
    await page.keyboard.type('by the bridge')
    await press(page, ['Enter'])
    await page.getByText('It waits for the desk').waitFor()
    expect(reports()[0]?.report).toMatchObject({ facility: null, words: 'Quay road: by the bridge', kind: 'other' })
  })

  test('a key that is held too long does not take the number away', async () => {
    const page = await city.openLive('/alarms')
    await press(page, ['t'])
    await page.getByRole('combobox', { name: 'Pole or road' }).waitFor()
    await press(page, [...'sl-7'])
    await page.getByRole('option', { name: /^SL-7/ }).waitFor()
    await press(page, ['Enter', '3'])
    await page.keyboard.down('Enter')
    const number = await page.locator('.entry-number').innerText()
    for (let i = 0; i < 3; i++) await page.keyboard.down('Enter')
    await page.keyboard.up('Enter')
    expect(await page.locator('.entry-number').innerText({ timeout: 3000 })).toBe(number)
  })

  test('what comes in shows by itself, becomes an order or is closed with a reason', async () => {
    const page = await city.openLive('/reports?state=waiting')
    await page.getByRole('heading', { name: 'Reports of citizens' }).waitFor()
    const { report } = tell(null, 'a-report-without-a-pole')
    await page.getByRole('link', { name: report.number }).click()
    await page.getByText('139').waitFor()
    await page.getByRole('button', { name: 'Make an order' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Pole or cabinet').fill('SL-7')
    await dialog.getByRole('button', { name: 'Make an order' }).click()
    await page.getByRole('link', { name: /^Order \d+/ }).waitFor()
    await page.getByRole('button', { name: 'Close report' }).click()
    await dialog.getByRole('textbox').fill('It is an advertisement, not ours.')
    await dialog.getByRole('button', { name: 'Close report' }).click()
    await page.getByText('by the desk').waitFor()
    expect(city.app.services.reports.report(report.id)?.report).toMatchObject({ closedBy: 'desk', facility: 'SL-7' })
  })

  test('codes of a road fill their sheets and lead to their poles', async () => {
    const page = await city.openLive('/report-codes')
    await page.getByText('Choose a district').waitFor()
    await page.getByLabel('Road').selectOption('Quay road')
    await page.getByText('11 labels on 2 sheets').waitFor()
    const codes = await page.evaluate(() =>
      [...document.querySelectorAll('.code-label')].map((label) => ({
        words: (label as HTMLElement).innerText,
        size: Number((label.querySelector('svg') as SVGElement).getAttribute('viewBox')?.split(' ')[2]),
        path: (label.querySelector('path') as SVGPathElement).getAttribute('d') as string,
      })),
    )
    expect(codes.map(({ size, path }) => readQr(modulesOf({ size, path })))).toEqual(
      Array.from({ length: PER_SHEET + 1 }, (_, i) => `${URL_OF_CITY}/report/SL-${i + 1}`),
    )
    for (const { words } of codes) expect(words).toMatch(/扫码报修[\s\S]*Scan to report[\s\S]*SL-\d+[\s\S]*\+86 311 12345/)
    const pdf = (await page.pdf({ preferCSSPageSize: true })).toString('latin1')
    expect(pdf.match(/\/Type\s*\/Page\b/g)).toHaveLength(2)
  })
})
