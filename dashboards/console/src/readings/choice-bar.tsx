import type { KindView } from '../../../../src/edges/http/schemas.ts'
import { cityDate, cityOffset } from '../city-time.ts'
import { formatNumber } from '../format.ts'
import { serverNow } from '../live/live.ts'
import { say } from '../settings.ts'
import { TitledOptions } from '../shell/titled-options.tsx'
import { r } from '../texts/readings.ts'
import { type Choice, MOST_POINTS, moved, spans, timeOf } from './choice.ts'

interface ChoiceBarProps {
  kind: KindView
  choice: Choice
  choose: (next: Choice) => void
}

/** Chooses time and points; every choice stands in the address. */
export function ChoiceBar({ kind, choice, choose }: ChoiceBarProps) {
  return (
    <>
      <div class="list-bar">
        <h2>{r().title}</h2>
        <fieldset class="together plain" aria-label={r().time}>
          {spans.map((span) => (
            <button
              key={span}
              type="button"
              class="button"
              aria-pressed={span === choice.span}
              onClick={() => choose({ ...choice, span, since: null, until: choice.span === 'dates' ? null : choice.until })}
            >
              {r().spans[span]}
            </button>
          ))}
        </fieldset>
        <fieldset class="together plain" aria-label={r().time}>
          <button type="button" class="button" onClick={() => choose(moved(choice, -1, serverNow.peek(), cityOffset()))}>
            ← {r().earlier}
          </button>
          <button
            type="button"
            class="button"
            aria-disabled={choice.until === null}
            onClick={() => choice.until !== null && choose(moved(choice, 1, serverNow.peek(), cityOffset()))}
          >
            {r().later} →
          </button>
        </fieldset>
        <Dates choice={choice} choose={choose} />
      </div>
      <Points kind={kind} choice={choice} choose={choose} />
    </>
  )
}

function Dates({ choice, choose }: Omit<ChoiceBarProps, 'kind'>) {
  const now = serverNow.peek()
  const { from, to } = timeOf(choice, now, cityOffset())
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget as HTMLFormElement)
    const [since, until] = [String(form.get('since')), String(form.get('until'))]
    if (since && until) choose({ ...choice, span: 'dates', since: since < until ? since : until, until: since < until ? until : since })
  }
  const today = cityDate(now)
  return (
    <form class="together" onSubmit={submit} key={`${cityDate(from)} ${cityDate(to - 1)}`}>
      <label class="together">
        {r().from}
        <input type="date" name="since" required max={today} defaultValue={cityDate(from)} />
      </label>
      <label class="together">
        {r().to}
        <input type="date" name="until" required max={today} defaultValue={cityDate(to - 1)} />
      </label>
      <button type="submit" class="button" aria-pressed={choice.span === 'dates'}>
        {r().show}
      </button>
    </form>
  )
}

function Points({ kind, choice, choose }: ChoiceBarProps) {
  const { points } = choice
  const isFull = points.length >= MOST_POINTS
  const add = (event: { currentTarget: HTMLSelectElement }) => {
    const point = event.currentTarget.value
    event.currentTarget.value = ''
    if (point) choose({ ...choice, points: [...points, point] })
  }
  return (
    <fieldset class="list-bar plain" aria-label={r().points}>
      {points.length > 1 &&
        points.map((key) => {
          const name = say(kind.points.find((point) => point.key === key)?.title ?? { en: key, zh: key })
          const remove = () => choose({ ...choice, points: points.filter((other) => other !== key) })
          return (
            <button key={key} type="button" class="button" aria-label={r().removePoint(name)} onClick={remove}>
              {name} ×
            </button>
          )
        })}
      {isFull ? (
        <span class="muted">{r().mostPoints(formatNumber(MOST_POINTS))}</span>
      ) : (
        <select aria-label={r().addPoint} value="" onChange={add}>
          <option value="">{r().addPoint}</option>
          <TitledOptions of={kind.points.filter(({ key }) => !points.includes(key))} />
        </select>
      )}
    </fieldset>
  )
}
