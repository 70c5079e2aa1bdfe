import { setUpInfluxdb1 } from './influxdb1-set-up.ts'
import { openInfluxqlStore } from './influxql-store.ts'
import type { InfluxdbOptions, InfluxdbStore } from './rolling-store.ts'
import { Secret, type SecretSource } from './secret.ts'

export interface Influxdb1Options extends InfluxdbOptions {
  /** Made when missing. */
  database: string
  username?: string
  password?: SecretSource
}

/** Opens a store on an InfluxDB 1.x server, which may be away: set-up is tried with every write until it has succeeded. */
export function openInfluxdb1(options: Influxdb1Options): InfluxdbStore {
  const { database, username = '', password = { text: '', file: '' } } = options
  return openInfluxqlStore('influxdb1', options, {
    database,
    secret: new Secret(password),
    authorization: (secret) => (username === '' ? undefined : `Basic ${Buffer.from(`${username}:${secret}`).toString('base64')}`),
    write: { path: '/write', query: { db: database, precision: 'ms' } },
    setUp: setUpInfluxdb1,
  })
}
