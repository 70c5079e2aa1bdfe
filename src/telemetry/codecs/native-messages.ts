import type { NativeMessage } from '../dialect.ts'
import type { Rejection } from '../rejection.ts'
import type { ReportingFacility } from '../report.ts'
import { statusTopic, telemetryTopic } from '../topic.ts'
import { encodeReports, type NativeReport } from './native.ts'

/** Characters of a payload from which on another message is begun. */
const LONG = 8192
/** Bytes of what a translation gives at most: a single report may have all points of its kind, and a character three bytes. */
export const LONGEST_TRANSLATED = 65_536

/** What several reports of one facility are in the native dialect, in their order; as many messages as their length asks for. */
export function nativeMessages({ kind, id }: ReportingFacility, reports: readonly NativeReport[]): NativeMessage[] {
  const topic = telemetryTopic(kind.key, id)
  if (reports.length <= 1) return reports.map((report) => ({ topic, payload: encodeReports(report) }))
  const messages: NativeMessage[] = []
  let waiting: string[] = []
  let length = 0
  const send = () => {
    if (waiting.length > 0) messages.push({ topic, payload: `[${waiting.join(',')}]` })
    waiting = []
    length = 0
  }
  for (const report of reports) {
    const text = encodeReports(report)
    if (length + text.length > LONG) send()
    waiting.push(text)
    length += text.length + 1
  }
  send()
  return messages
}

export const nativeStatus = ({ kind, id }: ReportingFacility, online: boolean): NativeMessage => ({
  topic: statusTopic(kind.key, id),
  payload: online ? 'online' : 'offline',
})

/** What is told of a message that holds more reports than are read of one. */
export const tooMany = (what: string, count: number, most: number, { id }: Pick<ReportingFacility, 'id'>): Rejection => ({
  reason: 'payload-too-large',
  detail: `${count} ${what}, the first ${most} are read`,
  facility: id,
})
