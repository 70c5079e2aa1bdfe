import { formatMinuteOfDay, readMinuteOfDay } from '../rules/time-of-day.ts'
import { t } from '../settings.ts'

interface MinuteFieldProps {
  label: string
  /** Minutes after midnight. */
  value: number
  put: (minute: number) => void
  disabled?: boolean
}

/** A time of the day, always of 24 hours: what browsers offer for it follows the language of the browser. */
export function MinuteField({ label, value, put, disabled = false }: MinuteFieldProps) {
  return (
    <input
      class="time"
      required
      inputMode="numeric"
      maxLength={5}
      aria-label={label}
      autocomplete="off"
      value={formatMinuteOfDay(value)}
      disabled={disabled}
      onChange={({ currentTarget: field }) => {
        const minute = readMinuteOfDay(field.value)
        field.setCustomValidity(minute === undefined ? t().noTime : '')
        if (minute === undefined) field.reportValidity()
        else put(minute % 1440)
      }}
    />
  )
}
