/** The roads of the city as the map has them. */
export interface Roads {
  /** Changes with the content. */
  tag: string
  /** GeoJSON, compressed with gzip. */
  content: Uint8Array
  lines: number
  by: string
  /** ms since 1970 */
  at: number
}

/** The roads that somebody sent. Calls belong to the caller's transaction. */
export interface RoadStore {
  roads(): Roads | null
  put(roads: Roads): void
  remove(): void
}
