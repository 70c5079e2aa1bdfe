import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import { calendarDays, dateOf } from '../../control/calendar-day.ts'
import { shiftsOn } from '../../dispatch/duty.ts'
import type { DutyReport, DutyReportSummary, DutyReports, DutyReportText } from '../../edges/duty-reports.ts'
import { LamplighterError, refuse } from '../../errors.ts'
import { scopeOfCompany } from '../../operations/company.ts'
import { type ReportPart, type ReportPeriod, type ReportSpan, reportPeriods } from '../../operations/duty-report.ts'
import { endedSpans, type ReportCalendar, spanAt } from '../../operations/report-calendar.ts'
import { reportNotice } from '../../operations/report-notice.ts'
import { type DutyReportSettings, reportRotation, settingsProblems, usualReportSettings } from '../../operations/report-settings.ts'
import type { DutyReportRecord } from '../../storage/duty-report-store.ts'
import { days, minutes, seconds } from '../../telemetry/duration.ts'
import type { ServiceParts } from '../parts.ts'
import { sha256 } from '../sha256.ts'
import type { LateData } from './late-data.ts'
import { figuresOf, isFinal, makeReport } from './report-maker.ts'

/** What is under way as a time ends comes in before its report is made, ms. */
const GRACE = minutes(5)
/** The time series is waited for at most this long. */
const LONGEST_WAIT = minutes(30)
const STORE_LOOK = seconds(1)
/** Reports that people asked for and that wait. */
const MOST_WAITING = 20
/** Reports of shifts that nobody signed are kept for so long. */
const SHIFTS_KEPT = days(800)
const PRUNED_AT_ONCE = 20
const MOST_SIGNATURES = 20
/** Sent at once; the rest in the next seconds. */
const SENT_AT_ONCE = 20
const MINUTE = minutes(1)
const periods = Object.keys(reportPeriods) as ReportPeriod[]

export interface DutyReportParts extends Pick<ServiceParts, 'state' | 'pipeline' | 'notifying' | 'utcOffset' | 'timeZone' | 'now'> {
  lateData: LateData
  parts: readonly ReportPart[]
}

/** Reports of shifts, days and months: asked for by the calendar or by people, made one after the other, frozen, signed and sent. */
export function dutyReportServices({
  state,
  pipeline,
  notifying,
  utcOffset,
  timeZone,
  now,
  lateData,
  parts,
}: DutyReportParts): DutyReports {
  const store = state.dutyReports
  const giveUp = new AbortController()
  let isMaking = false
  /** Spans that ended by then, ms, are asked for; what was asked for before the start is known to the store. */
  let askedThrough = Number.NEGATIVE_INFINITY
  /** Since when, and for which message, the time series is waited for. */
  let awaited: { id: number; position: number; since: number } | null = null

  const settings = (): DutyReportSettings => {
    const kept = store.settings()
    return kept === undefined ? usualReportSettings : { ...usualReportSettings, ...(JSON.parse(kept) as DutyReportSettings) }
  }
  const calendar = (): ReportCalendar => ({ rotation: reportRotation(settings().rotation, state.roster.rotations()), utcOffset })

  const shiftName = ({ period, from, to }: ReportSpan): string => {
    const { rotation } = calendar()
    if (period !== 'shift' || !rotation) return ''
    const own = shiftsOn(rotation, dateOf(from, utcOffset), utcOffset).filter((one) => one.from === from && one.to >= to)
    return [...new Set(own.map(({ shift }) => shift.name))].join(', ')
  }

  const summary = (record: DutyReportRecord): DutyReportSummary => ({ ...record, signatures: store.signatures(record.id) })
  const known = (id: number): DutyReportRecord => {
    const found = store.report(id)
    if (!found) throw new LamplighterError('not-found', `There is no report ${id}; /api/duty-reports lists them.`)
    return found
  }
  const whole = (record: DutyReportRecord): DutyReport => {
    const body = store.body(record.id)
    return {
      ...summary(record),
      text: body === undefined ? null : (JSON.parse(body) as DutyReportText),
      isIntact: body !== undefined && sha256(body) === record.hash,
    }
  }
  const audit = (by: string, action: string, subject: string, detail: string) => state.audit({ at: now(), by, action, subject, detail })
  const named = ({ company, period, from }: Pick<DutyReportRecord, 'company' | 'period' | 'from'>) =>
    `${company}, ${period} from ${new Date(from).toISOString()}`

  function askCalendar(at: number): void {
    const ended = at - GRACE
    const since = Math.max(store.since(at), askedThrough)
    const { make } = settings()
    const by = calendar()
    for (const period of periods) {
      for (const span of make[period].length > 0 ? endedSpans(period, since, ended, by) : []) {
        const ask = { ...span, isPartial: false, askedBy: null, askedAt: at, replaces: null, reason: '' }
        for (const company of make[period]) store.ask({ ...ask, company })
      }
    }
    askedThrough = Math.max(askedThrough, ended)
  }

  /** Messages that the time series lacks of those that had come when the report was asked for; null: it is to be waited for. */
  function behind(id: number, at: number): number | null {
    if (awaited?.id !== id) awaited = { id, position: pipeline.position, since: at }
    const lacking = Math.max(0, awaited.position - state.storedThrough())
    return lacking === 0 || at - awaited.since >= LONGEST_WAIT || at < awaited.since ? lacking : null
  }

  /** False when nothing waits. */
  async function makeNext(): Promise<boolean> {
    const record = store.nextWaiting()
    if (!record) return false
    const lacking = behind(record.id, now())
    if (lacking === null) return await sleep(STORE_LOOK, true, { signal: giveUp.signal, ref: false })
    try {
      const { id, company, period, from, to, isPartial } = record
      const before = record.replaces === null ? undefined : store.report(record.replaces)
      const replaces = before ? { id: before.id, hash: before.hash ?? '', lateReports: before.lateReports } : null
      const about = { company, period, from, to, isPartial, shiftName: shiftName(record), timeZone, behind: lacking, replaces }
      const text = await makeReport(about, parts, now, giveUp.signal)
      const body = JSON.stringify(text)
      const hash = sha256(body)
      const head = { shiftName: text.shiftName, figures: figuresOf(text) }
      state.transaction(() => {
        store.made(id, { madeAt: text.madeAt, head, body, hash, sendAt: sendTime(record, text.madeAt) })
        audit(record.askedBy ?? 'calendar', 'make-duty-report', `duty report ${id}`, `${named(record)}, sha256 ${hash}`)
      })
      lateData.reload(now())
    } catch (error) {
      // What is given up at the end waits for the next start.
      if (giveUp.signal.aborted) return false
      store.failed(record.id, error instanceof Error ? error.message : String(error))
    }
    return true
  }

  /** Only what the calendar asked for is sent, so that nobody gets a report twice. */
  function sendTime({ askedBy, period, company }: DutyReportRecord, at: number): number | null {
    const { send, sendAt } = settings()
    if (askedBy !== null || !send[period].includes(company)) return null
    if (period === 'shift') return at
    const date = dateOf(at, utcOffset)
    const midnight = calendarDays(date, date, utcOffset)[0]?.from as number
    const plain = midnight + sendAt * MINUTE
    return Math.max(at, plain - (utcOffset(plain) - utcOffset(midnight)))
  }

  function sendDue(at: number): void {
    for (const record of store.toSend(at, SENT_AT_ONCE)) {
      const { id, company, period, head, from, to, hash } = record
      const told = { company, period, from, to, shiftName: head?.shiftName ?? '', figures: head?.figures ?? [] }
      const figures = Object.fromEntries((head?.figures ?? []).map(({ key, value }) => [key, value]))
      const { domains } = scopeOfCompany(company)
      const kept = state.transaction(() => {
        store.sent(id, at)
        return notifying.notifier.keep({
          ...{ at, type: `duty-report.${period}`, urgent: false, ...reportNotice(told, { utcOffset }), path: `/duty-reports/${id}` },
          // What belongs to two fields goes to who is told of the own one, which stands last.
          ...{ district: '', domain: domains === 'all' ? '' : (domains.at(-1) ?? '') },
          ...{ data: { report: id, company, period, from, to, hash, figures }, accounts: [], mayWait: true },
        })
      })
      kept.begin()
    }
  }

  function ask(report: Omit<Parameters<typeof store.ask>[0], 'askedAt'>, by: string): DutyReportSummary {
    if (store.waitingForPeople() >= MOST_WAITING) refuse(`${MOST_WAITING} reports are being made already; wait until they are there.`)
    return state.transaction(() => {
      const id = store.ask({ ...report, askedAt: now() }) as number
      audit(by, 'ask-duty-report', `duty report ${id}`, [named(report), report.reason].filter(Boolean).join(': '))
      return summary(known(id))
    })
  }

  /** One after the other; what cannot be kept waits for the next tick. */
  function carryOn(): void {
    if (isMaking || giveUp.signal.aborted) return
    isMaking = true
    const makeAll = async () => {
      while (await makeNext()) await nextTurn()
    }
    void makeAll()
      .catch(() => {})
      .finally(() => {
        isMaking = false
      })
  }

  return {
    list(query) {
      const { items, next } = store.list(query)
      return { items: items.map(summary), next }
    },
    report: (id) => whole(known(id)),
    make({ company, period, at }, by) {
      const moment = now()
      const span = spanAt(period, at, calendar())
      if (!span) refuse('Nobody was on shift then; a rotation says when people are.')
      const { from, to } = span as ReportSpan
      if (from >= moment) refuse('That time has not begun.')
      const made = ask(
        { company, period, from, to: Math.min(to, moment), isPartial: to > moment, askedBy: by, replaces: null, reason: '' },
        by,
      )
      carryOn()
      return made
    },
    again(id, reason, by) {
      const record = known(id)
      if (!isFinal(record)) refuse('Only a report of a time that lies behind, in its newest version, can be made again.')
      const { company, period, from, to } = record
      const made = ask({ company, period, from, to, isPartial: false, askedBy: by, replaces: id, reason }, by)
      carryOn()
      return made
    },
    sign(id, remark, by) {
      const record = known(id)
      if (!isFinal(record)) refuse('Only a report of a time that lies behind, in its newest version, can be signed.')
      if (!whole(record).isIntact) refuse('The text is not the one that was frozen; tell an administrator.')
      if (store.signatures(id).length >= MOST_SIGNATURES) refuse(`${MOST_SIGNATURES} people have signed it already.`)
      return state.transaction(() => {
        if (!store.sign(id, { by, at: now(), remark })) refuse('You have signed it already.')
        audit(by, 'sign-duty-report', `duty report ${id}`, [`sha256 ${record.hash}`, remark].filter(Boolean).join('; '))
        return whole(record)
      })
    },
    settings,
    setSettings(wanted, by) {
      const problems = settingsProblems(wanted, state.roster.rotations())
      if (problems.length > 0) throw new LamplighterError('invalid-request', problems.join(' '))
      const body = JSON.stringify(wanted)
      state.transaction(() => {
        store.putSettings(body)
        audit(by, 'set-duty-reports', 'duty reports', body)
      })
      return settings()
    },
    tick() {
      const at = now()
      lateData.flush()
      store.pruneShifts(at - SHIFTS_KEPT, PRUNED_AT_ONCE)
      askCalendar(at)
      sendDue(at)
      carryOn()
    },
    close: () => giveUp.abort(),
  }
}
