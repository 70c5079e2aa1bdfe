import type { CodecSample } from '../telemetry/codec-sample.ts'
import type { Page } from './state-store.ts'

/** A vendor's payload codec as somebody saved it. */
export interface CodecVersion {
  /** Grows, over all codecs, and is never given again. */
  version: number
  codec: string
  title: string
  /** JavaScript; null: it was removed. */
  source: string | null
  samples: CodecSample[]
  /** Whether it was saved although samples failed. */
  isForced: boolean
  reason: string
  by: string
  /** ms since 1970 */
  at: number
}

export interface StoredCodec extends CodecVersion {
  source: string
}

/** The payload codecs that engineers uploaded. Calls belong to the caller's transaction. */
export interface CodecStore {
  /** By id, those behind `after`. */
  codecs(after: string, limit: number): StoredCodec[]
  codec(id: string): StoredCodec | undefined
  /** Keeps a version, and lets it count; one without source takes the codec away. Returns its number. */
  change(version: Omit<CodecVersion, 'version'>): number
  version(version: number): CodecVersion | undefined
  /** Newest first; those with a lower number than `before`. */
  versions(codec: string, before: number | undefined, limit: number): Page<CodecVersion>
}
