import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { minutes } from '../../../src/telemetry/duration.ts'
import { type City, startCity } from '../city.ts'

let city: City

beforeAll(async () => {
  city = await startCity()
  await city.signIn()
  const facilities = Array.from({ length: 12 }, (_, i) => ({
    id: `T-${i + 1}`,
    kind: 'tank',
    name: i === 0 ? '=cmd()' : `Tank ${i + 1}`,
    district: i % 2 === 0 ? 'East' : 'West',
    road: i < 6 ? 'Quay' : 'Hill',
    owner: i < 3 ? 'Water company' : '',
  }))
  expect((await city.ask('POST', '/api/facilities', { facilities })).status).toBe(200)
  await city.addPerson('wei', 'operator')
  await city.addPerson('lin', 'viewer')
  for (let i = 1; i <= 12; i++) {
    city.clock.ahead += 1000
    city.report(`T-${i}`, { level: 9 })
  }
  // Those of the last two are over; the first one protects lives as well.
  for (const id of ['T-11', 'T-12']) {
    const { id: alarm } = await alarmOf(id, 'high')
    await city.ask('POST', `/api/alarms/${alarm}/acknowledge`, {})
    city.clock.ahead += 1000
    city.report(id, { level: 4 })
  }
  city.report('T-1', { valve: true, level: 1.5 }, city.now() + 1000)
})
afterAll(() => city.stop())

async function alarmOf(facility: string, rule: string) {
  return (await city.ask('GET', `/api/alarms?facility=${facility}&rule=${rule}`)).body.items[0]
}
const facilitiesOf = async (query: string): Promise<string[]> =>
  (await city.ask('GET', `/api/alarms?${query}`)).body.items.map(({ facility, rule }: { facility: string; rule: string }) =>
    rule === 'high' ? facility : `${facility}!`,
  )

describe('the list of alarms', () => {
  test('is limited by what alarms, facilities and kinds have', async () => {
    expect(await facilitiesOf('live=false')).toEqual(['T-12', 'T-11'])
    expect(await facilitiesOf('live=true&priority=critical')).toEqual(['T-1!'])
    expect(await facilitiesOf('district=West&road=Quay')).toEqual(['T-6', 'T-4', 'T-2'])
    expect(await facilitiesOf('live=true&q=tank%203')).toEqual(['T-3'])
    expect(await facilitiesOf('live=false&q=%E6%B0%B4%E7%AE%B1')).toEqual(['T-12', 'T-11'])
    expect(await facilitiesOf(`query=${encodeURIComponent('owner="Water company" id!=T-1')}`)).toEqual(['T-3', 'T-2'])
    expect(await facilitiesOf('domain=gas')).toEqual([])
    expect(await facilitiesOf('kind=tank&rule=left-open')).toEqual(['T-1!'])
    expect((await city.ask('GET', '/api/alarms?query=colour=red')).body.code).toBe('invalid-request')
  })

  test.each([
    ['priority=critical,hihg', /^There is no priority hihg; there are critical, high, medium, low/],
    ['state=unacknowledgd', /^There is no state unacknowledgd; there are normal, unacknowledged/],
  ])('a misspelt filter (%s) is refused and does not let everything through', async (query, detail) => {
    for (const path of ['/api/alarms', '/api/alarms/export']) {
      const { status, body } = await city.ask('GET', `${path}?${query}`)
      expect([status, body.detail]).toEqual([400, expect.stringMatching(detail)])
    }
  })

  test('has a name as a file wherever its filter is cut', async () => {
    // The last character takes two code units, of which the longest name has room for one.
    const q = encodeURIComponent(`${'a'.repeat(92)}𤹹`)
    const { status, headers } = await city.ask('GET', `/api/alarms/export?q=${q}`)
    expect([status, headers.get('content-disposition')]).toEqual([200, expect.stringMatching(/filename\*=UTF-8''alarms-a{92}-\d{4}/)])
  })

  test('goes on page by page where the filter lets few through', async () => {
    const seen: string[] = []
    let before = ''
    for (;;) {
      const { items, next } = (await city.ask('GET', `/api/alarms?district=East&limit=2${before}`)).body
      seen.push(...items.map(({ facility }: { facility: string }) => facility))
      if (next === null) break
      before = `&before=${next}`
    }
    expect(seen).toEqual(['T-1', 'T-11', 'T-9', 'T-7', 'T-5', 'T-3', 'T-1'])
  })

  test('says which facilities of a query have live alarms', async () => {
    const { items, total } = (await city.ask('GET', '/api/facilities?alarmed=true&query=road=Hill')).body
    expect([items.map(({ id }: { id: string }) => id), total]).toEqual([['T-7', 'T-8', 'T-9', 'T-10'], 4])
  })

  test('as a file: its columns in both languages, no formulas, its name tells filter and time, and it is audited', async () => {
    const response = await fetch(`${city.url}/api/alarms/export?facility=T-1&rule=high&live=true&language=zh&mark=true`, {
      headers: { cookie: city.cookie() },
    })
    const bytes = new Uint8Array(await response.arrayBuffer())
    expect([...bytes.slice(0, 3)]).toEqual([0xef, 0xbb, 0xbf])
    const [head, row, end] = new TextDecoder().decode(bytes).split('\r\n')
    expect(head).toMatch(/^编号,级别,状态,发生时间 \(Asia\/Shanghai\),/)
    expect(row).toMatch(/^\d+,高,已恢复未确认,\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,/)
    expect(row).toContain(",T-1,'=cmd(),水箱,East,Quay,")
    expect(end).toBe('')
    expect(response.headers.get('content-disposition')).toMatch(
      /^attachment; filename="alarms-live-T-1-high-\d{4}-\d\d-\d\d-\d{4}\.csv"; filename\*=/,
    )
    const [last] = (await city.ask('GET', '/api/audit?limit=1')).body.items
    expect(last).toMatchObject({ by: 'admin', action: 'request', subject: expect.stringContaining('/api/alarms/export?facility=T-1') })
    const all = (await city.ask('GET', '/api/alarms/export?live=false&language=en')).body as string
    expect(all.split('\r\n').map((line) => line.split(',')[7])).toEqual(['facility', 'T-12', 'T-11', undefined])
  })
})

describe('several alarms at once, each for itself', () => {
  const trail = async (action: string) =>
    (await city.ask('GET', `/api/audit?action=${action}`)).body.items.map(
      ({ subject, by }: { subject: string; by: string }) => `${by} ${subject}`,
    )

  test('what one does not allow does not keep it from the others, and each refusal says why', async () => {
    await city.signIn('wei')
    const [fine, lives, ended] = [await alarmOf('T-2', 'high'), await alarmOf('T-1', 'left-open'), await alarmOf('T-12', 'high')]
    const alarms = [fine, lives, ended, { id: 999, version: 1 }].map(({ id, version }) => ({ id, version }))
    const { status, body } = await city.ask('POST', '/api/alarms/shelve', { alarms, minutes: 60, reason: 'valve exchanged' })
    expect(status).toBe(200)
    expect(body.alarms).toMatchObject([{ id: fine.id, state: 'shelved', shelved: { by: 'wei', reason: 'valve exchanged' } }])
    expect(body.refused).toEqual([
      { id: lives.id, code: 'action-refused', detail: 'This alarm protects lives and cannot be shelved.' },
      { id: ended.id, code: 'action-refused', detail: expect.stringContaining('has ended') },
      { id: 999, code: 'not-found', detail: 'There is no alarm 999.' },
    ])
    const back = await city.ask('POST', '/api/alarms/unshelve', { alarms: [{ id: fine.id }] })
    expect(back.body.alarms).toMatchObject([{ state: 'unacknowledged' }])
    await city.signIn()
    expect(await trail('shelve')).toEqual([`wei alarm ${fine.id}`])
    expect(await trail('unshelve')).toEqual([`wei alarm ${fine.id}`])
  })

  test('longer than the policy allows is refused of those that it is too long for', async () => {
    const { id } = await alarmOf('T-3', 'high')
    const { body } = await city.ask('POST', '/api/alarms/shelve', { alarms: [{ id }], minutes: 1440, reason: 'r' })
    expect(body).toEqual({ alarms: [], refused: [{ id, code: 'action-refused', detail: expect.stringContaining('at most') }] })
  })

  test('one that has come back since it was seen is refused, the others are acknowledged', async () => {
    const [still, back] = [await alarmOf('T-4', 'high'), await alarmOf('T-5', 'high')]
    city.clock.ahead += 1000
    city.report('T-5', { level: 4 })
    city.clock.ahead += 1000
    city.report('T-5', { level: 9 })
    const alarms = [still, back].map(({ id, version }) => ({ id, version }))
    const all = await city.ask('POST', '/api/alarms/acknowledge', { alarms })
    expect([all.status, all.body.code]).toEqual([409, 'alarm-changed'])
    const { body } = await city.ask('POST', '/api/alarms/acknowledge', { alarms, each: true })
    expect(body.alarms).toMatchObject([{ id: still.id, state: 'acknowledged' }])
    expect(body.refused).toEqual([{ id: back.id, code: 'alarm-changed', detail: expect.stringContaining('came back') }])
  })

  test('sent again with its key an action is not done again, and its alarms are told as they are now', async () => {
    const { id } = await alarmOf('T-8', 'high')
    const shelve = { alarms: [{ id }, { id: 999 }], minutes: 10, reason: 'exchanged', key: 'a-key-of-another' }
    const first = (await city.ask('POST', '/api/alarms/shelve', shelve)).body
    await city.ask('POST', `/api/alarms/${id}/unshelve`, {})
    const again = (await city.ask('POST', '/api/alarms/shelve', shelve)).body
    expect([first, again].map(({ alarms }) => alarms[0].state)).toEqual(['shelved', 'unacknowledged'])
    expect(again.refused).toEqual(first.refused)
    expect((await alarmOf('T-8', 'high')).state).toBe('unacknowledged')
  })

  test('sent again with its key an action is answered as before and done once', async () => {
    const { id } = await alarmOf('T-6', 'high')
    const comment = { alarms: [{ id }], text: 'on the way', key: 'a-key-of-this-action' }
    const [first, again] = [await city.ask('POST', '/api/alarms/comment', comment), await city.ask('POST', '/api/alarms/comment', comment)]
    expect(again.body).toEqual(first.body)
    expect((await alarmOf('T-6', 'high')).commentCount).toBe(1)
    expect(await trail('comment')).toEqual([`admin alarm ${id}`])
    city.clock.ahead += minutes(10)
    await city.signIn()
    await city.ask('POST', '/api/alarms/comment', comment)
    expect((await alarmOf('T-6', 'high')).commentCount).toBe(2)
  })

  test('more than 500 are refused as a whole, and who may only look may do nothing', async () => {
    const { id } = await alarmOf('T-7', 'high')
    const many = Array.from({ length: 501 }, () => ({ id }))
    expect((await city.ask('POST', '/api/alarms/comment', { alarms: many, text: 'x' })).status).toBe(400)
    await city.signIn('lin')
    for (const [step, more] of [
      ['comment', { text: 'x' }],
      ['shelve', { minutes: 1, reason: 'x' }],
      ['unshelve', {}],
    ] as const)
      expect((await city.ask('POST', `/api/alarms/${step}`, { alarms: [{ id }], ...more })).status).toBe(403)
    await city.signIn()
  })
})

describe('views of the list', () => {
  const views = async () => (await city.ask('GET', '/api/views')).body
  const critical = { name: 'Critical', shared: false, search: 'priority=critical' }

  test('are kept for oneself, changed, opened first and removed', async () => {
    const { status, body } = await city.ask('POST', '/api/views', critical)
    expect([status, body]).toEqual([200, { ...critical, id: body.id, owner: 'admin', page: 'alarms', isOwn: true, at: expect.any(Number) }])
    expect((await city.ask('POST', '/api/views', critical)).body.code).toBe('action-refused')
    expect((await city.ask('PUT', '/api/views/first', { id: body.id })).status).toBe(204)
    const changed = await city.ask('PUT', `/api/views/${body.id}`, { ...critical, search: 'priority=critical,high' })
    expect(changed.body.search).toBe('priority=critical,high')
    expect(await views()).toMatchObject({ items: [{ name: 'Critical', search: 'priority=critical,high' }], first: body.id })
    await city.signIn('wei')
    expect(await views()).toEqual({ items: [], first: null })
    expect((await city.ask('PUT', '/api/views/first', { id: body.id })).status).toBe(404)
    expect((await city.ask('DELETE', `/api/views/${body.id}`)).status).toBe(404)
    await city.signIn()
    expect((await city.ask('DELETE', `/api/views/${body.id}`)).status).toBe(204)
    expect(await views()).toEqual({ items: [], first: null })
    const trail = (await city.ask('GET', '/api/audit?subject=view Critical')).body.items
    expect(trail.map(({ action }: { action: string }) => action)).toEqual(['remove-view', 'change-view', 'set-first-view', 'add-view'])
  })

  test('belong to a page: a name of one is free on another, and the list of alarms opens with none of theirs', async () => {
    const first = (await city.ask('POST', '/api/views', critical)).body
    const plots = { ...critical, page: 'plots', search: 'series=T-1:level' }
    const { status, body } = await city.ask('POST', '/api/views', plots)
    expect([status, body.page]).toEqual([200, 'plots'])
    const idsOf = async (path: string) => (await city.ask('GET', path)).body.items.map(({ id }: { id: number }) => id)
    expect([await idsOf('/api/views'), await idsOf('/api/views?page=plots')]).toEqual([[first.id], [body.id]])
    expect((await city.ask('PUT', '/api/views/first', { id: body.id })).status).toBe(400)
    expect((await city.ask('GET', '/api/views?page=map')).status).toBe(400)
    for (const { id } of [first, body]) expect((await city.ask('DELETE', `/api/views/${id}`)).status).toBe(204)
  })

  test('are shared by those who may, found by all, and changed by those who may share', async () => {
    await city.signIn('wei')
    const refusal = await city.ask('POST', '/api/views', { ...critical, shared: true })
    expect([refusal.status, refusal.body.code]).toEqual([403, 'not-allowed'])
    await city.signIn()
    const { id } = (await city.ask('POST', '/api/views', { ...critical, shared: true })).body
    await city.signIn('wei')
    expect((await views()).items).toMatchObject([{ id, owner: 'admin', isOwn: false, shared: true }])
    expect((await city.ask('PUT', '/api/views/first', { id })).status).toBe(204)
    expect((await city.ask('PUT', `/api/views/${id}`, critical)).status).toBe(403)
    await city.signIn()
    await city.ask('PUT', `/api/views/${id}`, critical)
    await city.signIn('wei')
    expect(await views()).toEqual({ items: [], first: null })
    await city.signIn()
    await city.ask('DELETE', `/api/views/${id}`)
  })

  test('stay shared when the account of their owner goes, and are not taken back to nobody', async () => {
    await city.addPerson('gone', 'dispatcher')
    await city.signIn('gone')
    const { id } = (await city.ask('POST', '/api/views', { ...critical, shared: true })).body
    await city.signIn()
    expect((await city.ask('DELETE', '/api/accounts/gone')).status).toBe(204)
    const { body } = await city.ask('PUT', `/api/views/${id}`, critical)
    expect(body).toMatchObject({ code: 'action-refused', detail: expect.stringContaining('no account any more') })
    expect((await views()).items).toMatchObject([{ id, owner: 'gone', shared: true }])
    expect((await city.ask('DELETE', `/api/views/${id}`)).status).toBe(204)
  })

  test('are at most 50 of a person', async () => {
    for (let i = 0; i < 50; i++) expect((await city.ask('POST', '/api/views', { ...critical, name: `${i}` })).status).toBe(200)
    const { body } = await city.ask('POST', '/api/views', critical)
    expect(body).toMatchObject({ code: 'action-refused', detail: expect.stringContaining('at most 50') })
    expect((await views()).items).toHaveLength(50)
  })
})
