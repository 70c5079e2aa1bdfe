/** CPU time of one call, ms, after which the interpreter itself stops it; the rest of `DEADLINE` is for the thread to be noticed. */
export const CPU_LIMIT = 50
/** ms of computing by which a call's thread is ended from outside: some built-in functions never look at the clock. */
export const DEADLINE = 100
/** Bound of what a codec allocates, bytes. */
export const MEMORY_LIMIT = 16 * 1_048_576
/** Bound of the linear memory it runs in, in pages of 64 KiB: its heap, its stack and the interpreter. */
export const MEMORY_PAGES = { initial: 256, maximum: 448 }
/** Bytes of the interpreter's stack. */
export const STACK_LIMIT = 256 * 1024
/** Characters of a codec's source: the largest that vendors publish have a third of it. */
export const MAX_SOURCE = 262_144
/** Characters of the JSON a call may give, and how deep it may be nested. */
export const MAX_RESULT = 65_536
export const MAX_DEPTH = 16
/** Warnings and errors of one call, and characters of each. */
export const MAX_NOTES = 20
export const MAX_NOTE = 500
/** Bytes of one uplink; LoRaWAN has 242. */
export const MAX_BYTES = 4096
/** Codecs kept, and samples of each. */
export const MAX_CODECS = 500
export const MAX_SAMPLES = 50
