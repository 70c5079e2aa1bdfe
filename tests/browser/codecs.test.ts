import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { findViolations } from './chromium.ts'
import { chromium, useRealConsole } from './real-console.ts'

const LEVEL = 'function decodeUplink(input) {\n  return { data: { level: input.bytes[0] }, warnings: ["low battery"] }\n}\n'

/** Vendors' payload codecs, written, tried and saved on the real server. */
describe.skipIf(!chromium)('the page of vendor codecs', () => {
  const city = useRealConsole()

  const open = (path: string): Promise<Page> => city.open(path)
  const press = (page: Page, name: string | RegExp) => page.getByRole('button', { name }).click()
  const run = async (page: Page, bytes: string) => {
    await page.getByLabel('Bytes').fill(bytes)
    await press(page, 'Run')
  }
  async function save(page: Page, reason: string, id?: string): Promise<void> {
    await press(page, 'Save…')
    if (id !== undefined) await page.getByLabel('Id (small').fill(id)
    await page.getByLabel('Reason', { exact: true }).fill(reason)
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
  }

  test('a codec is written, tried, kept with a sample, and changed only as its samples allow', async () => {
    const page = await open('/administration')
    await page.getByRole('link', { name: /Vendor codecs/ }).click()
    await page.getByText('There is no codec yet.').waitFor()
    await press(page, 'New codec…')
    const source = page.getByRole('textbox', { name: 'Source' })
    await source.fill('function decodeUplink(input) {\n  return nothing.there\n}')
    await run(page, '64')
    await page.getByText("ReferenceError: 'nothing' is not defined").waitFor()
    await press(page, 'Line 2')
    expect(await source.evaluate((area: HTMLTextAreaElement) => area.value.slice(area.selectionStart, area.selectionEnd))).toBe(
      '  return nothing.there',
    )

    await source.fill(LEVEL)
    await run(page, '64')
    await page.getByText('"level": 100').waitFor()
    await page.getByText('Warnings: low battery').waitFor()
    await page.getByText(/ms; memory .* once loaded/).waitFor()
    await page.getByLabel('Name of the sample').fill('full')
    await press(page, 'Keep as sample')
    await page.getByLabel('Title').fill('Level sensor')
    await save(page, 'first', 'acme.level')
    await page.getByText('Saved. It counts from now on.').waitFor()
    await page.getByRole('heading', { name: 'acme.level' }).waitFor()
    expect(await city.app.services.vendorCodecs.decode('acme.level', { fPort: 1, bytes: Uint8Array.of(7), recvTime: 0 })).toEqual({
      data: { level: 7 },
      warnings: ['low battery'],
    })

    await source.fill(LEVEL.replace('input.bytes[0]', '2 * input.bytes[0]'))
    await page.getByText('Not saved yet').waitFor()
    await press(page, 'Check all')
    await page.getByText('✕ {"level":200}').waitFor()
    await save(page, 'doubled')
    const dialog = page.getByRole('dialog')
    await dialog.getByText('Sample "full" gives {"level":200} instead of {"level":100}.').waitFor()
    await dialog.getByLabel('Save although samples fail').check()
    await dialog.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('row', { name: /in force.*doubled/ }).waitFor()

    const first = page.getByRole('row', { name: /first/ })
    await first.getByRole('button', { name: 'Compare' }).click()
    await page.locator('.side-by-side').waitFor()
    expect(await page.locator('.side-by-side ins').allTextContents()).toEqual([
      '  return { data: { level: input.bytes[0] }, warnings: ["low battery"] }',
      '  return { data: { level: 2 * input.bytes[0] }, warnings: ["low battery"] }',
    ])
    await press(page, 'Take over into the editor')
    await save(page, 'back again')
    await page.getByRole('row', { name: /in force.*back again/ }).waitFor()

    await press(page, 'Remove…')
    await page.getByLabel('Reason', { exact: true }).fill('not used')
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click()
    await page.getByText('There is no codec yet.').waitFor()
  })

  test('what hangs is told, in the trial and in the list', async () => {
    const page = await open('/administration/codecs?codec=-')
    await page.getByRole('textbox', { name: 'Source' }).fill('function decodeUplink() { while (true) {} }')
    await run(page, '01')
    await page.getByText('took too long').waitFor()
    const draft = { title: 'Hangs', source: 'function Decoder() { while (true) {} }', samples: [], force: false, reason: 'x' }
    await city.app.services.vendorCodecs.put('hangs', draft, 'admin')
    for (let i = 0; i < 3; i++) await city.app.services.vendorCodecs.decode('hangs', { fPort: 1, bytes: new Uint8Array(1), recvTime: 0 })
    await page.getByRole('link', { name: 'All codecs' }).click()
    const row = page.getByRole('row', { name: /hangs/ })
    await row.getByText(/suspended until/).waitFor()
    expect(await row.textContent()).toContain('took too long')
    city.app.services.vendorCodecs.remove('hangs', 'x', 'admin')
  })

  test('the editor has no barrier with an outcome and versions side by side', async () => {
    const samples = [{ name: 'full', fPort: 1, bytes: '64', expected: { data: { level: 100 } } }]
    const draft = { title: 'Level', source: LEVEL, samples, force: false, reason: 'x' }
    for (let version = 1; version <= 2; version++) await city.app.services.vendorCodecs.put('acme', draft, 'admin')
    const editor = await open('/administration/codecs?codec=acme')
    await run(editor, '64')
    await editor.locator('.outcome').waitFor()
    await editor.getByRole('button', { name: 'Compare' }).first().click()
    await editor.locator('.side-by-side').waitFor()
    expect(await findViolations(editor)).toEqual([])
  })
})
