import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { secretsCsv } from '../src/edges/exchange/device-csv.ts'
import { Plant } from '../src/facilities/plant.ts'
import { deviceServices } from '../src/services/devices/device-services.ts'
import { openKeyFile } from '../src/storage/embedded/key-file.ts'
import { openStateStore } from '../src/storage/embedded/state-store.ts'
import type { CityFacility } from './city.ts'

/** Passwords by device, from the CSV that the server gives once. Throws when it is none. */
export function readCredentials(file: string): Map<string, string> {
  const rows = parse(readFileSync(file, 'utf8'), { columns: true, bom: true }) as Record<string, string>[]
  return new Map(
    rows.map(({ id, secret }) => {
      if (!id || !secret) throw new Error(`${file} is no CSV with the columns id and secret`)
      return [id, secret]
    }),
  )
}

/**
 * Gives each device and gateway of a city a password, before the server of this data folder starts for the first time; returns the file that tells
 * them. Later starts find it there.
 */
export async function provisionCity(
  folder: string,
  city: readonly (Pick<CityFacility, 'id' | 'kind'> & { gateway?: string | null | undefined })[],
): Promise<string> {
  const file = join(folder, 'device-secrets.csv')
  if (existsSync(file)) return file
  const gateways = new Set(city.map(({ gateway }) => gateway))
  const rows = city
    .filter(({ gateway }) => !gateway)
    .map(({ id, kind }, i) => ({
      row: i + 1,
      id,
      sort: gateways.has(id) || kind === 'gateway' ? ('gateway' as const) : ('device' as const),
    }))
  const state = openStateStore(join(folder, 'state.sqlite'))
  try {
    const devices = deviceServices({ state, plant: new Plant(), deviceKey: openKeyFile(join(folder, 'device.key')), now: Date.now })
    const made = await devices.provision(rows, { type: 'password', existing: 'replace', label: 'demo', expires: null }, 'demo')
    writeFileSync(file, await secretsCsv(made), { mode: 0o600 })
    return file
  } finally {
    state.close()
  }
}
