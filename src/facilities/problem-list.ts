import { type ImportProblem, type ImportReason, severityOf } from './import-problem.ts'

/** Problems kept of each severity; all are counted. */
const MAX_KEPT = 5000

export interface ProblemFilter {
  severity?: 'error' | 'warning'
  reason?: ImportReason
}

/** The problems of one file: all counted, as many kept as anybody would read. */
export class ProblemList {
  readonly #kept = { error: [] as ImportProblem[], warning: [] as ImportProblem[] }
  readonly #counts = new Map<ImportReason, number>()
  #sorted: ImportProblem[] | undefined
  errors = 0
  warnings = 0

  add(problem: ImportProblem): void {
    const severity = severityOf(problem)
    if (severity === 'error') this.errors++
    else this.warnings++
    this.#counts.set(problem.reason, (this.#counts.get(problem.reason) ?? 0) + 1)
    const kept = this.#kept[severity]
    if (kept.length < MAX_KEPT) kept.push(problem)
    this.#sorted = undefined
  }

  get counts(): ReadonlyMap<ImportReason, number> {
    return this.#counts
  }
  /** Problems that were counted and not kept. */
  get leftOut(): number {
    return this.errors + this.warnings - this.#kept.error.length - this.#kept.warning.length
  }

  /** In the order of the rows. */
  list({ severity, reason }: ProblemFilter = {}): ImportProblem[] {
    this.#sorted ??= [...this.#kept.error, ...this.#kept.warning].sort((a, b) => a.row - b.row)
    return this.#sorted.filter((each) => (!severity || severityOf(each) === severity) && (!reason || each.reason === reason))
  }
}
