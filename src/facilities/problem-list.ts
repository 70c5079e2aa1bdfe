import type { ImportProblem, ImportReason, ImportReasons } from './import-problem.ts'

/** Problems kept of each severity unless told otherwise; all are counted. */
const MAX_KEPT = 5000

export interface ProblemFilter<R extends string = ImportReason> {
  severity?: 'error' | 'warning'
  reason?: R
}

/** The problems of one file: all counted, as many kept as anybody would read. */
export class ProblemList<R extends string = ImportReason> {
  readonly #reasons: ImportReasons<R>
  readonly #maxKept: number
  readonly #kept = { error: [] as ImportProblem<R>[], warning: [] as ImportProblem<R>[] }
  readonly #counts = new Map<R, number>()
  #sorted: ImportProblem<R>[] | undefined
  errors = 0
  warnings = 0

  constructor(reasons: ImportReasons<R>, maxKept = MAX_KEPT) {
    this.#reasons = reasons
    this.#maxKept = maxKept
  }

  add(problem: ImportProblem<R>): void {
    const { severity } = this.#reasons[problem.reason]
    if (severity === 'error') this.errors++
    else this.warnings++
    this.#counts.set(problem.reason, (this.#counts.get(problem.reason) ?? 0) + 1)
    const kept = this.#kept[severity]
    if (kept.length < this.#maxKept) kept.push(problem)
    this.#sorted = undefined
  }

  get counts(): ReadonlyMap<R, number> {
    return this.#counts
  }
  /** Problems that were counted and not kept. */
  get leftOut(): number {
    return this.errors + this.warnings - this.#kept.error.length - this.#kept.warning.length
  }

  /** In the order of the rows. */
  list({ severity, reason }: ProblemFilter<R> = {}): ImportProblem<R>[] {
    this.#sorted ??= [...this.#kept.error, ...this.#kept.warning].sort((a, b) => a.row - b.row)
    return this.#sorted.filter(
      (each) => (!severity || this.#reasons[each.reason].severity === severity) && (!reason || each.reason === reason),
    )
  }
}
