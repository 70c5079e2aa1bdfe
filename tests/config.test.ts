import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { addressesOf, configHelp, daysOfKinds, isOpen, readConfig, readSettings } from '../src/config.ts'

const file = (content: string) => {
  const path = join(mkdtempSync(join(tmpdir(), 'config-')), 'lamplighter.json')
  writeFileSync(path, content)
  return path
}

test('defaults need nothing', () => {
  expect(readConfig([], { PATH: '/bin', HTTP_PROXY: 'x' })).toMatchObject({ HTTP_PORT: 8080, TELEMETRY_STORE: 'embedded' })
})

test('the command line beats the environment, which beats the file', () => {
  const path = file('{"HTTP_PORT": 1, "MQTT_PORT": 2, "JOURNAL_COMMIT_MS": 3}')
  const config = readConfig(['--config', path, '--http-port=7'], { HTTP_PORT: '8', MQTT_PORT: '9' })
  expect([config.HTTP_PORT, config.MQTT_PORT, config.JOURNAL_COMMIT_MS]).toEqual([7, 9, 3])
})

test('all problems are reported at once, with a hint for a slip', () => {
  const path = file('{"HTTP_PORTS": 1, "TELEMETRY_STORE": "mysql"}')
  const args = ['--config', path, '--frobnicate', '--journal-commit-ms', '99']
  expect(() => readConfig(args, { MQTT_PORT: 'abc', TELEMTRY_STORE: 'embedded', MQTT_PASSWORD: 'secret-value' })).toThrow(
    expect.objectContaining({
      code: 'config-invalid',
      message: expect.toSatisfy((message: string) => {
        const expected = [
          /HTTP_PORTS; did you mean HTTP_PORT\?/,
          /TELEMETRY_STORE must be one of/,
          /--frobnicate/,
          /JOURNAL_COMMIT_MS must be/,
          /MQTT_PORT must be/,
          /TELEMTRY_STORE; did you mean TELEMETRY_STORE/,
        ]
        return expected.every((pattern) => pattern.test(message)) && !message.includes('secret-value')
      }),
    }),
  )
})

test('the environment of another program stops no start, a slip does', () => {
  const foreign = [
    'SERVER_IP',
    'SERVER_IDS',
    'HTTPS_PORT',
    'HTTP_POST',
    'BACKUP_HOST',
    'LOG_LABEL',
    'INFLUXDB_USER',
    'MQTT_HOSTS',
    'TIMEZONE',
  ]
  expect(readConfig([], Object.fromEntries(foreign.map((name) => [name, 'x'])))).toEqual(readConfig([], {}))
  for (const [slip, meant] of [
    ['MQTT_PROT', 'MQTT_PORT'],
    ['SEVRER_ID', 'SERVER_ID'],
    ['SERVERS_ID', 'SERVER_ID'],
    ['BACKUP_FOLER', 'BACKUP_FOLDER'],
    ['TELEMETRY_RETENTON_DAYS', 'TELEMETRY_RETENTION_DAYS'],
    ['INFLUXDP_URL', 'INFLUXDB_URL'],
  ] as const)
    expect(() => readConfig([], { [slip]: 'x' })).toThrow(`environment: unknown setting ${slip}; did you mean ${meant}?`)
})

test('what belongs together is checked together', () => {
  expect(() => readConfig([], { MQTT_HOST: '0.0.0.0' })).toThrow(/reachable from outside/)
  expect(() => readConfig([], { MQTT_USERNAME: 'a' })).toThrow(/go together/)
  expect(() => readConfig([], { TELEMETRY_STORE: 'influxdb2' })).toThrow(/INFLUXDB_ORG[\s\S]*INFLUXDB_TOKEN/)
})

test('what is kept for how long must be whole days of kinds, and hours the longest', () => {
  expect(readConfig(['--telemetry-retention', 'street-light:90, pump-station:800'], {}).TELEMETRY_RETENTION).toContain('street-light')
  expect(daysOfKinds('street-light:90, pump-station:800')).toEqual({ 'street-light': 90, 'pump-station': 800 })
  for (const wrong of ['street-light', 'street-light:', 'street-light:0', 'street-light:1.5', ':4', 'a:1:2', 'a:1,a:2', 'a:1,'])
    expect(() => readConfig([], { TELEMETRY_RETENTION: wrong })).toThrow(/TELEMETRY_RETENTION must be kinds with whole days/)
  expect(() => readConfig([], { TELEMETRY_RETENTION: 'street-light:5000' })).toThrow(/TELEMETRY_HOURS_DAYS must be at least 5000/)
  expect(() => readConfig([], { TELEMETRY_HOURS_DAYS: '399' })).toThrow(/at least 400/)
})

test('the time zone must be one', () => {
  expect(readConfig([], {}).TIME_ZONE).toBe('Asia/Shanghai')
  expect(() => readConfig([], { TIME_ZONE: 'Asia/Shangai' })).toThrow(/TIME_ZONE must be a time zone such as Asia/)
})

test('the id of a Sparkplug host is one level of a topic, or none', () => {
  expect(readConfig([], {}).SPARKPLUG_HOST_ID).toBe('lamplighter')
  expect(readConfig([], { SPARKPLUG_HOST_ID: '' }).SPARKPLUG_HOST_ID).toBe('')
  for (const wrong of ['a/b', '+', 'a#', 'x'.repeat(65)]) {
    expect(() => readConfig([], { SPARKPLUG_HOST_ID: wrong })).toThrow(/SPARKPLUG_HOST_ID must have at most 64/)
  }
})

test('a file that is missing or no JSON says so', () => {
  expect(() => readConfig(['--config', '/nowhere/x.json'], {})).toThrow(/does not exist/)
  expect(() => readConfig([], { CONFIG_FILE: file('{') })).toThrow(/not valid JSON/)
})

test('help names every setting', () => {
  expect(configHelp()).toMatch(/HTTP_PORT[\s\S]*MQTT_PORT[\s\S]*LOG_LEVEL/)
})

test.each([
  [{ MQTT_HOST: '0.0.0.0', MQTT_USERNAME: 'x', MQTT_PASSWORD: 'y' }, /MQTT_HOST 0\.0\.0\.0 is reachable from outside without TLS/],
  [{ MQTT_WEBSOCKET: 'ws', MQTT_WEBSOCKET_HOST: '::' }, /MQTT_WEBSOCKET_HOST :: is reachable from outside without TLS/],
  [{ MQTT_TLS: 'true' }, /MQTT_TLS_HOST 0\.0\.0\.0 is reachable from outside: set MQTT_ACCESS devices/],
  [{ MQTT_CLIENT_CERTIFICATES: 'required' }, /needs MQTT_CLIENT_CA_FILE[\s\S]*needs MQTT_TLS/],
  [{ TLS_CERT_FILE: 'a.pem' }, /TLS_CERT_FILE and TLS_KEY_FILE go together/],
  [{ MQTT_PROXIED: 'tls' }, /MQTT_PROXIED and MQTT_PROXIES go together/],
  [{ MQTT_PROXIED: 'tls,mail' }, /MQTT_PROXIED must be some of plain, tls, websocket/],
  ...['10.0.0', '10.0.0.0/33', '10.0.0.0/', '::/129', '10.0.0.0/8/8', ','].map((addresses): [Record<string, string>, RegExp] => [
    { MQTT_PROXIES: addresses },
    /MQTT_PROXIES must be addresses or networks/,
  ]),
  [{ MQTT_WEBSOCKET_ORIGINS: 'https://maps.example/' }, /MQTT_WEBSOCKET_ORIGINS must be origins/],
  [{ MQTT_ACCESS: 'open', MQTT_TLS: 'true', MQTT_USERNAME: 'a', MQTT_PASSWORD: 'b' }, /MQTT_TLS_HOST 0\.0\.0\.0 is reachable/],
  [
    { MQTT_ACCESS: 'open', MQTT_PROXIED: 'plain', MQTT_PROXIES: '127.0.0.1' },
    /MQTT_PROXIED plain is reachable from outside, through the proxy/,
  ],
  [{ HTTP_HOST: '0.0.0.0' }, /HTTP_HOST 0\.0\.0\.0 is reachable from outside without TLS/],
  [{ HTTP_HOST: '10.0.0.7', HTTP_SECURE_COOKIES: 'true' }, /HTTP_HOST 10\.0\.0\.7 is reachable from outside without TLS/],
  [{ HTTP_PROXIES: 'nginx' }, /HTTP_PROXIES must be addresses or networks/],
  [{ HTTP_ORIGINS: 'lamp.example' }, /HTTP_ORIGINS must be origins/],
  [{ MQTT_ACCESS: 'anybody' }, /MQTT_ACCESS must be one of auto, devices, open/],
])('%j is refused', (environment, said) => {
  expect(() => readConfig([], environment)).toThrow(said)
})

test('what is secured, told to be, or local may be listened for', () => {
  const named = { MQTT_USERNAME: 'x', MQTT_PASSWORD: 'y' }
  const certificates = { MQTT_TLS: 'true', MQTT_CLIENT_CERTIFICATES: 'required', MQTT_CLIENT_CA_FILE: 'ca.pem' }
  for (const environment of [{ MQTT_HOST: '0.0.0.0', MQTT_ALLOW_PLAIN: 'true', ...named }, { MQTT_TLS: 'true', ...named }, certificates])
    expect(readConfig([], environment)).toMatchObject({ MQTT_TLS: 'MQTT_TLS' in environment })
  for (const said of [{ HTTP_TLS: 'true' }, { HTTP_ALLOW_PLAIN: 'true' }])
    expect(readConfig([], { HTTP_HOST: '0.0.0.0', ...said }).HTTP_HOST).toBe('0.0.0.0')
})

test('addresses and networks', () => {
  const addresses = addressesOf('10.0.0.7, fd00::/8,192.168.0.0/16')
  expect(['10.0.0.7', '10.0.0.8', '192.168.7.7'].map((one) => addresses.check(one, 'ipv4'))).toEqual([true, false, true])
  expect(['fd12::1', 'fe80::1'].map((one) => addresses.check(one, 'ipv6'))).toEqual([true, false])
})

test.each([
  [{}, true],
  [{ MQTT_USERNAME: 'a', MQTT_PASSWORD: 'b' }, false],
  [{ MQTT_USERNAME: 'a', MQTT_PASSWORD: 'b', MQTT_ACCESS: 'open' }, true],
  [{ MQTT_ACCESS: 'devices' }, false],
  [{ MQTT_PROXIED: 'plain', MQTT_PROXIES: '127.0.0.1' }, false],
  [{ MQTT_WEBSOCKET: 'ws' }, false],
  [{ MQTT_WEBSOCKET: 'ws', MQTT_ACCESS: 'open' }, true],
  [{ MQTT_ACCESS: 'devices', MQTT_TLS: 'true' }, false],
  [{ MQTT_TLS: 'true', MQTT_CLIENT_CERTIFICATES: 'required', MQTT_CLIENT_CA_FILE: 'ca.pem' }, false],
])('with %j anybody may connect: %s', (environment, anybody) => expect(isOpen(readConfig([], environment))).toBe(anybody))

test('each setting in force is told with where it comes from, but no secret', () => {
  const given = { HTTP_PORT: '8081', MQTT_USERNAME: 'field', MQTT_PASSWORD: 'a secret', INFLUXDB_URL: 'http://eva:pass@db:8086/' }
  const { inForce } = readSettings(['--journal-max-mb', '100', '--config', file('{"LOG_LEVEL": "warn"}')], given)
  const of = (name: string) => inForce.find((one) => one.name === name)
  expect(of('DATA_FOLDER')).toEqual({ name: 'DATA_FOLDER', value: 'data', from: 'default', isDefault: true })
  expect(of('HTTP_PORT')).toMatchObject({ value: '8081', from: 'environment', isDefault: false })
  expect(of('JOURNAL_MAX_MB')).toMatchObject({ value: '100', from: 'command line' })
  expect(of('LOG_LEVEL')).toMatchObject({ value: 'warn', from: expect.stringMatching(/\.json$/) })
  expect(of('MQTT_PASSWORD')).toMatchObject({ value: null, from: 'environment' })
  expect(of('INFLUXDB_TOKEN')).toMatchObject({ value: '', from: 'default' })
  expect(of('INFLUXDB_URL')).toMatchObject({ value: 'http://db:8086/' })
  expect(JSON.stringify(inForce)).not.toMatch(/a secret|eva|:pass/)
})
