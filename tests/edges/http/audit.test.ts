import { afterAll, beforeAll, expect, test } from 'vitest'
import { linkHash } from '../../../src/storage/audit-chain.ts'
import { type City, startCity } from '../city.ts'

let city: City
beforeAll(async () => {
  city = await startCity()
  await city.signIn()
})
afterAll(() => city.stop())

const newest = () => city.state.auditTrail({ limit: 1 }).items[0]
const tank = { id: 't-1', kind: 'tank', name: 'T', district: '', road: '' }

test('what a service writes itself is written once', async () => {
  const before = newest()!.id
  expect((await city.ask('POST', '/api/facilities', { facilities: [tank] })).status).toBe(200)
  const records = city.state.auditTrail({ limit: 10 }).items.filter(({ id }) => id > before)
  expect(records.map(({ by, action }) => `${by} ${action}`)).toEqual([expect.stringMatching(/^admin (?!request)/)])
})

test('any other action of a person is written as the request; what was refused is none', async () => {
  const before = newest()!.id
  expect((await city.ask('POST', '/api/backtests', { nonsense: true })).status).toBe(400)
  expect((await city.ask('GET', '/api/facilities')).status).toBe(200)
  expect(newest()!.id).toBe(before)
  expect((await city.ask('GET', '/api/export?format=csv')).status).toBe(200)
  expect(newest()).toMatchObject({ id: before + 1, by: 'admin', action: 'request', subject: 'GET /api/export?format=csv' })
})

test('taking the list of devices out is an action', async () => {
  const before = newest()!.id
  expect((await city.ask('GET', '/api/export/devices')).status).toBe(200)
  expect(newest()).toMatchObject({ id: before + 1, action: 'request', subject: 'GET /api/export/devices' })
})

test('search, pages and their limits', async () => {
  const { body } = await city.ask('GET', '/api/audit?action=request&by=admin&words=FORMAT&limit=1')
  expect(body.items).toMatchObject([{ action: 'request', subject: 'GET /api/export?format=csv' }])
  expect((await city.ask('GET', '/api/audit?action=nothing')).body).toEqual({ items: [], next: null })
  expect((await city.ask('GET', '/api/audit?from=yesterday')).status).toBe(400)
})

test('an export can be followed by anybody who has it, and is an action itself', async () => {
  const { body } = await city.ask('GET', '/api/audit/export?format=jsonl')
  const records = (body as string)
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
    .reverse()
  let before = '0'.repeat(64)
  for (const record of records) {
    before = linkHash(before, record)
    expect(record.hash).toBe(before)
  }
  expect(newest()).toMatchObject({ action: 'export-audit', subject: 'jsonl' })
  const csv = (await city.ask('GET', '/api/audit/export?format=csv&action=export-audit')).body as string
  expect(csv.split('\r\n')[0]).toBe('id,at,time,by,action,subject,detail,hash')
  expect(csv.split('\r\n')[1]).toMatch(/^\d+,\d+,\d{4}-.*,admin,export-audit,jsonl,\{\},[0-9a-f]{64}$/)
})

test('the chain is verified, with a head that was noted', async () => {
  const first = await city.ask('POST', '/api/audit/verify', {})
  expect(first.body).toMatchObject({ found: 0, problems: [], head: { hash: expect.stringMatching(/^[0-9a-f]{64}$/) } })
  const { id, hash } = first.body.head
  expect((await city.ask('POST', '/api/audit/verify', { noted: `${id}:${hash}` })).body.found).toBe(0)
  const wrong = await city.ask('POST', '/api/audit/verify', { noted: `${id}:${'0'.repeat(64)}` })
  expect(wrong.body).toMatchObject({ found: 1, problems: [{ record: id }] })
  expect((await city.ask('POST', '/api/audit/verify', { noted: 'x' })).status).toBe(400)
})
