import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { findViolations } from './chromium.ts'
import { chromium, useRealConsole } from './real-console.ts'

const eui = '70b3d5b020073208'
const path = '/administration/device-profiles'
const uplink = readFileSync(join(import.meta.dirname, '../fixtures/lorawan/chirpstack-v4-up.json'))

describe.skipIf(!chromium)('device profiles', () => {
  const city = useRealConsole({ facilities: [{ id: 'L-17', kind: 'street-light' }] })

  beforeAll(async () => {
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
    await expect.poll(() => page.getByLabel('Named values').inputValue()).toBe('ON = true\nOFF = false')
    expect(city.app.services.dialects.profile('site-lamp')).toMatchObject({ topics: { pattern: 'site/{site}/lamp/{id}', facility: 'id' } })
  })

  test('commands of a profile are made, each error is said where it is, and a device is shown what it would get', async () => {
    const page = await city.open(`${path}?profile=site-lamp`)
    const line = (number: number) => page.getByRole('group', { name: `Line ${number}` })
    await page.getByRole('button', { name: 'Add a command' }).click()
    await line(1).getByLabel('Command').selectOption({ label: 'Dim' })
    await line(1).getByLabel('Topic').fill('site/{place}/lamp/{id}/set')
    await line(1).getByLabel('Scale').fill('x')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('2 fields of the commands are wrong.').waitFor()
    const topic = line(1).getByRole('textbox', { name: 'Topic' })
    expect(await topic.getAttribute('aria-invalid')).toBe('true')
    const reason = page.locator(`[id="${await topic.getAttribute('aria-describedby')}"]`)
    expect(await reason.textContent()).toBe('the topic names place, no capture of the pattern')
    await line(1).getByText('it is no number').waitFor()
    expect(await page.evaluate(() => document.activeElement?.getAttribute('name'))).toBe('scale')
    await page.getByText('First mend what is marked above.').waitFor()
    expect(await findViolations(page)).toEqual([])

    await line(1).getByLabel('Scale').fill('2.55')
    await line(1).getByLabel('Effect seen within (s)').fill('300')
    await topic.fill('site/{site}/lamp/{id}/set')
    await line(1).getByLabel('Payload').fill('{"level": {value}}')
    await page.getByLabel('Facility (id)').fill('L-17')
    await page.getByText('It would not be sent now: it has not been heard since the service was started').waitFor()
    await city.mqtt.publishAsync('site/north/lamp/L-17', '{"state":"ON"}', { qos: 1 })
    await page.getByLabel('Level (10–100 %)').fill('40')
    await page.getByText('“Dim 40 %” would go out like this:').waitFor()
    const facts = await page.locator('dl.facts').innerText()
    expect(facts.replaceAll('\n', ' ')).toContain('Topic site/north/lamp/L-17/set Payload {"level": 102} Payload in hex 7b 22')
    expect(await findViolations(page)).toEqual([])

    await page.getByRole('button', { name: 'Add a command' }).click()
    await line(2).getByLabel('Command').selectOption({ label: 'Dim' })
    await line(2).getByLabel('Only for the value').fill('100')
    await line(2).getByRole('textbox', { name: 'Topic' }).fill('site/{site}/lamp/{id}/full')
    await page.getByText('a line above takes it already').waitFor()
    await page.getByRole('button', { name: 'Move up Line 2' }).click()
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('link', { name: 'Lamp of the site' }).waitFor()
    expect(city.app.services.dialects.profile('site-lamp').commands).toEqual([
      { command: 'dim', when: 100, message: { topic: 'site/{site}/lamp/{id}/full', payload: '' } },
      { command: 'dim', scale: 2.55, answerWithin: 300, message: { topic: 'site/{site}/lamp/{id}/set', payload: '{"level": {value}}' } },
    ])
  })

  test('a lamp on LoRaWAN shows port and bytes of its downlink, in Chinese too', async () => {
    const page = await city.open(`${path}?profile=lamp-controller`, { language: 'zh', theme: 'light' })
    const line = page.getByRole('group', { name: '第 1 行' })
    await page.getByRole('button', { name: '添加指令' }).click()
    await line.getByLabel('指令').selectOption({ label: '关灯' })
    await line.getByLabel('端口').fill('300')
    await line.getByLabel('字节（十六进制）').fill('01 0')
    await page.getByRole('button', { name: '保存' }).click()
    await page.getByText('指令中有 2 处填写有误。').waitFor()
    await line.getByText('端口应为 1 至 223').waitFor()
    await line.getByText('应为 1 至 242 个十六进制字节').waitFor()
    expect(await findViolations(page)).toEqual([])
    await line.getByLabel('端口').fill('10')
    await line.getByLabel('字节（十六进制）').fill('01 00')
    await page.getByLabel('设备（地址）').fill(eui)
    // What the device would get is known before it is heard, where to send it is not.
    await page.getByText('当前不会下发：').waitFor()
    await page.getByText('01 00', { exact: true }).waitFor()
    await city.mqtt.publishAsync(`application/1/device/${eui}/event/up`, uplink, { qos: 1 })
    await page.getByLabel('设备（地址）').fill(eui.toUpperCase())
    await page.getByText('“关灯”将这样下发：').waitFor()
    const facts = (await page.locator('dl.facts').innerText()).replaceAll('\n', ' ')
    expect(facts).toContain(`主题 application/1/device/${eui}/command/down 端口 10 发给设备的字节 01 00`)
    expect(facts).toContain('须在 15分钟内确认，否则失败')
    expect(await findViolations(page)).toEqual([])
  })

  test('a profile that is open has no barrier', async () => {
    const page = await city.open(`${path}?profile=site-lamp`)
    await page.locator('h1').waitFor()
    await page.getByRole('group', { name: 'Line 2' }).waitFor()
    expect(await findViolations(page)).toEqual([])
  })
})
