import type { AlarmView, FacilityDetail } from '../../src/edges/http/schemas.ts'
import type { Client } from '../acceptance/server-process.ts'

/** What the service has confirmed to an operator. */
export interface Done {
  action: 'acknowledge' | 'comment' | 'set-mode'
  subject: string
  /** Unlike that of any other. */
  words: string
}

interface AuditRecord {
  id: number
  action: string
  subject: string
  detail: string
}

/** Acknowledges an alarm, comments on it and changes a mode; each is noted once it was confirmed. Rejects when the server is gone. */
export async function operate(client: Client, alarm: AlarmView, facility: string, words: string, done: Done[]): Promise<void> {
  const subject = `alarm ${alarm.id}`
  await client.post(`/api/alarms/${alarm.id}/acknowledge`, { comment: `seen ${words}` })
  done.push({ action: 'acknowledge', subject, words: `seen ${words}` })
  await client.post(`/api/alarms/${alarm.id}/comment`, { text: `comment ${words}` })
  done.push({ action: 'comment', subject, words: `comment ${words}` })
  await changeMode(client, facility, words, done)
}

/** Rejects when it is refused or the server is gone. */
export async function changeMode(client: Client, facility: string, words: string, done: Done[]): Promise<void> {
  // Unlike the one there is, or nothing would be changed: the last change may have come through although nobody was told.
  const { facility: present } = await client.get<FacilityDetail>(`/api/facilities/${facility}`)
  const mode = present.mode === 'auto' ? 'manual' : 'auto'
  await client.put(`/api/facilities/${facility}/mode`, { mode, reason: `mode ${words}` })
  done.push({ action: 'set-mode', subject: facility, words: `mode ${words}` })
}

/** What was confirmed and is not there, once, both in the audit trail and where it belongs. */
export async function operationProblems(client: Client, done: readonly Done[]): Promise<string[]> {
  const trail = await wholeTrail(client)
  const problems: string[] = []
  for (const { action, subject, words } of done) {
    const records = trail.filter((record) => record.action === action && record.subject === subject && record.detail.endsWith(words))
    if (records.length !== 1) problems.push(`${action} of ${subject} is in the audit trail ${records.length} times`)
    if (action === 'set-mode') continue
    const alarm = subject.replace('alarm ', '')
    const { items } = await client.get<{ items: { type: string; detail: string }[] }>(`/api/alarms/${alarm}/record?limit=1000`)
    const steps = items.filter(({ type, detail }) => type === action && detail === words)
    if (steps.length !== 1) problems.push(`${action} of ${subject} is in its record ${steps.length} times`)
  }
  return problems
}

async function wholeTrail(client: Client): Promise<AuditRecord[]> {
  const trail: AuditRecord[] = []
  for (let before: number | null = Number.MAX_SAFE_INTEGER; before !== null; ) {
    const page: { items: AuditRecord[]; next: number | null } = await client.get(`/api/audit?before=${before}&limit=1000`)
    trail.push(...page.items)
    before = page.next
  }
  return trail
}
