import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { findViolations } from './chromium.ts'
import { chromium, useRealConsole } from './real-console.ts'

const eui = '70b3d5b020073208'
const path = '/administration/device-profiles'

describe.skipIf(!chromium)('device profiles', () => {
  const city = useRealConsole({ facilities: [{ id: 'L-17', kind: 'street-light' }] })

  beforeAll(async () => {
    const uplink = readFileSync(join(import.meta.dirname, '../fixtures/lorawan/chirpstack-v4-up.json'))
    await city.mqtt.publishAsync(`application/1/device/${eui}/event/up`, uplink, { qos: 1 })
  })

  test('a device that was heard becomes a profile by its own message, and is bound', async () => {
    const page = await city.open(path)
    await page.getByRole('button', { name: `New profile by its message… ${eui}` }).click()
    await page.getByText('port 23, frame 4711').waitFor()
    await page.getByRole('button', { name: 'Map /lamp/current_mA' }).click()
    await page.getByLabel('Kind of facility').selectOption({ label: 'Street light' })
    await page.getByRole('combobox', { name: 'Point', exact: true }).selectOption({ label: 'Current (A)' })
    await page.getByLabel('Unit of the device').selectOption('mA')
    await page.getByRole('row', { name: '/lamp/current_mA 262 current 0.262' }).waitFor()
    await page.getByLabel('Id', { exact: true }).fill('lamp-controller')
    await page.getByLabel('Name', { exact: true }).fill('Lamp controller')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('link', { name: 'Lamp controller' }).waitFor()
    expect(city.app.services.dialects.profile('lamp-controller')).toMatchObject({
      ...{ dialect: 'lorawan', kind: 'street-light', codec: null },
      fields: [{ field: '/lamp/current_mA', point: 'current', unit: 'mA' }],
    })

    await page.getByRole('button', { name: `Bind… ${eui}` }).click()
    await page.getByLabel('Id of the facility').fill('L-17')
    await page.getByRole('dialog').getByRole('button', { name: 'Bind' }).click()
    await page.getByText('All devices that spoke are bound.').waitFor()
    await page.getByRole('link', { name: 'L-17' }).waitFor()
  })

  test('a profile of plain topics is made and tried, and a wrong unit is told at once', async () => {
    const page = await city.open(`${path}?new=1`)
    await page.getByLabel('Dialect').selectOption('mapped')
    await page.getByLabel('Kind of facility').selectOption({ label: 'Street light' })
    await page.getByLabel('Topic pattern').fill('site/{site}/lamp/{id}')
    await page.getByRole('combobox', { name: 'Facility', exact: true }).selectOption('{id}')
    await page.getByRole('button', { name: 'Add a field' }).click()
    await page.getByLabel('Field', { exact: true }).fill('/state')
    await page.getByRole('combobox', { name: 'Point', exact: true }).selectOption({ label: 'Relay' })
    await page.getByLabel('Named values').fill('ON = yes')
    await page.getByLabel('Topic', { exact: true }).fill('site/north/lamp/L-17')
    await page.getByRole('textbox', { name: 'Payload', exact: true }).fill('{"state":"ON","x":1}')
    await page.getByText('"yes" is no value of the point').waitFor()
    await page.getByLabel('Named values').fill('ON = true\nOFF = false')
    await page.getByRole('row', { name: '/state "ON" relay true' }).waitFor()
    await page.getByLabel('Id', { exact: true }).fill('site-lamp')
    await page.getByLabel('Name', { exact: true }).fill('Lamp of the site')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('link', { name: 'Lamp of the site' }).click()
    expect(await page.getByLabel('Named values').inputValue()).toBe('ON = true\nOFF = false')
    expect(city.app.services.dialects.profile('site-lamp')).toMatchObject({ topics: { pattern: 'site/{site}/lamp/{id}', facility: 'id' } })
  })

  test('a profile that is open has no barrier', async () => {
    const page = await city.open(`${path}?profile=site-lamp`)
    await page.locator('h1').waitFor()
    expect(await findViolations(page)).toEqual([])
  })
})
