import { createHash } from 'node:crypto'
import type { RuleTexts } from '../../detection/rule.ts'
import type { Statements } from './statements.ts'

/** The texts that alarms froze, each once: thousands of alarms say the same. A text is found by its hash, so what was read holds for ever. */
export class RuleTextsTable {
  readonly #sql: Statements
  readonly #rows = new WeakMap<RuleTexts, { hash: string; json: string }>()
  readonly #read = new Map<string, RuleTexts>()

  constructor(sql: Statements) {
    this.#sql = sql
  }

  /** Keeps texts, which may be there already, and returns their hash. */
  put(texts: RuleTexts): string {
    let row = this.#rows.get(texts)
    if (!row) {
      const json = JSON.stringify(texts)
      row = { hash: createHash('sha256').update(json).digest('base64url'), json }
      this.#rows.set(texts, row)
    }
    this.#sql.run('INSERT INTO rule_texts (hash, texts) VALUES (?, ?) ON CONFLICT (hash) DO NOTHING', row.hash, row.json)
    return row.hash
  }

  /** The same object each time. */
  get(hash: string): RuleTexts {
    const known = this.#read.get(hash)
    if (known) return known
    const { texts } = this.#sql.one<{ texts: string }>('SELECT texts FROM rule_texts WHERE hash = ?', hash)
    const read: RuleTexts = JSON.parse(texts)
    this.#read.set(hash, read)
    return read
  }
}
