import pino from 'pino'
import { afterEach, expect, test } from 'vitest'
import { type City, PASSWORD, startCity } from '../city.ts'

let city: City
let lines: string[] = []
afterEach(() => city.stop())

async function start(options: Parameters<typeof startCity>[0] = {}) {
  lines = []
  city = await startCity({ ...options, log: pino({ level: 'warn' }, { write: (line: string) => void lines.push(line) }) })
}
const from = (address: string, method: string, path: string, body?: unknown) =>
  city.ask(method, path, body, { cookie: '', 'x-forwarded-for': address })
const warnings = () => lines.filter((line) => line.includes('HTTP_PROXIES'))

test('behind a named proxy people are told apart: a stranger who guesses keeps nobody else out', async () => {
  await start({ trustedProxies: ['127.0.0.0/8'] })
  for (let i = 0; i < 16; i++) await from('203.0.113.66', 'POST', '/api/session', { name: `nobody ${i}`, password: 'wrong' })
  const admin = { name: 'admin', password: PASSWORD }
  expect((await from('203.0.113.66', 'POST', '/api/session', admin)).status).toBe(429)
  expect((await from('198.51.100.7', 'POST', '/api/session', admin)).status).toBe(200)
  expect(city.state.people.sessionsOf('admin').map(({ address }) => address)).toEqual(['198.51.100.7'])
  expect(warnings()).toEqual([])
})

test('nobody else is believed, which is said once', async () => {
  await start({ trustedProxies: ['10.0.0.7'] })
  const admin = { name: 'admin', password: PASSWORD }
  for (let i = 0; i < 3; i++) expect((await from('198.51.100.7', 'POST', '/api/session', admin)).status).toBe(200)
  expect(new Set(city.state.people.sessionsOf('admin').map(({ address }) => address))).toEqual(new Set(['127.0.0.1']))
  expect(warnings()).toHaveLength(1)
  expect(warnings()[0]).toContain('"address":"127.0.0.1"')
})

test('what a proxy on this machine brings is from elsewhere, whether it says whence or not', async () => {
  await start({ trustedProxies: ['127.0.0.1'] })
  expect((await city.ask('GET', '/metrics')).status).toBe(401)
  await city.stop()
  await start()
  expect((await city.ask('GET', '/metrics')).status).toBe(200)
  for (const header of ['x-real-ip', 'x-forwarded-proto', 'via', 'forwarded'])
    expect([header, (await city.ask('GET', '/metrics', undefined, { [header]: 'x' })).status]).toEqual([header, 401])
})

test('pages of an origin that is named may change things and follow the city', async () => {
  await start({ allowedOrigins: ['https://lamp.example'] })
  await city.signIn()
  const live = (origin: string) =>
    fetch(`${city.url}/socket.io/?EIO=4&transport=polling`, { headers: { cookie: city.cookie(), origin } }).then(({ status }) => status)
  const change = (origin: string) => city.ask('DELETE', '/api/own/sessions', undefined, { origin }).then(({ status }) => status)
  expect([await live('https://lamp.example'), await change('https://lamp.example')]).toEqual([200, 204])
  expect([await live('https://other.example'), await change('https://other.example')]).toEqual([403, 403])
})
