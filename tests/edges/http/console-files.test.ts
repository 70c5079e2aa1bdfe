import { writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { LamplighterError } from '../../../src/errors.ts'
import { type City, startCity } from '../city.ts'

let city: City
beforeAll(async () => {
  city = await startCity()
})
afterAll(() => city.stop())

const page = { accept: 'text/html,*/*' }

/** fetch would tidy the path up before it is sent. */
function askRaw(path: string): Promise<{ status: number; body: string }> {
  const { hostname, port } = new URL(city.url)
  return new Promise((resolve, reject) => {
    const asking = request({ hostname, port, path, headers: page }, async (response) => {
      let body = ''
      for await (const chunk of response) body += chunk
      resolve({ status: response.statusCode as number, body })
    })
    asking.on('error', reject).end()
  })
}

test('before the console is built, its page says what to do', async () => {
  const { status, body } = await city.ask('GET', '/', undefined, page)
  expect([status, body]).toEqual([503, expect.stringMatching(/npm run build/)])
})

test('its pages, also deep ones, are its index; files are files; what is missing is a problem', async () => {
  city.putConsoleFile('index.html', '<title>console</title>')
  city.putConsoleFile('assets/app-1a2b.js', 'run()')
  for (const path of ['/', '/facilities/T-0', '/wall?dark=1']) {
    const answer = await city.ask('GET', path, undefined, page)
    expect([path, answer.status, answer.body]).toEqual([path, 200, '<title>console</title>'])
    expect(answer.headers.get('cache-control')).toBe('no-cache')
    expect(answer.headers.get('content-security-policy')).toMatch(/default-src 'self'.*frame-ancestors 'none'/)
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
  }
  const script = await city.ask('GET', '/assets/app-1a2b.js')
  expect([script.body, script.headers.get('cache-control')]).toEqual(['run()', expect.stringMatching(/immutable/)])
  expect((await city.ask('GET', '/assets/gone.js')).body).toMatchObject({ code: 'not-found' })
  expect((await city.ask('GET', '/api/none', undefined, page)).body).toMatchObject({ code: 'not-found' })
  expect((await city.ask('POST', '/', '{}', page)).status).toBe(404)
})

test('a page that is built apart has its own index, below its address and nowhere else', async () => {
  city.putConsoleFile('index.html', 'console')
  city.putConsoleFile('crew/index.html', 'crew')
  for (const [path, body] of [
    ['/crew', 'crew'],
    ['/crew/', 'crew'],
    ['/crew/orders/7', 'crew'],
    ['/crews', 'console'],
    ['/orders/crew', 'console'],
  ] as const) {
    const answer = await city.ask('GET', path, undefined, page)
    expect([path, answer.status, answer.body]).toEqual([path, 200, body])
  }
  expect((await city.ask('GET', '/crew/', undefined, { accept: '*/*' })).body).toBe('crew')
  expect((await city.ask('GET', '/crew/gone.js', undefined, { accept: '*/*' })).status).toBe(404)
})

test('what the installation says of itself is filled into pages that are built apart, as text', async () => {
  const { stop, ask, putConsoleFile } = await startCity({ reportContact: { url: null, phone: '12 <b>345' } })
  putConsoleFile('report/index.html', '<p data-phone="{{REPORT_PHONE}}">{{TIME_ZONE}}{{unknown}}</p>')
  for (const path of ['/report', '/report/', '/report/index.html', '/report/SL-1'])
    expect([path, (await ask('GET', path, undefined, page)).body]).toEqual([path, '<p data-phone="12 &#60;b&#62;345">Asia/Shanghai</p>'])
  await stop()
})

test('no path leads out of its folder', async () => {
  writeFileSync(join(city.consoleFolder, '..', 'lamplighter-secret.txt'), 'secret')
  city.putConsoleFile('.hidden', 'secret')
  const paths = [
    '/../lamplighter-secret.txt',
    '/%2e%2e/lamplighter-secret.txt',
    '/..%2flamplighter-secret.txt',
    '/..%5clamplighter-secret.txt',
    '/assets/../../lamplighter-secret.txt',
    '/assets/%2e%2e/%2e%2e/lamplighter-secret.txt',
    '//etc/passwd',
    '/%00/../../etc/passwd',
    '/....//....//etc/passwd',
    '/.hidden',
  ]
  for (const path of paths) {
    const { status, body } = await askRaw(path)
    expect(body, path).not.toMatch(/secret|root:/)
    expect([200, 400, 403, 404], path).toContain(status)
  }
})

test('a port in use is said so', async () => {
  const { port } = new URL(city.url)
  await expect(startCity({ port: Number(port) })).rejects.toThrow(
    expect.objectContaining({
      code: 'config-invalid',
      message: expect.stringMatching(`Port ${port} of 127.0.0.1 is in use`),
    }) as LamplighterError,
  )
})
