import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { PublicReceiptView } from '../src/edges/http/report-schemas.ts'
import type { ReportKind } from '../src/operations/citizen-report.ts'
import { minutes, seconds } from '../src/telemetry/duration.ts'
import type { FaultRecord } from './faults.ts'
import { pick } from './random.ts'

/** A citizen reports something so often, ms. */
const EVERY = minutes(4)
/** When the city begins the first few come sooner. */
const AT_FIRST = 3
const SOON = seconds(20)
const AGAIN = seconds(2)

/** What somebody on the street makes of a fault; what is not here nobody sees. */
const seenAs: Readonly<Record<string, ReportKind>> = {
  'lamp-failure': 'dark',
  'relay-failure': 'dark',
  'supply-loss': 'dark',
  'day-burner': 'by-day',
  cycling: 'flickering',
  impact: 'damaged',
  leaning: 'damaged',
}
const words: Readonly<Partial<Record<ReportKind, readonly string[]>>> = {
  dark: ['这盏灯昨晚就不亮了，路口很黑。', '门口的路灯不亮，老人出门不方便。'],
  'by-day': ['白天一直亮着，浪费电。'],
  flickering: ['灯一闪一闪的，晃眼睛。'],
  damaged: ['灯杆被车撞歪了，请尽快来看。'],
}

export interface CitizenReportDraft {
  kind: ReportKind
  code: string
  words: string
}

/** What a citizen reports who passes by: a fault that can be seen, or now and then a lamp that telemetry takes for well. */
export function nextCitizenReport(
  random: () => number,
  faults: readonly Pick<FaultRecord, 'facility' | 'fault' | 'kind'>[],
  lamps: readonly string[],
): CitizenReportDraft | null {
  const seen = faults.filter(({ fault, kind }) => kind === 'street-light' && Object.hasOwn(seenAs, fault))
  if (seen.length > 0 && random() < 0.7) {
    const { facility, fault } = pick(random, seen)
    const kind = seenAs[fault] as ReportKind
    return { kind, code: facility, words: pick(random, words[kind] ?? ['']) }
  }
  if (lamps.length === 0) return null
  const kind = pick(random, ['dark', 'flickering', 'damaged'] as const)
  return { kind, code: pick(random, lamps), words: pick(random, words[kind] ?? ['']) }
}

export interface CitizenPlay {
  /** Where the server is reached, and the port of the simulator's faults. */
  url: string
  faults: string
  lamps: readonly string[]
  random: () => number
}

/** Plays citizens, who have no account, until `signal`. */
export async function playCitizens({ url, faults, lamps, random }: CitizenPlay, signal: AbortSignal): Promise<void> {
  for (let sent = 0; !signal.aborted; ) {
    // A server that is away for a moment is no reason to give up.
    const isSent = await report().then(Boolean, () => false)
    if (isSent) sent++
    const pause = isSent ? (sent < AT_FIRST ? SOON : EVERY) : AGAIN
    await sleep(pause, undefined, { signal }).catch(() => undefined)
  }

  async function report(): Promise<PublicReceiptView | null> {
    const known = await fetch(`${faults}/faults?limit=1000`, { signal: AbortSignal.timeout(5000) })
    const draft = nextCitizenReport(random, ((await known.json()) as { faults: FaultRecord[] }).faults, lamps)
    if (!draft) return null
    const response = await fetch(`${url}/api/public/reports`, {
      ...{ method: 'POST', headers: { 'content-type': 'application/json', origin: url }, signal: AbortSignal.timeout(5000) },
      body: JSON.stringify({ id: randomUUID(), contact: '', language: 'zh', ...draft }),
    })
    if (!response.ok) throw new Error(`reports answered ${response.status}`)
    return (await response.json()) as PublicReceiptView
  }
}
