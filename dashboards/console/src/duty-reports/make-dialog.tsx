import { useState } from 'preact/hooks'
import { type Company, companies } from '../../../../src/operations/company.ts'
import { type ReportPeriod, reportPeriods } from '../../../../src/operations/duty-report.ts'
import { cityDate, cityOffset } from '../city-time.ts'
import { serverNow } from '../live/live.ts'
import { say } from '../settings.ts'
import { Dialog } from '../shell/dialog.tsx'
import { act } from '../shell/notice.tsx'
import { query } from '../shell/router.ts'
import { dr } from '../texts/duty-reports.ts'
import { wallText, wallTime } from '../time/wall-time.ts'
import { makeReport } from './duty-reports-api.ts'

/** A time within what the form names, ms: noon of a day, of the first of a month, or the moment itself. */
function timeIn(form: FormData, period: ReportPeriod): number | null {
  const field = String(form.get(period))
  const wall = { shift: field, day: `${field}T12:00`, month: `${field}-01T12:00` }[period]
  return wallTime(wall, cityOffset())
}

/** Lets a report be made of any shift, day or month. */
export function MakeDialog({ onMade, onClose }: { onMade: () => void; onClose: () => void }) {
  const [period, choose] = useState<ReportPeriod>('shift')
  const now = serverNow.peek()
  const today = cityDate(now)
  const send = async (form: FormData) => {
    // Today's noon may lie ahead; what goes on is made of as far as it has come.
    const at = Math.min(timeIn(form, period) ?? now, now)
    const done = await act(() => makeReport(String(form.get('company')) as Company, period, at), dr().asked)
    if (done) onMade()
    return done
  }
  return (
    <Dialog title={dr().make} confirm={dr().make} onConfirm={send} onClose={onClose}>
      <p>{dr().makeAbout}</p>
      <label class="field">
        {dr().company}
        <select name="company" defaultValue={query.value.get('company') ?? 'bureau'}>
          {(Object.keys(companies) as Company[]).map((key) => (
            <option key={key} value={key} selected={key === (query.value.get('company') ?? 'bureau')}>
              {say(companies[key])}
            </option>
          ))}
        </select>
      </label>
      <label class="field">
        {dr().period}
        <select value={period} onChange={({ currentTarget }) => choose(currentTarget.value as ReportPeriod)}>
          {(Object.keys(reportPeriods) as ReportPeriod[]).map((key) => (
            <option key={key} value={key}>
              {say(reportPeriods[key])}
            </option>
          ))}
        </select>
      </label>
      {period === 'shift' && (
        <label class="field">
          {dr().moment}
          <input name="shift" type="datetime-local" required defaultValue={wallText(now, cityOffset())} />
        </label>
      )}
      {period === 'day' && (
        <label class="field">
          {dr().day}
          <input name="day" type="date" required max={today} defaultValue={today} />
        </label>
      )}
      {period === 'month' && (
        <label class="field">
          {dr().month}
          <input name="month" type="month" required max={today.slice(0, 7)} defaultValue={today.slice(0, 7)} />
        </label>
      )}
    </Dialog>
  )
}
