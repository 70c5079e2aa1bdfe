import type { LightingHistory } from '../control/lighting-history.ts'
import { LightingHistorySchema } from '../edges/http/programme-schemas.ts'
import { readJsonFile } from './json-file.ts'

/** Reads what light was asked of whom, as `GET /api/lighting-history` gives it. Throws `invalid-request` with what is wrong. */
export const readLightingFile = (file: string): LightingHistory =>
  readJsonFile(
    file,
    LightingHistorySchema,
    '{"versions": [...], "overrides": [...], "wanted": [...]} as GET /api/lighting-history gives it',
  )
