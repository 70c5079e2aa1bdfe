import { signal } from '@preact/signals'
import { useEffect, useRef, useState } from 'preact/hooks'
import { cityOffset } from '../city-time.ts'
import { formatClock } from '../format.ts'
import { link, serverNow, silentFor } from '../live/live.ts'
import { useKeys } from '../shell/keys.ts'
import { ZoneNote } from '../shell/zone-note.tsx'
import { timeTexts } from '../texts/time.ts'
import { OverviewStrip } from './overview-strip.tsx'
import { formatRange } from './range-format.ts'
import { goLive, mayZoomBack, pan, showWindow, standardLength, timeWindow, zoom, zoomBack } from './shown-window.ts'
import './time.css'
import { LONGEST, SHORTEST, type Span, shownTime, spans } from './time-window.ts'
import { wallText, wallTime } from './wall-time.ts'

interface TimeBarProps {
  /** Ms that are shown while the address says nothing. */
  standard?: number
  /** Whose alarms the strip marks; without any there is no strip. */
  facilities?: readonly string[]
}

const HOUR = 3_600_000

/** Says what time every plot of the page shows, and changes it; a page has one. */
export function TimeBar({ standard = HOUR, facilities = [] }: TimeBarProps) {
  useStandard(standard)
  const { end, length } = timeWindow.value
  const isLive = end === null
  useKeys({
    'Shift+ArrowLeft': () => pan(-1),
    'Shift+ArrowRight': () => pan(1),
    '+': () => zoom(0.5),
    '-': () => zoom(2),
    n: goLive,
    ...(mayZoomBack() && { Escape: zoomBack }),
  })
  const texts = timeTexts()
  return (
    <section class={`panel time-bar ${isLive ? 'live' : 'fixed'}`} aria-label={texts.bar} data-window={isLive ? 'live' : 'fixed'}>
      <div class="time-line">
        <WindowState />
        <fieldset class="together plain spans" aria-label={texts.spanNames}>
          {(Object.keys(spans) as Span[]).map((span) => (
            <button
              key={span}
              type="button"
              class="button"
              aria-pressed={isLive && spans[span] === length}
              onClick={() => showWindow({ length: spans[span], end: null })}
            >
              {texts.spans[span]}
            </button>
          ))}
        </fieldset>
        <span class="together">
          <Step label={texts.earlier} text="◀" act={() => pan(-1)} />
          <Step label={texts.later} text="▶" act={() => pan(1)} off={isLive} />
          <Step label={texts.closer} text="+" act={() => zoom(0.5)} off={length <= SHORTEST} />
          <Step label={texts.wider} text="−" act={() => zoom(2)} off={length >= LONGEST} />
        </span>
        <Dates />
        {!isLive && (
          <button type="button" class="button primary" onClick={goLive}>
            {texts.now} <kbd>n</kbd>
          </button>
        )}
        {mayZoomBack() && (
          <button type="button" class="button" onClick={zoomBack}>
            {texts.zoomBack} <kbd>Esc</kbd>
          </button>
        )}
      </div>
      {facilities.length > 0 && <OverviewStrip facilities={facilities} />}
      <div class="time-notes">
        <p class="muted small time-keys">{texts.keys}</p>
        <ZoneNote />
      </div>
    </section>
  )
}

/** While a page is there, what it shows when the address says nothing. */
function useStandard(length: number): void {
  if (standardLength.peek() !== length) standardLength.value = length
}

function Step({ label, text, act, off = false }: { label: string; text: string; act: () => void; off?: boolean }) {
  return (
    <button type="button" class="button" aria-label={label} title={label} aria-disabled={off} onClick={() => !off && act()}>
      {text}
    </button>
  )
}

/** Whether the plots go on by themselves; a live window without a connection does not, and says since when. */
function WindowState() {
  const { end, length } = timeWindow.value
  const texts = timeTexts()
  if (end !== null) {
    return (
      <p class="window-state">
        <strong class="window-tag">{texts.fixed}</strong> <span class="window-time">{formatRange(end - length, end)}</span>
      </p>
    )
  }
  const isOn = link.value === 'live'
  return (
    <p class="window-state">
      <strong class="window-tag">{texts.live}</strong>{' '}
      <span>{isOn ? texts.upToNow : texts.standsStill(formatClock(serverNow.value - silentFor.value))}</span>
    </p>
  )
}

const problem = signal('')

/** From and to by the calendar and the clock of the city. */
function Dates() {
  const [isOpen, open] = useState(false)
  const place = useRef<HTMLDetailsElement>(null)
  useEffect(() => {
    if (!isOpen) return
    const away = (event: Event) => !place.current?.contains(event.target as Node) && open(false)
    document.addEventListener('pointerdown', away)
    return () => document.removeEventListener('pointerdown', away)
  }, [isOpen])
  const texts = timeTexts()
  return (
    <details
      class="time-dates"
      ref={place}
      open={isOpen}
      onToggle={(event) => {
        problem.value = ''
        open(event.currentTarget.open)
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !isOpen) return
        event.preventDefault()
        open(false)
        place.current?.querySelector('summary')?.focus()
      }}
    >
      <summary class="button">{texts.dates}…</summary>
      {isOpen && <DateForm close={() => open(false)} />}
    </details>
  )
}

function DateForm({ close }: { close: () => void }) {
  const offset = cityOffset()
  const { from, to } = shownTime(timeWindow.peek(), serverNow.peek())
  const texts = timeTexts()
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget as HTMLFormElement)
    const [begin, end] = ['from', 'to'].map((name) => wallTime(String(form.get(name)), offset))
    if (begin == null || end == null) return
    if (end <= begin) problem.value = texts.wrongOrder
    else if (end - begin < SHORTEST || end - begin > LONGEST) problem.value = texts.tooShort
    else {
      showWindow({ length: end - begin, end })
      close()
    }
  }
  return (
    <form class="panel" onSubmit={submit}>
      <label class="field">
        {texts.from}
        <input type="datetime-local" name="from" required defaultValue={wallText(from, offset)} />
      </label>
      <label class="field">
        {texts.to}
        <input type="datetime-local" name="to" required defaultValue={wallText(to, offset)} />
      </label>
      {problem.value && (
        <p class="problem" role="alert">
          {problem.value}
        </p>
      )}
      <button type="submit" class="button primary">
        {texts.show}
      </button>
    </form>
  )
}
