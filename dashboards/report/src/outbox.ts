import { Refusal } from './public-api.ts'

/** What goes to the server; the id makes it count once however often it is sent. */
export interface Report {
  id: string
  kind: string
  code?: string
  position?: [number, number]
  words: string
  contact: string
  language: 'zh' | 'en'
}

export interface Receipt {
  number: string
  duplicate: boolean
  known: boolean
}

/** A report that has arrived. */
export interface Sent extends Receipt {
  id: string
  /** ms since 1970. */
  at: number
  code: string | null
}

/** One that waited, and that the server did not take. */
export interface Refused {
  id: string
  /** Of a pole that there is not; null: for another reason. */
  unknown: string | null
}

export interface OutboxState {
  waiting: readonly Report[]
  /** Not told to whoever typed them yet. */
  refused: readonly Refused[]
  /** Newest first. */
  sent: readonly Sent[]
  /** ms since 1970 before which the server wants no more. */
  notBefore: number
}

export const emptyOutbox: OutboxState = { waiting: [], refused: [], sent: [], notBefore: 0 }

/** Numbers that this device remembers. */
const MOST_SENT = 10

/** How sending one went: `failed` without an answer, `refused` for good. */
export type Outcome =
  | { type: 'sent'; receipt: Receipt }
  | { type: 'later'; after: number }
  | { type: 'failed' }
  | { type: 'refused'; code: string; detail: string }

/** A report typed is kept before it is sent; the same one is kept once. */
export const withReport = (state: OutboxState, report: Report): OutboxState => ({
  ...state,
  waiting: [...state.waiting.filter(({ id }) => id !== report.id), report],
})

/** After one of those waiting was tried at `now`. */
export function afterTrying(state: OutboxState, report: Report, outcome: Outcome, now: number): OutboxState {
  const rest = state.waiting.filter(({ id }) => id !== report.id)
  switch (outcome.type) {
    case 'sent': {
      const { number, duplicate, known } = outcome.receipt
      const sent = { ...{ number, duplicate, known }, id: report.id, at: now, code: report.code ?? null }
      return { ...state, waiting: rest, sent: [sent, ...state.sent.filter(({ id }) => id !== report.id)].slice(0, MOST_SENT) }
    }
    case 'refused': {
      const unknown = outcome.code === 'place-unknown' ? (report.code ?? null) : null
      return { ...state, waiting: rest, refused: [...withoutRefused(state, report.id).refused, { id: report.id, unknown }] }
    }
    case 'later':
      return { ...state, notBefore: now + outcome.after }
    case 'failed':
      return state
  }
}

/** Once whoever typed it knows. */
export const withoutRefused = (state: OutboxState, id: string): OutboxState => ({
  ...state,
  refused: state.refused.filter((one) => one.id !== id),
})

/** What an error while sending means for the report. */
export function outcomeOf(problem: unknown): Outcome {
  if (!(problem instanceof Refusal)) return { type: 'failed' }
  return problem.after === null ? { type: 'refused', code: problem.code, detail: problem.message } : { type: 'later', after: problem.after }
}

/** What was kept, as far as it can still be read. */
export function readOutbox(text: string | null): OutboxState {
  try {
    const kept = JSON.parse(text ?? '{}') as Partial<OutboxState>
    return { ...emptyOutbox, ...kept }
  } catch {
    return emptyOutbox
  }
}
