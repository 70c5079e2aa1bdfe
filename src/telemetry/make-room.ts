/**
 * Forgets the older half of a map that has grown beyond `most`, but for what must stay while that is possible. Half at once, because finding the
 * oldest entry of a map takes longer the more have been deleted before it.
 */
export function makeRoom<V>(map: Map<unknown, V>, most: number, mayGo: (value: V) => boolean = () => true): void {
  if (map.size <= most) return
  const older = [...map].slice(0, Math.ceil(map.size / 2))
  for (const [key, value] of older) if (mayGo(value)) map.delete(key)
  if (map.size > most) for (const [key] of older) map.delete(key)
}
