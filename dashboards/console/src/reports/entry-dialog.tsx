import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { ReportDetailView } from '../../../../src/edges/http/report-schemas.ts'
import { newId } from '../../../shared/new-id.ts'
import { facilities, kinds, plant } from '../live/live.ts'
import { language, t } from '../settings.ts'
import { isLimited } from '../shell/access.ts'
import { Dialog } from '../shell/dialog.tsx'
import { act, tell } from '../shell/notice.tsx'
import { ro } from '../texts/reports.ts'
import { EnteredReport } from './entered-report.tsx'
import { entryOpen } from './entry-open.ts'
import { type Pole, type Suggestion, suggest, wordsOf } from './find-poles.ts'
import { KnownHere } from './known-here.tsx'
import { isPublic } from './public-kind.ts'
import { isDangerous, kindKeys, kindWord, type ReportKind } from './report-kinds.ts'
import { enterReport } from './reports-api.ts'
import './entry.css'

/** What somebody tells by telephone, taken down while they tell it. */
export function EntryDialog() {
  const [entered, setEntered] = useState<ReportDetailView | null>(null)
  // Another call is another dialog: nothing of the one before stays in it.
  const [call, setCall] = useState(0)
  const close = () => {
    entryOpen.value = false
  }
  if (entered)
    return (
      <EnteredReport
        detail={entered}
        onClose={close}
        onNext={() => {
          setEntered(null)
          setCall(call + 1)
        }}
      />
    )
  return <Entry key={call} onEntered={setEntered} onClose={close} />
}

function Entry({ onEntered, onClose }: { onEntered: (detail: ReportDetailView) => void; onClose: () => void }) {
  const [id] = useState(newId)
  const [place, setPlace] = useState<Suggestion | null>(null)
  const [kind, setKind] = useState<ReportKind | null>(null)
  const choices = useRef<HTMLFieldSetElement>(null)
  const words = useRef<HTMLInputElement>(null)
  const choosePlace = (chosen: Suggestion | null) => {
    setPlace(chosen)
    if (chosen) choices.current?.querySelector('input')?.focus()
  }
  const chooseKind = (chosen: ReportKind) => {
    setKind(chosen)
    words.current?.focus()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const chosen = kindKeys[Number(event.key) - 1]
    if (!chosen || event.ctrlKey || event.altKey || event.metaKey) return
    event.preventDefault()
    chooseKind(chosen)
  }
  const take = async (form: FormData) => {
    const given = (name: string) => String(form.get(name) ?? '').trim()
    if (!place || !kind) {
      tell(place ? ro().chooseKind : ro().choosePole, true)
      return false
    }
    const where = place.type === 'pole' ? { code: place.pole.id } : { position: place.position }
    // A road is not in what is sent, so it stands before what was said of it.
    const said = place.type === 'road' ? `${place.road}: ${given('words')}` : given('words')
    await act(async () => {
      onEntered(
        await enterReport({
          ...{ id, kind, ...where, words: said.slice(0, MOST_WORDS), contact: given('contact') },
          ...{ language: language.peek(), callerWaits: form.get('waits') !== null },
        }),
      )
    })
    return false
  }
  return (
    <Dialog title={ro().enter} confirm={ro().take} onConfirm={take} onClose={onClose}>
      <PlaceField place={place} onChoose={choosePlace} />
      {place?.type === 'pole' && <KnownHere key={place.pole.id} pole={place.pole.id} />}
      {place?.type === 'road' && <p class="muted">{ro().somewhereMeans}</p>}
      <fieldset class="entry-kinds" ref={choices} onKeyDown={onKeyDown}>
        <legend>{ro().what}</legend>
        {kindKeys.map((key, i) => (
          <label key={key} class={key === kind ? 'entry-kind chosen' : 'entry-kind'}>
            <input type="radio" name="kind" checked={key === kind} onChange={() => setKind(key)} />
            <kbd>{i + 1}</kbd> {kindWord(key)}
          </label>
        ))}
      </fieldset>
      <div role="alert">{kind && isDangerous(kind) && <p class="problem">{ro().keepAway}</p>}</div>
      <label class="field">
        {ro().wordsOptional}
        <input name="words" ref={words} maxLength={MOST_WORDS} autocomplete="off" required={place?.type === 'road' || kind === 'other'} />
      </label>
      <div class="pairs">
        <label class="field">
          {ro().contactOptional}
          <input name="contact" maxLength={100} autocomplete="off" />
        </label>
        <label class="check">
          <input type="checkbox" name="waits" />
          {ro().waits}
        </label>
      </div>
    </Dialog>
  )
}

const MOST_WORDS = 500

/** Finds the pole while it is told; arrows and Enter choose, and Enter alone takes the first. */
function PlaceField({ place, onChoose }: { place: Suggestion | null; onChoose: (place: Suggestion | null) => void }) {
  const [typed, type] = useState('')
  const [active, activate] = useState(0)
  const input = useRef<HTMLInputElement>(null)
  const poles = useMemo<readonly Pole[]>(() => facilities.value.filter(isPublic), [facilities.value, kinds.value])
  const words = useMemo(() => wordsOf(poles), [poles])
  const found = useMemo(() => (place ? [] : suggest(typed, poles, words, !isLimited())), [typed, poles, place])
  useEffect(() => input.current?.focus(), [])
  const isOpen = !place && typed.trim() !== ''
  const noneFound = plant.value ? ro().noneFound : t().loading
  const choose = (one: Suggestion | undefined) => {
    if (!one) return
    type(titleOf(one))
    onChoose(one)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1 }
    const step = steps[event.key]
    if (step !== undefined) activate((active + step + found.length) % Math.max(1, found.length))
    else if (event.key === 'Enter' && !place) choose(found[active])
    else if (event.key === 'Escape' && isOpen) type('')
    else return
    event.preventDefault()
  }
  return (
    <div class="entry-place">
      <label class="field">
        {ro().who}
        <input
          ref={input}
          type="text"
          // biome-ignore lint/a11y/noRedundantRoles: without a list of the browser's own it is a field for text
          role="combobox"
          list={undefined}
          autocomplete="off"
          placeholder={ro().whoHint}
          aria-expanded={isOpen && found.length > 0}
          aria-controls="entry-found"
          aria-autocomplete="list"
          aria-activedescendant={isOpen && found[active] ? `entry-found-${active}` : undefined}
          value={typed}
          onInput={({ currentTarget }) => {
            type(currentTarget.value)
            activate(0)
            if (place) onChoose(null)
          }}
          onKeyDown={onKeyDown}
        />
      </label>
      <span class="unseen" role="status">
        {isOpen && (found.length > 0 ? ro().found(String(found.length)) : noneFound)}
      </span>
      {isOpen && found.length === 0 && <p class="muted">{noneFound}</p>}
      <div role="listbox" id="entry-found" aria-label={ro().who} hidden={!isOpen || found.length === 0}>
        {found.map((one, i) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the field has the focus and takes the keys
          // biome-ignore lint/a11y/useFocusableInteractive: aria-activedescendant of the field points here
          <div key={titleOf(one)} id={`entry-found-${i}`} role="option" aria-selected={i === active} onClick={() => choose(one)}>
            <b>{titleOf(one)}</b> <span class="muted">{detailsOf(one)}</span>
          </div>
        ))}
      </div>
    </div>
  )
}

const titleOf = (one: Suggestion): string => (one.type === 'pole' ? one.pole.id : ro().somewhere(one.road))
const detailsOf = (one: Suggestion): string =>
  one.type === 'road'
    ? one.district
    : [one.pole.name !== one.pole.id && one.pole.name, one.pole.road, one.pole.district].filter(Boolean).join(' · ')
