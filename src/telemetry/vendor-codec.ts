/** One uplink as a vendor's codec takes it. */
export interface CodecInput {
  fPort: number
  /** Copied before the call returns. */
  bytes: Uint8Array
  /** ms since 1970. */
  recvTime: number
  /** Which device sent it, so that one whose uplinks stop the codec costs the others nothing; absent where no device did. */
  device?: string
}

/**
 * Why a codec gave nothing. `codec-unknown`: none of that name. `codec-invalid`: it does not compile or defines no decode function. `codec-error`:
 * it threw or told errors of its own. `codec-timeout`, `codec-memory`: it was stopped at its limit. `codec-result`: what it gave is no plain JSON,
 * or too large. `codec-busy`: too many wait, or the sandbox was remade while it waited. `codec-suspended`: it was stopped again and again and is
 * not run for a while; `device-suspended`: it was stopped by uplinks of this device, which alone is not decoded for a while.
 */
export const codecFailures = [
  'codec-unknown',
  'codec-invalid',
  'codec-error',
  'codec-timeout',
  'codec-memory',
  'codec-result',
  'codec-busy',
  'codec-suspended',
  'device-suspended',
] as const
export type CodecFailure = (typeof codecFailures)[number]

/** `data` is plain JSON and not yet known to be of any shape. `error` is for the engineer and in the codec's own words where it has some. */
export type CodecResult = { data: unknown; warnings: string[] } | { error: string; reason: CodecFailure }

/** The codecs that engineers uploaded. */
export interface VendorCodecs {
  /** Never rejects; answers of one codec come in the order of the calls. */
  decode(codec: string, input: CodecInput): Promise<CodecResult>
  /** What its `encodeDownlink` makes of plain data. Never rejects. */
  encode(codec: string, data: object): Promise<CodecResult>
}
