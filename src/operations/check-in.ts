import { metresBetween } from '../dispatch/repair-queue.ts'
import { minutes } from '../telemetry/duration.ts'
import type { Text } from '../telemetry/point.ts'
import type { Place, Proof } from './round-plan.ts'

/** Where a phone says it is; `accuracy` is the radius within which it is with 95 %, m. */
export interface ClaimedPlace {
  position: Place
  accuracy: number
}

/** What a code says that somebody scanned. */
export type ScannedCode =
  /** A label of rounds: it has a secret that stands nowhere in clear. */
  | 'label'
  /** The public code of a pole, whose number anybody can read and type. */
  | 'public'
  /** Of another place, or no code of this city. */
  | 'other'

/** By what a visit is shown. */
export type Shown = 'code' | 'position' | 'both'

export const checkInProblems = {
  'no-proof': { zh: '既没有扫码，也没有定位。', en: 'There is neither a code nor a position.' },
  'wrong-code': { zh: '扫的不是这个点位的码。', en: 'The code is not the one of this stop.' },
  'needs-code': { zh: '此任务须扫点位标签。', en: 'This round asks for the label of the stop.' },
  'needs-position': { zh: '此任务须有定位。', en: 'This round asks for the position of the phone.' },
  'only-public': {
    zh: '灯杆码上的编号谁都能看到，还须定位；或扫巡查标签。',
    en: 'The number of a public code can be read by anybody: it needs the position of the phone too, or scan the label for rounds.',
  },
  'no-place': { zh: '点位没有坐标，须扫点位标签。', en: 'The stop has no position: scan its label.' },
  'too-far': { zh: '离点位太远。', en: 'That is too far from the stop.' },
  'too-coarse': { zh: '定位精度不够，请到空旷处再试。', en: 'The position is too coarse; try again in the open.' },
} as const satisfies Record<string, Text>
export type CheckInProblem = keyof typeof checkInProblems

/** What makes a visit that counts worth a look. */
export const checkInDoubts = {
  elsewhere: { zh: '扫码时手机不在附近', en: 'The phone was elsewhere when the code was scanned' },
  'told-late': { zh: '事后补传', en: 'Told later than it was done' },
  'too-fast': { zh: '与上一次打卡相隔太远、时间太短', en: 'Too far from the last check-in for the time between' },
  clock: { zh: '手机时间超前', en: "The phone's clock was ahead" },
} as const satisfies Record<string, Text>
export type CheckInDoubt = keyof typeof checkInDoubts

/** A position that is no better than this, m, shows nothing within a street. */
export const COARSEST = 100
/** Whoever scans a label is at most so far away by the phone's own word, m, beyond the radius of the plan. */
const ELSEWHERE = 300
/** m/s; 150 km/h. */
const FASTEST = 42
/** A network that was away for a moment is nothing to look at, ms. */
const PROMPT = minutes(10)
const CLOCK = minutes(1)

export type Judged = { shown: Shown; distance: number | null } | { problem: CheckInProblem; distance: number | null }

export interface Claim {
  scanned: ScannedCode | null
  place: ClaimedPlace | null
}

/** Whether a claim shows that somebody was at a stop. `distance` is from the stop to where the phone says it is, m; null where either is unknown. */
export function judgeClaim({ scanned, place }: Claim, stop: Place | null, proof: Proof, radius: number): Judged {
  const distance = place && stop ? Math.round(metresBetween(place.position, stop)) : null
  const fails = (problem: CheckInProblem): Judged => ({ problem, distance })
  if (scanned === 'other') return fails('wrong-code')
  const isNear = place !== null && distance !== null && place.accuracy <= COARSEST && distance - place.accuracy <= radius
  const hasCode = scanned === 'label'
  if (proof === 'code')
    return hasCode ? { shown: isNear ? 'both' : 'code', distance } : fails(scanned === null ? 'needs-code' : 'only-public')
  if (proof === 'either' && hasCode) return { shown: isNear ? 'both' : 'code', distance }
  if (isNear) return { shown: hasCode ? 'both' : 'position', distance }
  if (place === null) {
    if (scanned === null) return fails(proof === 'position' ? 'needs-position' : 'no-proof')
    return fails(scanned === 'public' ? 'only-public' : 'needs-position')
  }
  if (stop === null) return fails('no-place')
  return fails(place.accuracy > COARSEST ? 'too-coarse' : 'too-far')
}

/** A visit by the same person before, as far as it has a place. */
export interface EarlierVisit {
  at: number
  place: Place | null
}

/** What of a visit that counts is worth a look. Times in ms: `claimed` by the phone, `received` by the server. */
export function doubtsOf(
  visit: { claimed: number; received: number; place: ClaimedPlace | null; stop: Place | null; distance: number | null; radius: number },
  before: EarlierVisit | undefined,
): CheckInDoubt[] {
  const { claimed, received, place, distance, radius } = visit
  const here = visit.stop ?? place?.position ?? null
  const doubts: CheckInDoubt[] = []
  if (place && distance !== null && distance - place.accuracy > radius + ELSEWHERE) doubts.push('elsewhere')
  if (received - claimed > PROMPT) doubts.push('told-late')
  if (claimed - received > CLOCK) doubts.push('clock')
  if (here && before?.place) {
    const apart = metresBetween(here, before.place) - radius
    if (apart > (FASTEST * Math.abs(Math.min(claimed, received) - before.at)) / 1000) doubts.push('too-fast')
  }
  return doubts
}
