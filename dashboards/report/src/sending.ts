import { signal } from '@preact/signals'
import { recall, remember } from '../../shared/preferences.ts'
import {
  afterTrying,
  type OutboxState,
  type Outcome,
  outcomeOf,
  type Receipt,
  type Report,
  readOutbox,
  withoutRefused,
  withReport,
} from './outbox.ts'
import { ask } from './public-api.ts'

const KEPT = 'reports'
const AGAIN = 15_000

/** Reports that wait and those that have arrived, as this device remembers them. */
export const outbox = signal(readOutbox(recall(KEPT)))

/** Changes what was kept last, because the page may be open twice; without a storage, what this page knows. */
function change(step: (state: OutboxState) => OutboxState): void {
  const kept = recall(KEPT)
  outbox.value = step(kept === null ? outbox.peek() : readOutbox(kept))
  remember(KEPT, JSON.stringify(outbox.peek()))
}

/** Keeps a report and sends it; resolves with how that went. */
export async function sendReport(report: Report): Promise<Outcome> {
  change((state) => withReport(state, report))
  const outcome = await trySending(report)
  if (outcome.type === 'refused') forgetRefused(report.id)
  return outcome
}

async function trySending(report: Report): Promise<Outcome> {
  const outcome = await ask<Receipt>('reports', report).then((receipt): Outcome => ({ type: 'sent', receipt }), outcomeOf)
  change((state) => afterTrying(state, report, outcome, Date.now()))
  return outcome
}

export const forgetRefused = (id: string): void => change((state) => withoutRefused(state, id))

/** Forgets the numbers on this device. */
export const forgetSent = (): void => change((state) => ({ ...state, sent: [] }))

let isSending = false
/** One after another, until one does not go. */
async function sendWaiting(): Promise<void> {
  if (isSending) return
  isSending = true
  try {
    for (const report of outbox.peek().waiting) {
      if (Date.now() < outbox.peek().notBefore) break
      const { type } = await trySending(report)
      if (type === 'failed' || type === 'later') break
    }
  } finally {
    isSending = false
  }
}

/** Sends what waits as soon as there is a network: now, when the device says so, and every now and then, because devices are often wrong. */
export function startSending(): void {
  addEventListener('storage', () => {
    outbox.value = readOutbox(recall(KEPT))
  })
  addEventListener('online', () => void sendWaiting())
  document.addEventListener('visibilitychange', () => void sendWaiting())
  setInterval(() => void sendWaiting(), AGAIN)
  void sendWaiting()
}
