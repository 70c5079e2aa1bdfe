import type { ProgrammeOverride, ProgrammeSet, ProgrammeVersion } from '../control/programme-set.ts'

/** The table a device was given last. Times in ms since 1970. */
export interface ProgrammeDownload {
  facility: string
  /** Fingerprint; 0 takes the table away, so that the device goes by its own dusk and dawn. */
  table: number
  /** The moment its table ends. */
  until: number
  /** When it was wanted first. */
  at: number
  sent: number | null
  attempts: number
}

/** What lighting is configured to, was, and is for a time. */
export interface ProgrammeStore {
  /** In order of time. */
  versions(): ProgrammeVersion[]
  addVersion(set: ProgrammeSet, at: number, by: string): ProgrammeVersion
  /** In order of their making. */
  overrides(): ProgrammeOverride[]
  /** Its `id` is ignored; returns the one it has from now on. */
  addOverride(override: ProgrammeOverride): number
  endOverride(id: number, at: number, by: string): void
  /** By facility. */
  downloads(): ProgrammeDownload[]
  putDownload(download: ProgrammeDownload): void
  removeDownload(facility: string): void
  /** Which table was wanted of whom since when, in order of time; only those that still were after `from`, ms. */
  wanted(from?: number): { facility: string; at: number; table: number }[]
  addWanted(facility: string, at: number, table: number): void
  /** Forgets what ended before a moment, ms; at most so much of each. */
  prune(before: number, limit: number): void
}
