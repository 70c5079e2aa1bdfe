/** The numbers by which Sparkplug B names the types of metrics; those of arrays (22 to 34) are of no use to readings and left out. */
export const DataType = {
  unknown: 0,
  int8: 1,
  int16: 2,
  int32: 3,
  int64: 4,
  uint8: 5,
  uint16: 6,
  uint32: 7,
  uint64: 8,
  float: 9,
  double: 10,
  boolean: 11,
  string: 12,
  dateTime: 13,
  text: 14,
  uuid: 15,
  dataSet: 16,
  bytes: 17,
  file: 18,
  template: 19,
} as const
export type DataType = (typeof DataType)[keyof typeof DataType]

/** A value as it stands on the wire: integers of all types are there as unsigned ones. `other`: bytes, data sets and templates, of which no reading is made. */
export type WireValue =
  | { wire: 'integer'; value: number | bigint }
  | { wire: 'float'; value: number }
  | { wire: 'double'; value: number }
  | { wire: 'boolean'; value: boolean }
  | { wire: 'string'; value: string }
  | { wire: 'other' }

export type MetricValue = number | bigint | boolean | string

/** Bits of the signed types. */
const signedBits = new Map<number, number>([
  [DataType.int8, 8],
  [DataType.int16, 16],
  [DataType.int32, 32],
  [DataType.int64, 64],
])

/** What a value means by its metric's type; undefined where no reading can be made of it. Whole numbers past 2^53 are exact, as bigint. */
export function readValue(value: WireValue, datatype: number): MetricValue | undefined {
  if (value.wire === 'other') return undefined
  if (value.wire === 'float') return shortestFloat(value.value)
  if (value.wire !== 'integer') return value.value
  const bits = signedBits.get(datatype)
  return bits === undefined ? value.value : signed(value.value, bits)
}

function signed(value: number | bigint, bits: number): number | bigint {
  if (bits <= 32 && typeof value === 'number' && value <= 0xffff_ffff) return (value << (32 - bits)) >> (32 - bits)
  return exactInteger(BigInt.asIntN(bits, BigInt(value)))
}

/** A number where it is exact, else the bigint. */
export function exactInteger(value: bigint): number | bigint {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : value
}

/** The device measured 0.41, which as 32-bit float is 0.4099999964: the number with the fewest digits that is the same float. */
function shortestFloat(value: number): number {
  if (Number.isInteger(value) || !Number.isFinite(value)) return value
  for (let digits = 7; digits < 9; digits++) {
    const shorter = Number(value.toPrecision(digits))
    if (Math.fround(shorter) === value) return shorter
  }
  return value
}
