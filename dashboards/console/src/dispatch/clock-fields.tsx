import { type DispatchPolicy, type ReportPolicy, reportPolicies } from '../../../../src/dispatch/dispatch-policy.ts'
import { orderClasses } from '../../../../src/dispatch/order.ts'
import type { ClassClock } from '../../../../src/dispatch/order-clock.ts'
import { say } from '../settings.ts'
import { MinuteField } from '../shell/minute-field.tsx'
import { ScrollTable } from '../shell/scroll-table.tsx'
import { dp } from '../texts/dispatch.ts'
import { FieldProblems, type Problems } from './field-problems.tsx'
import { classes, clockLength } from './policy-words.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const YEAR = 366 * 24 * HOUR

interface ClockFieldsProps {
  policy: DispatchPolicy
  problems: Problems
  /** Null for those who may only look. */
  change: ((policy: DispatchPolicy) => void) | null
}

/** How long each class may wait, when nobody is woken, how orders end, and which citizens make by themselves. */
export function ClockFields({ policy, problems, change }: ClockFieldsProps) {
  const { clocks, quiet, closesVerified, reports } = policy
  const isFixed = change === null
  const put = (cls: (typeof classes)[number], part: Partial<ClassClock>) =>
    change?.({ ...policy, clocks: { ...clocks, [cls]: { ...clocks[cls], ...part } } })
  return (
    <>
      <p class="muted">{dp().clocksAbout}</p>
      <ScrollTable label={dp().tabs.clocks} titles={dp().clockColumns}>
        {classes.map((cls) => {
          const { arrive, repair, onWorkingDays } = clocks[cls]
          const name = say(orderClasses[cls])
          return (
            <tr key={cls}>
              <th scope="row">{name}</th>
              <td class="number-cell">
                <Length
                  label={dp().arriveOf(name)}
                  value={arrive}
                  unit={MINUTE}
                  isFixed={isFixed}
                  put={(length) => put(cls, { arrive: length })}
                />
                <FieldProblems problems={problems} at={`clocks.${cls}.arrive`} />
              </td>
              <td class="number-cell">
                <Length
                  label={dp().repairOf(name)}
                  value={repair}
                  unit={HOUR}
                  isFixed={isFixed}
                  put={(length) => put(cls, { repair: length })}
                />
              </td>
              <td>
                <label class="check">
                  <input
                    type="checkbox"
                    checked={onWorkingDays}
                    disabled={isFixed}
                    onChange={({ currentTarget }) => put(cls, { onWorkingDays: currentTarget.checked })}
                  />
                  {dp().onWorkingDays}
                  <span class="unseen">: {name}</span>
                </label>
              </td>
              <td class="nowrap">{clockLength(repair, onWorkingDays)}</td>
            </tr>
          )
        })}
      </ScrollTable>
      <h2>{dp().quietHours}</h2>
      <p class="muted">{dp().quietAbout}</p>
      <div class="buttons">
        {(['from', 'to'] as const).map((end) => (
          <span key={end} class="together">
            {dp()[end]}{' '}
            <MinuteField
              label={`${dp().quietHours}: ${dp()[end]}`}
              value={quiet[end]}
              disabled={isFixed}
              put={(minute) => change?.({ ...policy, quiet: { ...quiet, [end]: minute } })}
            />
          </span>
        ))}
        {quiet.to < quiet.from && <span class="muted">{dp().nextDay}</span>}
      </div>
      <h2>{dp().closing}</h2>
      <label class="check">
        <input
          type="checkbox"
          checked={closesVerified}
          disabled={isFixed}
          onChange={({ currentTarget }) => change?.({ ...policy, closesVerified: currentTarget.checked })}
        />
        {dp().closesVerified}
      </label>
      <h2>{dp().citizens}</h2>
      <label>
        {dp().reports}
        <select
          value={reports}
          disabled={isFixed}
          onChange={({ currentTarget }) => change?.({ ...policy, reports: currentTarget.value as ReportPolicy })}
        >
          {reportPolicies.map((one) => (
            <option key={one} value={one}>
              {dp().reportPolicies[one]}
            </option>
          ))}
        </select>
      </label>
    </>
  )
}

interface FieldProps {
  label: string
  value: number
  isFixed: boolean
  put: (value: number) => void
}

/** A length of time, ms, in a unit of so many. */
function Length({ label, value, unit, isFixed, put }: FieldProps & { unit: number }) {
  return (
    <input
      type="number"
      aria-label={label}
      required
      step="any"
      min={MINUTE / unit}
      max={YEAR / unit}
      value={value / unit}
      disabled={isFixed}
      onInput={({ currentTarget: field }) => field.checkValidity() && put(Math.round((Number(field.value) * unit) / MINUTE) * MINUTE)}
    />
  )
}
