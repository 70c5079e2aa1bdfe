import { useState } from 'preact/hooks'
import type { RoundView, StopReadingView } from '../../../../src/edges/http/round-schemas.ts'
import { checkInProblems, judgeClaim } from '../../../../src/operations/check-in.ts'
import { say } from '../../../shared/preferences.ts'
import { metres, placeOf } from '../pages/order-words.ts'
import { Panel } from '../pages/panel.tsx'
import { checkIn } from '../state.ts'
import { locate } from './locate.ts'
import { r } from './rounds-texts.ts'
import { canScan, Scanner } from './scanner.tsx'
import { labelOf, readCode, type ShownStop } from './walk.ts'

interface SheetProps {
  round: RoundView
  shown: ShownStop
  /** A label that was opened by the camera of the phone. */
  code: string | null
  onClose: () => void
}
type Values = Readonly<Record<string, string>>

const keyOf = ({ facility, point }: StopReadingView) => `${facility} ${point}`

/** What was typed, as the points take it; undefined where it can be no value. */
function readingsOf(wanted: readonly StopReadingView[], values: Values) {
  const given = wanted.filter((one) => (values[keyOf(one)] ?? '') !== '')
  const readings = given.map((one) => {
    const { facility, point, type, least, greatest, states } = one
    const typed = values[keyOf(one)] as string
    const value = type === 'number' ? Number(typed.replace(',', '.')) : states.find((each) => String(each.value) === typed)?.value
    const isPossible = typeof value !== 'number' || (value >= (least ?? value) && value <= (greatest ?? value))
    return { facility, point, value, isPossible }
  })
  return readings.every(({ isPossible, value }) => isPossible && value !== undefined)
    ? readings.map(({ facility, point, value }) => ({ facility, point, value: value as number | boolean | string }))
    : undefined
}

/** Shows that somebody is at a stop, and takes what they read there. */
export function CheckInSheet({ round, shown: { stop }, code: opened, onClose }: SheetProps) {
  const [values, setValues] = useState<Values>({})
  const [note, setNote] = useState('')
  const [problem, setProblem] = useState('')
  const [busy, setBusy] = useState(false)
  const [scans, setScans] = useState(false)

  const send = async (code: string | null) => {
    setScans(false)
    const readings = readingsOf(stop.readings, values)
    if (!readings) return setProblem(r().impossible)
    const read = code === null ? null : readCode(code)
    if (code !== null && !read) return setProblem(r().unknownCode)
    if (read && read.ref !== (read.scanned === 'label' ? labelOf(round.plan, stop) : stop.facility)) return setProblem(r().wrongCode)
    setProblem('')
    setBusy(true)
    const place = await locate()
    const judged = judgeClaim({ scanned: read?.scanned ?? null, place }, placeOf(stop.position), round.proof, round.radius)
    if ('problem' in judged) {
      const away = judged.distance === null ? '' : ` ${r().away(metres(judged.distance))}`
      setProblem(place === null && code === null ? r().unlocated : say(checkInProblems[judged.problem]) + away)
    } else {
      const sent = place && { accuracy: place.accuracy, position: [...place.position] as [number, number] }
      if (await checkIn({ round: round.id, stop: stop.key, code, place: sent, readings, note }, say(stop.name))) onClose()
    }
    setBusy(false)
  }

  return (
    <Panel title={say(stop.name)} onClose={onClose}>
      {stop.readings.length > 0 && (
        <fieldset>
          <legend>{r().readings}</legend>
          {stop.readings.map((one) => (
            <Reading
              key={keyOf(one)}
              reading={one}
              value={values[keyOf(one)] ?? ''}
              onChange={(value) => setValues({ ...values, [keyOf(one)]: value })}
            />
          ))}
        </fieldset>
      )}
      <label class="field">
        {r().note}
        <input value={note} maxLength={500} onInput={({ currentTarget }) => setNote(currentTarget.value)} />
      </label>
      <p role="alert" class="late">
        {problem}
      </p>
      {busy && <p role="status">{r().locating}</p>}
      {scans && <Scanner onCode={(text) => void send(text)} onClose={() => setScans(false)} />}
      {!scans && (
        <>
          {opened !== null && (
            <button type="button" class="button step" disabled={busy} onClick={() => void send(opened)}>
              {r().byLabel}
            </button>
          )}
          {opened === null && round.proof !== 'code' && (
            <button type="button" class="button step" disabled={busy} onClick={() => void send(null)}>
              {r().byPosition}
            </button>
          )}
          {opened === null && canScan() && (
            <button type="button" class="button wide" disabled={busy} onClick={() => setScans(true)}>
              {r().byCode}
            </button>
          )}
          {opened === null && !canScan() && <p class="muted">{r().noScanner}</p>}
        </>
      )}
      <p class="muted">{r().proves}</p>
    </Panel>
  )
}

function Reading({ reading, value, onChange }: { reading: StopReadingView; value: string; onChange: (value: string) => void }) {
  const { title, unit, type, least, greatest, states } = reading
  const name = unit ? `${say(title)} (${unit})` : say(title)
  if (type === 'number') {
    return (
      <label class="field">
        {name}
        <input
          inputMode="decimal"
          value={value}
          placeholder={least !== null && greatest !== null ? r().between(least, greatest, unit) : ''}
          onInput={({ currentTarget }) => onChange(currentTarget.value)}
        />
      </label>
    )
  }
  return (
    <label class="field">
      {name}
      <select class="button wide" value={value} onChange={({ currentTarget }) => onChange(currentTarget.value)}>
        <option value="">–</option>
        {states.map((one) => (
          <option key={String(one.value)} value={String(one.value)}>
            {say(one.title)}
          </option>
        ))}
      </select>
    </label>
  )
}
