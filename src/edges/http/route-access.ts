import type { Permission } from '../../access/permissions.ts'

/** How the scope of the person who asks bears on a route. */
export type ScopeUse =
  /** Nothing of any facility is in it. */
  | 'none'
  /** The answer, and what may be changed, is limited to the facilities in scope. */
  | 'limited'
  /** It concerns the whole city, so that only a person without limits may ask. */
  | 'whole'

export interface RouteAccess {
  /** `nothing`: open to all; `session`: to everybody who is signed in. */
  needs: 'nothing' | 'session' | Permission
  scope: ScopeUse
  /** It takes data out of the city as a file, so that it is audited although it changes nothing. */
  takesOut?: true
}

const open: RouteAccess = { needs: 'nothing', scope: 'none' }
const signedIn: RouteAccess = { needs: 'session', scope: 'none' }
const free = (needs: Permission): RouteAccess => ({ needs, scope: 'none' })
const limited = (needs: Permission): RouteAccess => ({ needs, scope: 'limited' })
const whole = (needs: Permission): RouteAccess => ({ needs, scope: 'whole' })
const takesOut = (access: RouteAccess): RouteAccess => ({ ...access, takesOut: true })

/** Every route, by method and path, with what it asks of whom: a route that does not stand here stops the start. */
export const routeAccess: Readonly<Record<string, RouteAccess>> = {
  'GET /healthz': open,
  'GET /readyz': open,
  'GET /metrics': open,
  'GET /api/openapi.json': signedIn,
  'GET /api/asyncapi.json': signedIn,

  'POST /api/session': open,
  'GET /api/session': signedIn,
  'DELETE /api/session': open,
  'POST /api/session/code': open,
  'POST /api/invitations/look': open,
  'POST /api/invitations/accept': open,

  'GET /api/accounts': whole('account.manage'),
  'POST /api/accounts': whole('account.manage'),
  'PUT /api/accounts/:name': whole('account.manage'),
  'DELETE /api/accounts/:name': whole('account.manage'),
  'POST /api/accounts/:name/invitation': whole('account.manage'),
  'DELETE /api/accounts/:name/second-factor': whole('account.manage'),
  'GET /api/accounts/:name/sessions': whole('account.manage'),
  'DELETE /api/accounts/:name/sessions': whole('account.manage'),
  'DELETE /api/accounts/:name/sessions/:key': whole('account.manage'),
  'GET /api/accounts/:name/keys': whole('account.manage'),
  'DELETE /api/accounts/:name/keys/:id': whole('account.manage'),

  'GET /api/own': free('own.change'),
  'PUT /api/own/password': free('own.change'),
  'POST /api/own/second-factor': free('own.change'),
  'PUT /api/own/second-factor': free('own.change'),
  'POST /api/own/second-factor/remove': free('own.change'),
  'POST /api/own/recovery-codes': free('own.change'),
  'DELETE /api/own/sessions': free('own.change'),
  'DELETE /api/own/sessions/:key': free('own.change'),
  'POST /api/own/keys': free('own.change'),
  'DELETE /api/own/keys/:id': free('own.change'),

  'GET /api/kinds': free('city.read'),
  'GET /api/snapshot': limited('city.read'),
  'GET /api/latest': limited('city.read'),
  'GET /api/facilities': limited('city.read'),
  'POST /api/facilities': limited('facility.edit'),
  'GET /api/facilities/:id': limited('city.read'),
  'DELETE /api/facilities/:id': limited('facility.edit'),
  'PUT /api/facilities/:id/mode': limited('facility.mode'),
  'GET /api/facilities/:id/children': limited('city.read'),
  'GET /api/facilities/:id/versions': limited('city.read'),
  'GET /api/facilities/:id/rules': limited('city.read'),
  'GET /api/facilities/:id/readings': limited('city.read'),
  'GET /api/readings': limited('city.read'),
  'GET /api/plot-context': limited('city.read'),
  'GET /api/completeness': limited('city.read'),
  'GET /api/completeness/kinds': whole('city.read'),
  'GET /api/daily-totals': limited('city.read'),

  'POST /api/imports': whole('facility.edit'),
  'GET /api/imports': whole('facility.edit'),
  'GET /api/imports/:id': whole('facility.edit'),
  'DELETE /api/imports/:id': whole('facility.edit'),
  'GET /api/imports/:id/problems': whole('facility.edit'),
  'GET /api/imports/:id/changes': whole('facility.edit'),
  'POST /api/imports/:id/commit': whole('facility.edit'),
  'GET /api/export': takesOut(limited('city.read')),

  'POST /api/telemetry/exports': limited('telemetry.export'),
  'GET /api/telemetry/exports': limited('telemetry.export'),
  'GET /api/telemetry/exports/:id': limited('telemetry.export'),
  'GET /api/telemetry/exports/:id/file': takesOut(limited('telemetry.export')),
  'DELETE /api/telemetry/exports/:id': limited('telemetry.export'),
  'GET /api/telemetry/export': takesOut(limited('telemetry.export')),
  'POST /api/telemetry/imports': whole('telemetry.import'),
  'GET /api/telemetry/imports': whole('telemetry.import'),
  'GET /api/telemetry/imports/:id': whole('telemetry.import'),
  'POST /api/telemetry/imports/:id/commit': whole('telemetry.import'),
  'DELETE /api/telemetry/imports/:id': whole('telemetry.import'),

  'GET /api/groups': free('city.read'),
  'GET /api/groups/:name': limited('city.read'),
  'PUT /api/groups/:name': whole('rule.edit'),
  'DELETE /api/groups/:name': whole('rule.edit'),
  'GET /api/overrides': limited('city.read'),
  'PUT /api/overrides': limited('rule.edit'),
  'DELETE /api/overrides/:id': limited('rule.edit'),
  'GET /api/rules/export': takesOut(whole('city.read')),
  'GET /api/rules/versions': limited('city.read'),
  'POST /api/rules/versions/:id/revert': limited('rule.edit'),
  'POST /api/backtests': whole('backtest.run'),
  'GET /api/backtests': whole('backtest.run'),
  'GET /api/backtests/:id': whole('backtest.run'),
  'GET /api/backtests/:id/changes': whole('backtest.run'),
  'DELETE /api/backtests/:id': whole('backtest.run'),

  'GET /api/vendor-codecs': free('device.read'),
  'GET /api/vendor-codecs/:id': free('device.read'),
  'PUT /api/vendor-codecs/:id': whole('device.manage'),
  'DELETE /api/vendor-codecs/:id': whole('device.manage'),
  'GET /api/vendor-codecs/:id/versions': free('device.read'),
  'GET /api/vendor-codecs/:id/versions/:version': free('device.read'),
  'POST /api/vendor-codecs/try': free('device.manage'),
  'GET /api/certificate': free('service.read'),

  'GET /api/storage': whole('storage.read'),
  'GET /api/storage/contents': whole('storage.read'),
  'GET /api/storage/set-aside': whole('storage.read'),
  'GET /api/storage/set-aside/:id': whole('storage.read'),
  'DELETE /api/storage/set-aside/:id': whole('storage.manage'),
  'POST /api/storage/set-aside/:id/retry': whole('storage.manage'),
  'POST /api/storage/set-aside/retry': whole('storage.manage'),

  'GET /api/alarm-policy': free('city.read'),
  'PUT /api/alarm-policy': whole('alarm.policy'),
  'GET /api/alarm-record': limited('city.read'),
  'GET /api/alarms': limited('city.read'),
  'GET /api/alarms/:id': limited('city.read'),
  'GET /api/alarms/:id/affected': limited('city.read'),
  'GET /api/alarms/:id/record': limited('city.read'),
  'GET /api/alarms/:id/samples': limited('city.read'),
  'POST /api/alarms/acknowledge': limited('alarm.answer'),
  'POST /api/alarms/:id/acknowledge': limited('alarm.answer'),
  'POST /api/alarms/:id/comment': limited('alarm.answer'),
  'POST /api/alarms/:id/shelve': limited('alarm.shelve'),
  'POST /api/alarms/:id/unshelve': limited('alarm.shelve'),
  'POST /api/alarms/:id/reset': limited('alarm.answer'),
  'GET /api/alarm-kpi': whole('city.read'),
  'GET /api/floods': whole('city.read'),
  'GET /api/floods/:id': whole('city.read'),
  'GET /api/floods/:id/alarms': limited('city.read'),
  'GET /api/floods/:id/review': whole('city.read'),
  'POST /api/floods/:id/review': whole('backtest.run'),
  'DELETE /api/floods/:id/review': whole('backtest.run'),
  'GET /api/incidents': limited('city.read'),
  'GET /api/device-profiles': whole('device.read'),
  'GET /api/device-profiles/:id': whole('device.read'),
  'PUT /api/device-profiles/:id': whole('device.manage'),
  'DELETE /api/device-profiles/:id': whole('device.manage'),
  'POST /api/device-profiles/try': whole('device.manage'),
  'GET /api/device-bindings': whole('device.read'),
  'GET /api/device-bindings/unbound': whole('device.read'),
  'GET /api/device-bindings/export': takesOut(whole('device.read')),
  'PUT /api/device-bindings': whole('device.manage'),
  'DELETE /api/device-bindings': whole('device.manage'),
  'POST /api/device-bindings/import': whole('device.manage'),
  'GET /api/devices': limited('device.read'),
  'GET /api/devices/:id': limited('device.read'),
  'PUT /api/devices/:id': limited('device.manage'),
  'DELETE /api/devices/:id': limited('device.manage'),
  'POST /api/devices/:id/credentials': limited('device.manage'),
  'POST /api/devices/:id/credentials/:credential/rotate': limited('device.manage'),
  'DELETE /api/devices/:id/credentials/:credential': limited('device.manage'),
  'POST /api/devices/import': whole('device.manage'),
  'POST /api/devices/missing': limited('device.manage'),
  'GET /api/export/devices': takesOut(limited('device.read')),
  'GET /api/claim-codes': limited('device.read'),
  'POST /api/claim-codes': limited('device.manage'),
  'DELETE /api/claim-codes/:id': limited('device.manage'),
  'POST /api/claims': open,
  'GET /api/rejections': whole('traffic.read'),
  'GET /api/broker-connections': whole('device.read'),
  'PUT /api/broker-connections/:id': whole('device.manage'),
  'DELETE /api/broker-connections/:id': whole('device.manage'),
  'POST /api/broker-connections/:id/try': whole('device.manage'),
  'GET /api/traffic': whole('traffic.read'),
  'GET /api/traffic/tap': whole('traffic.read'),
  'GET /api/devices/:id/diagnosis': limited('traffic.read'),
  'GET /api/audit': whole('audit.read'),
  'GET /api/audit/export': takesOut(whole('audit.read')),
  'POST /api/audit/verify': whole('audit.read'),
}
