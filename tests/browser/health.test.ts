import { describe, expect, test } from 'vitest'
import { findViolations } from './chromium.ts'
import { chromium, login, useRealConsole } from './real-console.ts'

const facilities = [{ id: 'PS-1', kind: 'pump-station', name: '北滘泵站', nameEn: 'North pumps', district: 'North' }]
const part = (key: string) => `#part-${key}`

describe.skipIf(!chromium)('system health', () => {
  const city = useRealConsole({
    facilities,
    settings: { SERVER_ID: 'lamplighter', MQTT_USERNAME: 'field', MQTT_PASSWORD: 'never to be shown', MQTT_ACCESS: 'open' },
  })

  test('says in one line that all is well, then by parts; what was set is shown without secrets', async () => {
    await city.publish('pump-station', 'PS-1', { 'outlet-pressure': 0.41 })
    const page = await city.openLive('/administration/health')
    await page.getByRole('status').getByText('The service is well.').waitFor()
    await page
      .locator(part('broker'))
      .getByRole('row', { name: /^Connections 1/ })
      .waitFor()
    await page.locator(part('database')).getByText('takes readings').waitFor()
    await page
      .locator(part('consoles'))
      .getByRole('row', { name: /^Live consoles 1/ })
      .waitFor()
    const settings = page.getByRole('region', { name: /^Settings/ })
    await settings.getByRole('row', { name: /MQTT_PASSWORD set, not shown environment/ }).waitFor()
    expect(await page.content()).not.toContain('never to be shown')
    expect(await settings.getByRole('row', { name: /JOURNAL_MAX_MB/ }).count()).toBe(0)
    await page.getByRole('button', { name: 'Show all' }).click()
    await settings.getByRole('row', { name: /JOURNAL_MAX_MB 2048 default/ }).waitFor()
  })

  test('is listed among the pages of administration, and the back button leads there', async () => {
    const page = await city.openLive('/administration')
    await page.getByRole('link', { name: /^System health/ }).click()
    await page.getByRole('heading', { name: 'System health' }).waitFor()
    await page.goBack()
    await page.getByRole('heading', { name: 'Administration' }).waitFor()
  })

  test('is kept, and said to be old, while the server does not answer', async () => {
    const page = await city.openLive('/administration/health')
    await page.getByText('The service is well.').waitFor()
    await page.route('**/api/health', (route) => route.abort())
    await page.locator('.old-figures').waitFor()
    await page.getByRole('alert').filter({ hasText: 'did not answer' }).waitFor()
    await page.getByText('The service is well.').waitFor()
  })

  test('is not for operators', async () => {
    await city.addPerson('otto', 'operator')
    const page = await city.open('/administration/health', { login: { name: 'otto', password: login.password } })
    await page.getByRole('heading', { name: 'Not for your role' }).waitFor()
  })
})

describe.skipIf(!chromium)('system health without its database', () => {
  // Nobody listens there: each write fails as it does when a database has stopped.
  const city = useRealConsole({
    facilities,
    settings: { SERVER_ID: 'lamplighter', TELEMETRY_STORE: 'influxdb1', INFLUXDB_URL: 'http://eva:secret@127.0.0.1:1' },
  })

  test.each([
    ['dark', 'en', 'The service is not well: Time series database.', 'Look whether the database runs'],
    ['light', 'zh', '服务异常：时序数据库。', '检查数据库是否运行'],
  ] as const)('says which part it is, why, and what to do, %s %s', async (theme, language, line, advice) => {
    await city.publish('pump-station', 'PS-1', { 'outlet-pressure': 0.41 })
    const page = await city.openLive('/administration/health', { theme, language })
    await page.getByRole('status').getByText(line).waitFor()
    const database = page.locator(part('database'))
    await database.getByText(advice).waitFor()
    await database.getByText('ECONNREFUSED').first().waitFor()
    await page.locator(part('journal')).getByText(/✓/).first().waitFor()
    expect(await page.content()).not.toContain('secret@')
    expect(await findViolations(page)).toEqual([])
  })
})
