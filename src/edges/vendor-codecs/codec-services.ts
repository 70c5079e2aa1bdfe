import type { CodecVersion, StoredCodec } from '../../storage/codec-store.ts'
import type { Page } from '../../storage/state-store.ts'
import type { CodecSample } from '../../telemetry/codec-sample.ts'
import type { VendorCodecs } from '../../telemetry/vendor-codec.ts'
import type { CodecFigures } from './codec-sandbox.ts'
import type { CallFailure, Measure } from './worker-protocol.ts'

/** What somebody saves as a codec. */
export interface CodecDraft {
  title: string
  source: string
  samples: CodecSample[]
  /** Save it although samples fail. */
  force: boolean
  /** The version it was made from; refused when another is in force by now. Null: there is to be none yet. Absent: whatever is there. */
  replaces?: number | null
  reason: string
}

/** What a codec made of one uplink. `measure` is null when nothing could be measured. */
export type Trial = ({ data: unknown; warnings: string[] } | CallFailure) & { measure: Measure | null }

export interface ListedCodec {
  codec: StoredCodec
  figures: CodecFigures
  /** Ids of the device profiles that use it. */
  usedBy: readonly string[]
}

/** Vendors' payload codecs, as engineers keep them and devices need them. Methods throw `LamplighterError`. */
export interface VendorCodecServices extends VendorCodecs {
  has(id: string): boolean
  /** By id, those behind `after`. */
  list(after: string, limit: number): { items: ListedCodec[]; next: string | null }
  get(id: string): ListedCodec
  /** Refused when it cannot be loaded, and unless forced when one of its samples fails. Counts at once. */
  put(id: string, draft: CodecDraft, by: string): Promise<ListedCodec>
  /** Refused while a device profile uses it. */
  remove(id: string, reason: string, by: string): void
  /** Newest first, also of a codec that was removed. */
  versions(id: string, before: number | undefined, limit: number): Page<CodecVersion>
  version(id: string, version: number): CodecVersion
  /** Runs a codec that nobody has saved, apart from those at work. */
  try(source: string, input: { fPort: number; bytes: Uint8Array; recvTime: number }): Promise<Trial>
  /** By id. */
  figures(): ReadonlyMap<string, CodecFigures>
  /** Codecs that are suspended, in words. */
  problems(): string[]
  close(): Promise<void>
}
