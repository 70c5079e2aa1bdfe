import { describe, expect, test } from 'vitest'
import { modulesOf, readQr } from '../qr-reader.ts'
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
