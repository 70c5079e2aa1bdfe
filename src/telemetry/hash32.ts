/** Where hashes of one text begin that are to differ; the first is that of FNV. */
export const HASH_BASES = [0x811c9dc5, 0x9e3779b9, 0x85ebca6b, 0xc2b2ae35] as const

/** FNV-1a with 32 bits over UTF-16 units: the same for the same text everywhere, and a proof of nothing. */
export function hash32(text: string, basis: number = HASH_BASES[0]): number {
  let hash = basis
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash >>> 0
}
