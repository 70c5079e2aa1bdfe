import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import type { ExportOrder } from '../../../../src/edges/exchange/telemetry/export.ts'
import type { TelemetryFormat } from '../../../../src/edges/exchange/telemetry/formats.ts'
import type { TakingOptions } from '../../../../src/edges/exchange/telemetry/row-taker.ts'
import type { TelemetryRows, TelemetryStore } from '../../../../src/storage/telemetry-store.ts'
import { days } from '../../../../src/telemetry/duration.ts'
import { contractKind, NOON } from '../../../storage/telemetry-store.contract.ts'

/** A folder for the files of one test file. */
export function ownFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'lamplighter-telemetry-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

export const exportOrder = (format: TelemetryFormat, more: Partial<ExportOrder> = {}): ExportOrder => ({
  kind: contractKind,
  format,
  facilities: null,
  points: [...contractKind.points.keys()],
  withFlagged: true,
  hasMark: false,
  timeZone: null,
  from: NOON - days(10),
  to: NOON + days(10),
  ...more,
})

export const takingOptions = (more: Partial<TakingOptions> = {}): TakingOptions => ({
  kinds: new Map([[contractKind.key, contractKind]]),
  kind: contractKind.key,
  plant: new Map(),
  keepUnknown: true,
  mapping: {},
  oldest: { others: NOON - days(100), kinds: {} },
  newest: NOON + days(100),
  ...more,
})

/** All a store has, as text that does not depend on the order in which it was written. */
export async function contentOf(store: Pick<TelemetryStore, 'scan'>, from = NOON - days(100), to = NOON + days(100)): Promise<string[]> {
  return linesOf(await store.scan({ kind: contractKind.key, from, to }))
}

export function linesOf(rows: TelemetryRows): string[] {
  return Array.from({ length: rows.rows }, (_, row) => {
    const cells = rows.columns.flatMap((column, i) => {
      const value = rows.values[i]?.[row] as number
      return Number.isNaN(value) ? [] : [`${column}=${value}`]
    })
    return `${rows.at[row]} ${rows.facilities[rows.facility[row] as number]} ${cells.sort().join(' ')}`
  }).sort()
}

export const never = new AbortController().signal
