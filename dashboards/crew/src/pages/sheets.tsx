import { useState } from 'preact/hooks'
import type { UsedPart } from '../../../../src/dispatch/order.ts'
import type { OrderDetailView, OrderView } from '../../../../src/edges/http/order-schemas.ts'
import { recall, remember } from '../../../shared/preferences.ts'
import { later } from '../later.tsx'
import { act, now } from '../state.ts'
import { c } from '../texts.ts'
import { sheet } from './order-steps.tsx'
import { Panel } from './panel.tsx'

const LampTestSheet = later(() => import('./lamp-test-sheet.tsx').then((module) => module.LampTestSheet))

const close = () => {
  sheet.value = null
}

/** The sheet that is open over the page of an order. */
export function Sheets({ order, detail, crew }: { order: OrderView; detail: OrderDetailView; crew: string }) {
  const open = sheet.value
  if (open?.order !== order.id) return null
  if (open.sheet === 'lamp-test') return <LampTestSheet detail={detail} onClose={close} />
  if (open.sheet === 'repair') return <RepairSheet order={order} crew={crew} />
  return <WordsSheet key={open.sheet} order={order.id} crew={crew} about={open.sheet} />
}

/** What is being written stays on the phone, for which the camera or a call may close the page. */
function useDraft<T>(name: string, empty: T): [T, (next: T) => void, () => void] {
  const key = `crew-draft-${name}`
  const [draft, setDraft] = useState<T>(() => {
    try {
      return JSON.parse(recall(key) || 'null') ?? empty
    } catch {
      return empty
    }
  })
  const set = (next: T) => {
    setDraft(next)
    remember(key, JSON.stringify(next))
  }
  return [draft, set, () => remember(key, '')]
}

/** Words that somebody would write often, one touch each. */
function Chips({ words, chosen, onChoose }: { words: readonly string[]; chosen: string; onChoose: (word: string) => void }) {
  return (
    <div class="chips">
      {words.map((word) => (
        <button key={word} type="button" class="button" aria-pressed={chosen === word} onClick={() => onChoose(word)}>
          {word}
        </button>
      ))}
    </div>
  )
}

function WordsSheet({ order, crew, about }: { order: number; crew: string; about: 'decline' | 'hand-back' | 'note' }) {
  const [words, setWords, forget] = useDraft(`${order}-${about}`, '')
  const texts = {
    decline: { title: c().declineTitle, about: c().declineAbout, chips: c().declineReasons, done: c().decline },
    'hand-back': { title: c().handBackTitle, about: c().handBackAbout, chips: c().handBackReasons, done: c().handBack },
    note: { title: c().noteTitle, about: '', chips: [], done: c().save },
  }[about]
  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    const text = words.trim()
    if (!text) return
    const done = await act(order, crew, about === 'note' ? { type: 'note', text } : { type: about, reason: text })
    if (!done) return
    forget()
    close()
  }
  return (
    <Panel title={texts.title} onClose={close}>
      <form onSubmit={(event) => void submit(event)}>
        {texts.about && <p class="muted">{texts.about}</p>}
        <Chips words={texts.chips} chosen={words} onChoose={setWords} />
        <label class="field">
          {about === 'note' ? c().note : c().reason}
          <textarea rows={3} maxLength={2000} required value={words} onInput={(event) => setWords(event.currentTarget.value)} />
        </label>
        <button type="submit" class="button step">
          {texts.done}
        </button>
      </form>
    </Panel>
  )
}

const MINUTE = 60_000
const STEP = 5
const MOST_MINUTES = 10_000

interface RepairDraft {
  cause: string
  minutes: number
  parts: readonly UsedPart[]
}

function RepairSheet({ order, crew }: { order: OrderView; crew: string }) {
  const begun = order.times.begun ?? order.times.arrived
  const worked = begun === null ? STEP : Math.max(STEP, Math.round((now() - begun) / MINUTE / STEP) * STEP)
  const [draft, setDraft, forget] = useDraft<RepairDraft>(`${order.id}-repair`, { cause: '', minutes: worked, parts: [] })
  const set = (more: Partial<RepairDraft>) => setDraft({ ...draft, ...more })
  const setPart = (at: number, more: Partial<UsedPart>) =>
    set({ parts: draft.parts.map((part, i) => (i === at ? { ...part, ...more } : part)) })
  const minutes = (to: number) => set({ minutes: Math.min(MOST_MINUTES, Math.max(0, Math.round(to) || 0)) })
  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    const parts = draft.parts.filter(({ name, count }) => name.trim() && count > 0)
    if (!(await act(order.id, crew, { type: 'repair', cause: draft.cause.trim(), minutes: draft.minutes, parts }))) return
    forget()
    close()
  }
  return (
    <Panel title={c().repairTitle} onClose={close}>
      <form onSubmit={(event) => void submit(event)}>
        <Chips words={c().causes} chosen={draft.cause} onChoose={(cause) => set({ cause })} />
        <label class="field">
          {c().cause}
          <input
            maxLength={2000}
            required
            value={draft.cause}
            onInput={(event) => {
              event.currentTarget.setCustomValidity(event.currentTarget.value.trim() ? '' : c().causeNeeded)
              set({ cause: event.currentTarget.value })
            }}
          />
        </label>
        <div class="field">
          <label for="minutes">{c().minutes}</label>
          <div class="row">
            <button type="button" class="button" aria-label={c().less} onClick={() => minutes(draft.minutes - STEP)}>
              −
            </button>
            <input
              id="minutes"
              class="grow"
              inputMode="numeric"
              value={draft.minutes}
              onInput={(event) => minutes(Number(event.currentTarget.value))}
            />
            <button type="button" class="button" aria-label={c().moreMinutes} onClick={() => minutes(draft.minutes + STEP)}>
              +
            </button>
          </div>
        </div>
        <fieldset>
          <legend>{c().parts}</legend>
          {draft.parts.map((part, i) => (
            <div class="row" key={i}>
              <input
                class="grow"
                aria-label={c().part}
                maxLength={200}
                value={part.name}
                onInput={(event) => setPart(i, { name: event.currentTarget.value })}
              />
              <input
                class="count"
                aria-label={c().count}
                type="number"
                min={1}
                max={1000}
                value={part.count}
                onInput={(event) => setPart(i, { count: Number(event.currentTarget.value) })}
              />
              <button
                type="button"
                class="button"
                aria-label={c().removePart(part.name)}
                onClick={() => set({ parts: draft.parts.filter((_, at) => at !== i) })}
              >
                ✕
              </button>
            </div>
          ))}
          <button type="button" class="button wide" onClick={() => set({ parts: [...draft.parts, { name: '', count: 1 }] })}>
            {c().addPart}
          </button>
        </fieldset>
        <button type="submit" class="button step">
          {c().steps.repair}
        </button>
      </form>
    </Panel>
  )
}
