import { cityOffset } from '../city-time.ts'
import { MinuteField } from '../shell/minute-field.tsx'
import { pr } from '../texts/programmes.ts'
import { wallText, wallTime } from '../time/wall-time.ts'

interface MomentFieldsProps {
  label: string
  /** ms since 1970 */
  at: number
  put: (at: number) => void
}

const two = (n: number) => String(n).padStart(2, '0')

/** A date and a time of 24 hours, both of the city. */
export function MomentFields({ label, at, put }: MomentFieldsProps) {
  const [date = '', time = ''] = wallText(at, cityOffset()).split('T')
  const [hour = 0, minute = 0] = time.split(':').map(Number)
  const take = (day: string, minutes: number) => {
    const found = wallTime(`${day}T${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`, cityOffset())
    if (found !== null) put(found)
  }
  return (
    <div class="moment">
      <span>{label}</span>
      <input
        type="date"
        required
        aria-label={`${label}: ${pr().date}`}
        value={date}
        onChange={({ currentTarget }) => take(currentTarget.value, hour * 60 + minute)}
      />
      <MinuteField label={`${label}: ${pr().time}`} value={hour * 60 + minute} put={(minutes) => take(date, minutes)} />
    </div>
  )
}
