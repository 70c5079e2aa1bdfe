import { readFileSync } from 'node:fs'
import type { FaultLabel } from '../alarms/alarm-score.ts'
import { LamplighterError } from '../errors.ts'

/** One line of a labels file, in the words of people or of the simulator. */
interface LabelLine {
  id?: unknown
  facility?: unknown
  from?: unknown
  start?: unknown
  to?: unknown
  end?: unknown
  rule?: unknown
  alarm?: unknown
  following?: unknown
}

/**
 * Reads labels, a JSON line each: facility, from, to (null or absent = open) and maybe the rule that must tell of it; or as the simulator
 * writes them. Times are ms or ISO 8601. Of several lines with the same id the last counts. Throws `invalid-request` with the line.
 */
export function readLabels(file: string): FaultLabel[] {
  const labels = new Map<unknown, FaultLabel>()
  for (const [i, line] of readFileSync(file, 'utf8').split('\n').entries()) {
    if (line.trim() === '') continue
    const refuse = (what: string) => new LamplighterError('invalid-request', `${file} line ${i + 1}: ${what}`)
    let given: LabelLine
    try {
      given = JSON.parse(line)
    } catch (error) {
      throw refuse(error instanceof Error ? error.message : String(error))
    }
    const from = timeOf(given.from ?? given.start)
    const to = timeOf(given.to ?? given.end ?? null)
    if (typeof given.facility !== 'string' || typeof from !== 'number' || to === undefined)
      throw refuse('is not {"facility", "from", "to", "rule"} with times in ms or ISO 8601')
    labels.set(given.id ?? i, { facility: given.facility, from, to, rules: rulesOf(given) })
  }
  return [...labels.values()]
}

function timeOf(given: unknown): number | null | undefined {
  if (given === null || given === undefined) return null
  const at = typeof given === 'string' ? Date.parse(given) : given
  return typeof at === 'number' && Number.isFinite(at) ? at : undefined
}

function rulesOf({ rule, alarm, following }: LabelLine): string[] {
  const named = [rule, alarm, ...(Array.isArray(following) ? following : [])]
  return named.filter((each) => typeof each === 'string')
}
