import { afterAll, beforeAll, expect, test } from 'vitest'
import { type RouteAccess, routeAccess } from '../../../src/edges/http/route-access.ts'
import { type City, startCity } from '../city.ts'

let city: City
beforeAll(async () => {
  city = await startCity()
  await city.signIn()
})
afterAll(() => city.stop())

const routes = [
  'DELETE /api/accounts/{name}',
  'POST /api/accounts',
  'DELETE /api/accounts/{name}/keys/{id}',
  'DELETE /api/accounts/{name}/second-factor',
  'DELETE /api/accounts/{name}/sessions',
  'DELETE /api/accounts/{name}/sessions/{key}',
  'GET /api/accounts/{name}/keys',
  'GET /api/accounts/{name}/sessions',
  'POST /api/accounts/{name}/invitation',
  'PUT /api/accounts/{name}',
  'GET /api/own',
  'PUT /api/own/password',
  'POST /api/own/second-factor',
  'PUT /api/own/second-factor',
  'POST /api/own/second-factor/remove',
  'POST /api/own/recovery-codes',
  'DELETE /api/own/sessions',
  'DELETE /api/own/sessions/{key}',
  'POST /api/own/keys',
  'DELETE /api/own/keys/{id}',
  'POST /api/session/code',
  'POST /api/invitations/look',
  'POST /api/invitations/accept',
  'PUT /api/alarm-policy',
  'GET /api/map',
  'GET /api/report-contact',
  'GET /api/map/roads',
  'PUT /api/map/roads',
  'DELETE /api/map/roads',
  'GET /api/map/tiles',
  'POST /api/session',
  'GET /api/session',
  'DELETE /api/session',
  'GET /api/kinds',
  'GET /api/snapshot',
  'GET /api/plant',
  'GET /api/facilities',
  'POST /api/facilities',
  'GET /api/facilities/{id}',
  'DELETE /api/facilities/{id}',
  'PUT /api/facilities/{id}/mode',
  'PUT /api/facilities/mode',
  'GET /api/facilities/{id}/circuits',
  'GET /api/facilities/{id}/children',
  'GET /api/facilities/{id}/heartbeats',
  'GET /api/facilities/{id}/versions',
  'GET /api/facilities/{id}/rules',
  'GET /api/devices',
  'GET /api/devices/{id}',
  'PUT /api/devices/{id}',
  'DELETE /api/devices/{id}',
  'POST /api/devices/{id}/credentials',
  'POST /api/devices/{id}/credentials/{credential}/rotate',
  'DELETE /api/devices/{id}/credentials/{credential}',
  'POST /api/devices/import',
  'POST /api/devices/missing',
  'GET /api/export/devices',
  'GET /api/claim-codes',
  'POST /api/claim-codes',
  'DELETE /api/claim-codes/{id}',
  'POST /api/claims',
  'GET /api/vendor-codecs',
  'GET /api/vendor-codecs/{id}',
  'PUT /api/vendor-codecs/{id}',
  'DELETE /api/vendor-codecs/{id}',
  'GET /api/vendor-codecs/{id}/versions',
  'GET /api/vendor-codecs/{id}/versions/{version}',
  'POST /api/vendor-codecs/try',
  'GET /api/groups',
  'GET /api/groups/{name}',
  'PUT /api/groups/{name}',
  'DELETE /api/groups/{name}',
  'GET /api/overrides',
  'PUT /api/overrides',
  'DELETE /api/overrides/{id}',
  'GET /api/facilities/{id}/readings',
  'GET /api/readings',
  'GET /api/plot-context',
  'GET /api/completeness',
  'GET /api/completeness/kinds',
  'GET /api/daily-totals',
  'POST /api/imports',
  'GET /api/imports',
  'GET /api/imports/{id}',
  'DELETE /api/imports/{id}',
  'GET /api/imports/{id}/problems',
  'GET /api/imports/{id}/changes',
  'POST /api/imports/{id}/commit',
  'GET /api/export',
  'POST /api/telemetry/exports',
  'GET /api/telemetry/exports',
  'GET /api/telemetry/exports/{id}',
  'GET /api/telemetry/exports/{id}/file',
  'DELETE /api/telemetry/exports/{id}',
  'GET /api/telemetry/export',
  'POST /api/telemetry/imports',
  'GET /api/telemetry/imports',
  'GET /api/telemetry/imports/{id}',
  'POST /api/telemetry/imports/{id}/commit',
  'DELETE /api/telemetry/imports/{id}',
  'GET /api/certificate',
  'GET /api/duty',
  'GET /api/duty/plan',
  'GET /api/roster',
  'PUT /api/roster/crews/{id}',
  'DELETE /api/roster/crews/{id}',
  'PUT /api/roster/people/{account}',
  'DELETE /api/roster/people/{account}',
  'PUT /api/roster/rotations/{id}',
  'DELETE /api/roster/rotations/{id}',
  'POST /api/roster/exceptions',
  'DELETE /api/roster/exceptions/{id}',
  'GET /api/duty-reports',
  'GET /api/duty-reports/{id}',
  'GET /api/duty-reports/{id}/csv',
  'POST /api/duty-reports',
  'POST /api/duty-reports/{id}/again',
  'POST /api/duty-reports/{id}/sign',
  'GET /api/duty-report-settings',
  'PUT /api/duty-report-settings',
  'GET /api/handovers',
  'GET /api/handovers/draft',
  'GET /api/handovers/{id}',
  'POST /api/handovers',
  'POST /api/handovers/{id}/takeover',
  'GET /api/dispatch-policy',
  'PUT /api/dispatch-policy',
  'POST /api/dispatch-policy/preview',
  'POST /api/dispatch-policy/holidays',
  'GET /api/orders',
  'GET /api/orders/export',
  'GET /api/order-queue',
  'GET /api/order-figures',
  'GET /api/orders/{id}',
  'GET /api/orders/{id}/photos/{photo}',
  'POST /api/orders',
  'POST /api/orders/{id}/dispatch',
  'POST /api/orders/{id}/recall',
  'POST /api/orders/{id}/reclassify',
  'POST /api/orders/{id}/merge',
  'POST /api/orders/{id}/split',
  'POST /api/orders/{id}/reject',
  'POST /api/orders/{id}/verify',
  'POST /api/orders/{id}/close',
  'POST /api/orders/{id}/reopen',
  'POST /api/orders/{id}/note',
  'GET /api/public/places',
  'GET /api/public/places/{code}',
  'POST /api/public/reports',
  'GET /api/public/reports/{number}',
  'GET /api/reports',
  'GET /api/reports/{id}',
  'POST /api/reports',
  'POST /api/reports/{id}/close',
  'POST /api/reports/{id}/order',
  'GET /api/crew/orders',
  'POST /api/crew/actions',
  'PUT /api/crew/orders/{id}/photos/{photo}',
  'GET /api/device-profiles',
  'GET /api/device-profiles/{id}',
  'PUT /api/device-profiles/{id}',
  'DELETE /api/device-profiles/{id}',
  'POST /api/device-profiles/try',
  'GET /api/device-bindings',
  'GET /api/device-bindings/unbound',
  'GET /api/device-bindings/export',
  'PUT /api/device-bindings',
  'DELETE /api/device-bindings',
  'POST /api/device-bindings/import',
  'POST /api/backtests',
  'GET /api/backtests',
  'GET /api/backtests/{id}',
  'GET /api/backtests/{id}/changes',
  'DELETE /api/backtests/{id}',
  'GET /api/health',
  'GET /api/storage',
  'GET /api/storage/contents',
  'GET /api/storage/set-aside',
  'GET /api/storage/set-aside/{id}',
  'DELETE /api/storage/set-aside/{id}',
  'POST /api/storage/set-aside/{id}/retry',
  'POST /api/storage/set-aside/retry',
  'GET /api/rules/export',
  'GET /api/rules/versions',
  'POST /api/rules/versions/{id}/revert',
  'GET /api/lamp-on-rate',
  'POST /api/lamp-on-rate/selection',
  'GET /api/latest',
  'GET /api/accounts',
  'POST /api/sound-silences',
  'GET /api/alarm-policy',
  'GET /api/alarm-record',
  'GET /api/alarms',
  'GET /api/alarms/export',
  'POST /api/alarms/comment',
  'POST /api/alarms/shelve',
  'POST /api/alarms/unshelve',
  'GET /api/views',
  'POST /api/views',
  'PUT /api/views/first',
  'PUT /api/views/{id}',
  'DELETE /api/views/{id}',
  'GET /api/alarms/{id}',
  'GET /api/alarms/{id}/affected',
  'GET /api/alarms/{id}/record',
  'GET /api/alarms/{id}/samples',
  'POST /api/alarms/acknowledge',
  'POST /api/alarms/{id}/acknowledge',
  'POST /api/alarms/{id}/comment',
  'POST /api/alarms/{id}/shelve',
  'POST /api/alarms/{id}/unshelve',
  'POST /api/alarms/{id}/reset',
  'GET /api/alarm-kpi',
  'GET /api/floods',
  'GET /api/floods/{id}',
  'GET /api/floods/{id}/alarms',
  'GET /api/floods/{id}/review',
  'POST /api/floods/{id}/review',
  'DELETE /api/floods/{id}/review',
  'GET /api/incidents',
  'GET /api/rejections',
  'GET /api/commands',
  'GET /api/commands/{id}',
  'POST /api/commands',
  'POST /api/commands/{id}/cancel',
  'POST /api/crew/orders/{id}/tests',
  'GET /api/channels',
  'PUT /api/channels/{id}',
  'DELETE /api/channels/{id}',
  'POST /api/channels/{id}/test',
  'GET /api/deliveries',
  'POST /api/deliveries/{id}/send-again',
  'GET /api/alert-sources',
  'PUT /api/alert-sources/{id}',
  'DELETE /api/alert-sources/{id}',
  'POST /api/alert-sources/{id}/token',
  'DELETE /api/alert-sources/{id}/token',
  'POST /api/alertmanager/{source}',
  'GET /api/push-key',
  'PUT /api/own/push-subscription',
  'DELETE /api/own/push-subscription',
  'GET /api/broker-connections',
  'PUT /api/broker-connections/{id}',
  'DELETE /api/broker-connections/{id}',
  'POST /api/broker-connections/{id}/try',
  'GET /api/traffic',
  'GET /api/traffic/tap',
  'GET /api/devices/{id}/diagnosis',
  'GET /api/audit',
  'GET /api/audit/export',
  'POST /api/audit/verify',
  'GET /api/openapi.json',
  'GET /api/asyncapi.json',
  'GET /healthz',
  'GET /readyz',
  'GET /metrics',
]

interface Operation {
  summary?: string
  description?: string
  'x-permission'?: string
  'x-scope'?: string
  tags?: string[]
  parameters?: { name: string; in: string; schema: object }[]
  requestBody?: { content: Record<string, { schema: object }> }
  responses: Record<string, { description: string; content?: Record<string, { schema: object }> }>
}

test('the document is OpenAPI 3.1 and names every route with a summary, its answer and its errors', async () => {
  const { status, body } = await city.ask('GET', '/api/openapi.json')
  expect([status, body.openapi]).toEqual([200, '3.1.0'])
  const operations = new Map<string, Operation>()
  for (const [path, item] of Object.entries(body.paths as Record<string, Record<string, Operation>>)) {
    for (const [method, operation] of Object.entries(item)) {
      if (method !== 'head') operations.set(`${method.toUpperCase()} ${path}`, operation)
    }
  }
  expect([...operations.keys()].sort()).toEqual([...routes].sort())
  for (const [route, operation] of operations) {
    expect(operation.summary, route).toMatch(/^[A-Z].{5}/)
    expect(operation.tags, route).toHaveLength(1)
    const { needs, scope } = routeAccess[route.replaceAll(/\{(\w+)\}/g, ':$1')] as RouteAccess
    expect([operation['x-permission'], operation['x-scope']], route).toEqual([needs, scope])
    expect(operation.description, route).toMatch(
      { nothing: 'Open to all', session: 'signed in', token: 'token of its own' }[needs as string] ?? `Needs \`${needs}\``,
    )
    expect(Object.keys(operation.responses), route).toContain('default')
    for (const [code, response] of Object.entries(operation.responses)) {
      expect(response.description, `${route} ${code}`).toEqual(expect.any(String))
      if (code === 'default') expect(Object.keys(response.content ?? {}), route).toEqual(['application/problem+json'])
    }
    const inPath = [...route.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
    expect(
      (operation.parameters ?? []).filter((p) => p.in === 'path').map((p) => p.name),
      route,
    ).toEqual(inPath)
  }
  expect(operations.get('POST /api/session')?.requestBody?.content['application/json']?.schema).toMatchObject({
    required: ['name', 'password'],
  })
})

test('the page that shows it loads only from here', async () => {
  const page = await city.ask('GET', '/api/docs/')
  expect([page.status, page.headers.get('content-type')]).toEqual([200, expect.stringMatching('text/html')])
  const policy = page.headers.get('content-security-policy') as string
  expect(policy).toMatch(/default-src 'self'/)
  expect(policy).not.toMatch(/script-src|unsafe-eval|upgrade-insecure-requests/)
  expect(page.body).not.toMatch(/(src|href)="https?:/)
  expect(page.body).not.toMatch(/<script>[^<]/)
})
