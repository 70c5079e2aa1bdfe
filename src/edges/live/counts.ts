import type { SnapshotReason } from '../http/live-schemas.ts'

/** Figures of the live edge since the server started. */
export class LiveCounts {
  readonly #snapshots = new Map<SnapshotReason, number>()
  #dropped = 0
  /** Consoles that are connected now. */
  consoles: () => number = () => 0

  /** By why they were asked for. */
  get snapshots(): ReadonlyMap<SnapshotReason, number> {
    return this.#snapshots
  }
  /** Consoles let go because they did not keep up. */
  get dropped(): number {
    return this.#dropped
  }
  snapshot(reason: SnapshotReason): void {
    this.#snapshots.set(reason, (this.#snapshots.get(reason) ?? 0) + 1)
  }
  drop(): void {
    this.#dropped++
  }
}
