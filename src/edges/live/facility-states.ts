/** The worst of what is wrong with a facility; its place in this list is its code on the wire. */
export const facilityStates = ['normal', 'no-report', 'low', 'medium', 'high', 'critical', 'out-of-service'] as const
export type FacilityState = (typeof facilityStates)[number]

const codes = new Map<FacilityState, number>(facilityStates.map((state, code) => [state, code]))
export const stateCode = (state: FacilityState): number => codes.get(state) as number

/** A number of a facility takes the upper 24 bits, the code of its state the lower 8. */
const NUMBERS = 1 << 24

/** Changed states as they go over the wire: four bytes each, a little-endian number times 256 plus the code. Throws `RangeError` for a number that does not fit. */
export function packStates(changes: readonly (readonly [number: number, code: number])[]): Uint8Array {
  const bytes = new Uint8Array(changes.length * 4)
  const view = new DataView(bytes.buffer)
  changes.forEach(([number, code], i) => {
    if (number >= NUMBERS) throw new RangeError(`the number ${number} of a facility does not fit`)
    view.setUint32(i * 4, number * 256 + code, true)
  })
  return bytes
}

/** Tells each change in the order they were packed; bytes of a change that was cut off are passed over. */
export function unpackStates(packed: ArrayBuffer | Uint8Array, take: (number: number, code: number) => void): void {
  const view = packed instanceof ArrayBuffer ? new DataView(packed) : new DataView(packed.buffer, packed.byteOffset, packed.byteLength)
  for (let at = 0; at + 4 <= view.byteLength; at += 4) {
    const word = view.getUint32(at, true)
    take(word >>> 8, word & 255)
  }
}
