/**
 * What a console shows, as 32 bits: the exclusive or of a hash of each live alarm (id, version, state) and of each facility whose state
 * is not `normal` (number, code). Both sides count it for themselves, so that one that shows something else is found out.
 */
export interface ShownAlarm {
  id: number
  version: number
  state: string
}

/** The last steps of MurmurHash3 (Austin Appleby, public domain). */
function mixed(bits: number): number {
  let hash = bits
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return hash ^ (hash >>> 16)
}

const joined = (hash: number, next: number): number => mixed(Math.imul(hash, 31) + next)

export function alarmHash({ id, version, state }: ShownAlarm): number {
  let hash = joined(joined(1, id), version)
  for (let i = 0; i < state.length; i++) hash = joined(hash, state.charCodeAt(i))
  return hash
}

export const stateHash = (number: number, code: number): number => (code === 0 ? 0 : joined(joined(2, number), code))

/** Of all that is shown; states are codes by facility number. Unsigned. */
export function shownHash(alarms: Iterable<ShownAlarm>, states: Uint8Array): number {
  let hash = 0
  for (const alarm of alarms) hash ^= alarmHash(alarm)
  for (let number = 0; number < states.length; number++) {
    const code = states[number] as number
    if (code !== 0) hash ^= stateHash(number, code)
  }
  return hash >>> 0
}
