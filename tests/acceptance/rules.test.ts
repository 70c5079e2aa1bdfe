import { connectAsync } from 'mqtt'
import { afterAll, expect, test } from 'vitest'
import type { AlarmView } from '../../src/edges/http/schemas.ts'
import { pumpStation } from '../../src/facilities/pump-station/index.ts'
import type { AnalogPoint } from '../../src/telemetry/point.ts'
import { eventually, signIn, startServer, testFolder } from './server-process.ts'

const { folder, remove } = testFolder()
afterAll(remove)

test('an override of a group is in force again after a crash', { timeout: 60_000 }, async () => {
  const rule = pumpStation.rules.find(
    ({ type, points, parameters: { high, low } }) => type === 'limit' && points.length === 1 && high !== undefined && low === undefined,
  )
  if (!rule) throw new Error('a pump station has no plain high limit')
  const point = pumpStation.table.points[rule.points[0] as number] as AnalogPoint
  const [least, most] = point.plausible
  const level = least + (most - least) / 100
  expect(level).toBeLessThan(rule.parameters.high as number)

  const facilities = ['North', 'South'].map((district) => ({ id: `PS-${district}`, kind: 'pump-station', district }))
  const first = await startServer({ folder, facilities })
  const engineer = await signIn(first.url)
  await engineer.put('/api/groups/north', { rank: 1, query: 'district=North', reason: 'trial' })
  const changes = { parameters: { high: least + (most - least) / 200 }, onDelay: 0, priority: 'critical' }
  await engineer.put('/api/overrides', { scope: { kind: 'pump-station', group: 'north' }, rule: rule.key, changes, reason: 'trial' })
  await first.end('SIGKILL')

  const second = await startServer({ folder, facilities })
  const client = await signIn(second.url)
  const device = await connectAsync(`mqtt://127.0.0.1:${second.mqttPort}`)
  for (const { id } of facilities) {
    const body = JSON.stringify({ at: Date.now(), values: { [pumpStation.table.keys[rule.points[0] as number] as string]: level } })
    await device.publishAsync(`facilities/pump-station/${id}/telemetry`, body, { qos: 1 })
  }
  const ask = () => client.get<{ items: AlarmView[] }>(`/api/alarms?rule=${rule.key}`)
  const { items } = await eventually(ask, ({ items }) => items.length > 0)
  expect(items).toMatchObject([{ facility: 'PS-North', priority: 'critical', evidence: { parameters: { high: changes.parameters.high } } }])
  await device.endAsync()
  await second.end('SIGTERM')
})
