import { beforeAll, describe, expect, test, vi } from 'vitest'
import { findViolations } from './chromium.ts'
import { chromium, login, useRealConsole } from './real-console.ts'

const DAY = 86_400_000
const facilities = Array.from({ length: 60 }, (_, i) => ({
  id: `GS-${i}`,
  kind: 'gas-station',
  name: `燃气站 ${i}`,
  nameEn: `Station ${i}`,
}))

describe.skipIf(!chromium)('duty reports', { timeout: 60_000 }, () => {
  const city = useRealConsole({ facilities })
  const reports = () => city.app.services.dutyReports
  const isMade = (id: number) => vi.waitUntil(() => reports().report(id).state === 'made', { timeout: 20_000 })
  let yesterday = 0

  beforeAll(async () => {
    for (const [name, role] of Object.entries({ olga: 'operator', vera: 'viewer' } as const)) await city.addPerson(name, role)
    for (const { id } of facilities) await city.publish('gas-station', id, { 'ch4-1': 45 })
    await vi.waitUntil(() => [...city.app.services.liveAlarms()].length >= facilities.length, { timeout: 20_000 })
    yesterday = reports().make({ company: 'gas', period: 'day', at: Date.now() - DAY }, 'admin').id
    await isMade(yesterday)
  })

  test('are made on request, found by company and signed; the address holds what is shown', async () => {
    const page = await city.openLive('/operations', { login: { name: 'olga', password: login.password } })
    await page.getByRole('link', { name: 'Reports', exact: true }).click()
    await page.getByRole('button', { name: 'Make a report…' }).click()
    await page.getByLabel('Company').last().selectOption('gas')
    await page.getByLabel('Period').last().selectOption('day')
    await page.getByRole('button', { name: 'Make a report', exact: true }).click()
    await page.getByText('its time went on when it was made').waitFor()
    await page.getByLabel('Company').selectOption('water')
    await page.getByText('There is no such report.').waitFor()
    await page.goBack()
    await page
      .getByRole('link', { name: /^Gas company · Day report/ })
      .last()
      .click()
    await page.getByRole('button', { name: 'Sign…' }).click()
    await page.getByLabel('Remark').fill('looked through')
    await page.getByRole('button', { name: 'Sign', exact: true }).click()
    await page.getByText('olga').last().waitFor()
    await page.getByText('The text is the one that was frozen.').waitFor()
    expect(reports().report(yesterday).signatures).toMatchObject([{ by: 'olga', remark: 'looked through' }])
    expect(await page.getByRole('button', { name: 'Sign…' }).count()).toBe(0)
  })

  test('whoever only looks can sign and make nothing', async () => {
    const page = await city.openLive(`/duty-reports/${yesterday}`, { login: { name: 'vera', password: login.password } })
    await page.getByRole('heading', { name: /^Gas company Day report/ }).waitFor()
    expect(await page.getByRole('button', { name: /Sign|again/ }).count()).toBe(0)
    await page.getByRole('link', { name: 'All reports' }).click()
    await page.getByRole('heading', { name: 'Reports', exact: true }).waitFor()
    expect(await page.getByRole('button', { name: /Make|Schedule/ }).count()).toBe(0)
  })

  test('data that came late are told, and the report is made again with them', async () => {
    await city.publish('gas-station', 'GS-1', { 'outlet-pressure': 0.2 }, Date.now() - DAY)
    await vi.waitUntil(
      () => {
        reports().tick()
        return reports().report(yesterday).lateReports === 1
      },
      { timeout: 20_000 },
    )
    const page = await city.openLive(`/duty-reports/${yesterday}`)
    await page.getByText(/^1 reports of devices for this time came after it was made/).waitFor()
    await page.getByRole('button', { name: 'Make again…' }).click()
    await page.getByLabel('Reason').fill('GS-1 was cut off')
    await page.getByRole('button', { name: 'Make again', exact: true }).click()
    await page.getByText('GS-1 was cut off').waitFor()
    await page.getByRole('heading', { name: 'Key figures' }).waitFor()
    await page.goBack()
    await page.getByText('A newer report stands in place of this one').waitFor()
  })

  test('print all rows on A4 with lines for signing by hand, which the screen has not', async () => {
    const { id } = reports().make({ company: 'gas', period: 'day', at: Date.now() }, 'admin')
    await isMade(id)
    const page = await city.openLive(`/duty-reports/${id}`)
    const section = page.getByRole('heading', { name: /Alarms that stand/ })
    await section.waitFor()
    expect(await page.getByText('Approved by').isVisible()).toBe(false)
    await page.emulateMedia({ media: 'print' })
    expect(await page.getByText('Approved by').isVisible()).toBe(true)
    expect(await page.getByRole('link', { name: 'All reports' }).isVisible()).toBe(false)
    // The paper is 184 mm wide between its margins.
    await page.setViewportSize({ width: 695, height: 900 })
    const tables = await page.evaluate(() => {
      const article = document.querySelector('.duty-report') as HTMLElement
      const rows = document.querySelectorAll('.report-table tbody tr').length
      return { rows, over: article.scrollWidth - article.clientWidth }
    })
    expect(tables.rows).toBeGreaterThan(facilities.length)
    expect(tables.over).toBeLessThanOrEqual(0)
    const pdf = await page.pdf({ preferCSSPageSize: true })
    // A4 in points.
    expect(pdf.toString('latin1')).toMatch(/\/MediaBox \[0 0 59[45]\.?\d* 84[12]/)
  })

  test('the schedule is kept as it is ticked', async () => {
    const page = await city.openLive('/duty-reports')
    await page.getByRole('button', { name: 'Schedule…' }).click()
    await page.getByRole('checkbox', { name: 'Made: Waste-treatment centre, Shift report' }).uncheck()
    await page.getByRole('checkbox', { name: 'Sent through the channels: Gas company, Day report' }).check()
    await page.getByLabel('Days and months are sent at').fill('06:45')
    await page.getByRole('button', { name: 'Keep' }).click()
    await page.getByText('The schedule is kept.').waitFor()
    const { make, send, sendAt } = reports().settings()
    expect([make.shift.includes('waste'), make.day.includes('waste'), send.day, sendAt]).toEqual([false, true, ['bureau', 'gas'], 405])
  })

  test('breaks no rule of accessibility', async () => {
    const page = await city.openLive('/duty-reports')
    await page.getByRole('row').nth(1).waitFor()
    expect(await findViolations(page)).toEqual([])
    await page
      .getByRole('link', { name: /^Gas company/ })
      .first()
      .click()
    await page.getByRole('heading', { name: 'Key figures' }).waitFor()
    expect(await findViolations(page)).toEqual([])
  })
})
