import type { AlertSource } from '../facilities/external-system/alert-source.ts'

/** The token by which a source sends; who has it is the source. */
export interface SourceToken {
  /** SHA-256, hexadecimal. */
  hash: string
  since: number
  by: string
}

export type StoredAlertSource = AlertSource & {
  /** Null: it has none yet, or it was revoked. */
  token: SourceToken | null
}

/** Systems that send their alerts. */
export interface AlertSourceStore {
  /** By id. */
  all(): StoredAlertSource[]
  get(id: string): StoredAlertSource | undefined
  /** Inserts or replaces. */
  put(source: StoredAlertSource): void
  remove(id: string): void
}
