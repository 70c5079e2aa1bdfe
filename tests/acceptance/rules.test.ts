import { connectAsync, type MqttClient } from 'mqtt'
import { afterAll, expect, test } from 'vitest'
import type { RuleVersionPageView, RuleVersionView } from '../../src/edges/http/rule-schemas.ts'
import type { AlarmView } from '../../src/edges/http/schemas.ts'
import { pumpStation } from '../../src/facilities/pump-station/index.ts'
import type { AnalogPoint } from '../../src/telemetry/point.ts'
import { eventually, signIn, startServer, testFolder } from './server-process.ts'

const { folder, remove } = testFolder()
afterAll(remove)

const { rule, key, least, most } = plainHighLimit()
/** Far below the limit of the rule. */
const level = least + (most - least) / 100
const below = least + (most - least) / 200
const usual = rule.parameters.high as number

function plainHighLimit() {
  const rule = pumpStation.rules.find(
    ({ type, points, parameters: { high, low } }) => type === 'limit' && points.length === 1 && high !== undefined && low === undefined,
  )
  if (!rule) throw new Error('a pump station has no plain high limit')
  const index = rule.points[0] as number
  const [least, most] = (pumpStation.table.points[index] as AnalogPoint).plausible
  return { rule, key: pumpStation.table.keys[index] as string, least, most }
}

const report = (device: MqttClient, id: string) =>
  device.publishAsync(`facilities/pump-station/${id}/telemetry`, JSON.stringify({ at: Date.now(), values: { [key]: level } }), { qos: 1 })

test('an override of a group is in force again after a crash', { timeout: 60_000 }, async () => {
  const facilities = ['North', 'South'].map((district) => ({ id: `PS-${district}`, kind: 'pump-station', district }))
  const first = await startServer({ folder, facilities })
  const engineer = await signIn(first.url)
  await engineer.put('/api/groups/north', { rank: 1, query: 'district=North', reason: 'trial' })
  const changes = { parameters: { high: below }, onDelay: 0, priority: 'critical' }
  await engineer.put('/api/overrides', { scope: { kind: 'pump-station', group: 'north' }, rule: rule.key, changes, reason: 'trial' })
  await first.end('SIGKILL')

  const second = await startServer({ folder, facilities })
  const client = await signIn(second.url)
  const device = await connectAsync(`mqtt://127.0.0.1:${second.mqttPort}`)
  for (const { id } of facilities) {
    await report(device, id)
  }
  const ask = () => client.get<{ items: AlarmView[] }>(`/api/alarms?rule=${rule.key}`)
  const { items } = await eventually(ask, ({ items }) => items.length > 0)
  expect(items).toMatchObject([{ facility: 'PS-North', priority: 'critical', evidence: { parameters: { high: changes.parameters.high } } }])
  await device.endAsync()
  await second.end('SIGTERM')
})

test('new texts are those of the next alarm, and what a version said counts at once when it is put back', { timeout: 60_000 }, async () => {
  const { folder, remove } = testFolder()
  const facilities = ['PS-1', 'PS-2', 'PS-3'].map((id) => ({ id, kind: 'pump-station' }))
  const first = await startServer({ folder, facilities })
  const engineer = await signIn(first.url)
  const put = (changes: object) =>
    engineer.put('/api/overrides', { scope: { kind: 'pump-station' }, rule: rule.key, changes, reason: 'trial' })
  const device = await connectAsync(`mqtt://127.0.0.1:${first.mqttPort}`)
  const ask = async (client = engineer) => (await client.get<{ items: AlarmView[] }>(`/api/alarms?rule=${rule.key}`)).items.reverse()
  const shown = (alarms: AlarmView[]) =>
    alarms.map(({ facility, active, occurrenceCount, texts, evidence }) => [
      facility,
      active,
      occurrenceCount,
      texts?.title.en ?? null,
      evidence.ruleVersion,
    ])
  const version = String(rule.version)

  await put({ parameters: { high: below }, onDelay: 0, offDelay: 0 })
  await report(device, 'PS-1')
  await eventually(ask, ({ length }) => length === 1)
  const texts = { title: { zh: '新标题', en: 'New title' }, response: [{ zh: '先看现场', en: 'Go and look first' }] }
  await put({ parameters: { high: below }, onDelay: 0, offDelay: 0, texts })
  await report(device, 'PS-2')
  const both = await eventually(ask, ({ length }) => length === 2)
  expect(shown(both)).toEqual([
    ['PS-1', true, 1, null, `${version}+1`],
    ['PS-2', true, 1, 'New title', `${version}+2`],
  ])
  expect(both[1]?.texts).toEqual({
    title: texts.title,
    response: texts.response,
    ...(({ cause, consequence, timeToAct }) => ({ cause, consequence, timeToAct }))(rule),
  })

  await put({ parameters: { high: usual }, onDelay: 0, offDelay: 0, texts })
  expect((await ask()).map(({ active }) => active)).toEqual([false, false])
  const back = await engineer.post<RuleVersionView>('/api/rules/versions/1/revert', { reason: 'the old limit was right' })
  expect(back).toMatchObject({ id: 4, action: 'revert', revertsTo: 1, current: true })
  const again = [
    ['PS-1', true, 2, null, `${version}+4`],
    ['PS-2', true, 2, null, `${version}+4`],
  ]
  expect(shown(await ask())).toEqual(again)
  await put({ parameters: { high: below }, onDelay: 0, offDelay: 0, texts })
  await report(device, 'PS-3')
  await eventually(ask, ({ length }) => length === 3)
  await device.endAsync()
  await first.end('SIGKILL')

  const second = await startServer({ folder, facilities })
  const later = await signIn(second.url)
  expect(shown(await ask(later))).toEqual([...again, ['PS-3', true, 1, 'New title', `${version}+5`]])
  const { items } = await later.get<RuleVersionPageView>('/api/rules/versions')
  expect(items.map(({ id, action, current }) => [id, action, current])).toEqual([
    [5, 'put', true],
    [4, 'revert', false],
    [3, 'put', false],
    [2, 'put', true],
    [1, 'put', false],
  ])
  await second.end('SIGTERM')
  remove()
})
