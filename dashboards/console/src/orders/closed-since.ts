import { hours } from '../../../../src/telemetry/duration.ts'

/** What was closed stays on the board for so long at least, ms. */
const KEPT = hours(12)

/** A shift of somebody who is on duty; `crew` null: of the control room. Times in ms. */
interface OnDuty {
  crew: string | null
  from: number
  to: number
}

/** Since when what was closed stands on the board, ms: for the present shift of the control room, and 12 h at least. */
export function closedSince(now: number, duty: readonly OnDuty[]): number {
  const shifts = duty.filter(({ crew, from, to }) => crew === null && from <= now && now < to)
  return Math.min(now - KEPT, ...shifts.map(({ from }) => from))
}
