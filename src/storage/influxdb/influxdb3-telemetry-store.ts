import { openInfluxqlStore } from './influxql-store.ts'
import type { InfluxdbOptions, InfluxdbStore } from './rolling-store.ts'
import { Secret, type SecretSource } from './secret.ts'

export interface Influxdb3Options extends InfluxdbOptions {
  /** Made by the server with the first write. */
  database: string
  /** Empty for a server that asks for none. */
  token: SecretSource
}

/**
 * Opens a store on an InfluxDB 3 server, which may be away: lines go through its v2 write API; as it has no Flux, it is asked in InfluxQL by its v1
 * query API. Its InfluxQL cannot write, so there are no roll-ups, and how long it keeps data is set by its own tools.
 */
export function openInfluxdb3(options: Influxdb3Options): InfluxdbStore {
  const { database, token } = options
  return openInfluxqlStore(
    'influxdb3',
    { ...options, rawDays: 0 },
    {
      database,
      secret: new Secret(token),
      authorization: (secret) => (secret === '' ? undefined : `Bearer ${secret}`),
      write: { path: '/api/v2/write', query: { bucket: database, precision: 'ms' } },
      setUp: async () => null,
    },
  )
}
