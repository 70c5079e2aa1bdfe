/** An uplink with what a codec has to make of it. */
export interface CodecSample {
  name: string
  fPort: number
  /** Hexadecimal. */
  bytes: string
  /** The data as JSON; null when the codec has to refuse it. */
  expected: { data: unknown } | null
}
