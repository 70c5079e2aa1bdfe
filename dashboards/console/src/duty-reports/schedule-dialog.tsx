import { type Company, companies } from '../../../../src/operations/company.ts'
import { type ReportPeriod, reportPeriods } from '../../../../src/operations/duty-report.ts'
import { getRoster } from '../duty/duty-api.ts'
import { say, t } from '../settings.ts'
import { Dialog } from '../shell/dialog.tsx'
import { act } from '../shell/notice.tsx'
import { useAnswer } from '../shell/use-answer.ts'
import { dr } from '../texts/duty-reports.ts'
import { getReportSettings, putReportSettings } from './duty-reports-api.ts'

const periods = Object.keys(reportPeriods) as ReportPeriod[]
const everybody = Object.keys(companies) as Company[]
const clock = (minute: number) => [Math.floor(minute / 60), minute % 60].map((part) => String(part).padStart(2, '0')).join(':')
const minuteOf = (text: string) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3, 5))

/** Which reports the calendar makes, which of them are sent, and when. */
export function ScheduleDialog({ onClose }: { onClose: () => void }) {
  const { answer, problem } = useAnswer(async () => ({ settings: await getReportSettings(), roster: await getRoster() }), '')
  if (!answer) {
    return (
      <Dialog title={dr().schedule} onClose={onClose}>
        <p class={problem ? 'problem' : 'muted'}>{problem || t().loading}</p>
      </Dialog>
    )
  }
  const { settings, roster } = answer
  const chosen = (form: FormData, what: 'make' | 'send') =>
    Object.fromEntries(periods.map((period) => [period, form.getAll(`${what}-${period}`).map(String) as Company[]])) as Record<
      ReportPeriod,
      Company[]
    >
  const save = (form: FormData) =>
    act(
      () =>
        putReportSettings({
          rotation: String(form.get('rotation')) || null,
          make: chosen(form, 'make'),
          send: chosen(form, 'send'),
          sendAt: minuteOf(String(form.get('sendAt'))),
        }),
      dr().settingsSaved,
    )
  return (
    <Dialog title={dr().schedule} confirm={dr().save} onConfirm={save} onClose={onClose}>
      {(['make', 'send'] as const).map((what) => (
        <table key={what} class="grid-table report-schedule">
          <caption>{what === 'make' ? dr().made : dr().sent}</caption>
          <thead>
            <tr>
              <th scope="col">{dr().company}</th>
              {periods.map((period) => (
                <th key={period} scope="col">
                  {say(reportPeriods[period])}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {everybody.map((company) => (
              <tr key={company}>
                <th scope="row">{say(companies[company])}</th>
                {periods.map((period) => (
                  <td key={period}>
                    <input
                      type="checkbox"
                      name={`${what}-${period}`}
                      value={company}
                      aria-label={`${what === 'make' ? dr().made : dr().sent}: ${say(companies[company])}, ${say(reportPeriods[period])}`}
                      defaultChecked={settings[what][period].includes(company)}
                    />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      ))}
      <p class="muted small">{dr().channelsAbout}</p>
      <label class="field">
        {dr().sendAt}
        <input name="sendAt" type="time" required defaultValue={clock(settings.sendAt)} />
      </label>
      <label class="field">
        {dr().rotation}
        <select name="rotation">
          <option value="">{dr().usualRotation}</option>
          {roster.rotations.map(({ id, name }) => (
            <option key={id} value={id} selected={id === settings.rotation}>
              {name}
            </option>
          ))}
        </select>
      </label>
    </Dialog>
  )
}
