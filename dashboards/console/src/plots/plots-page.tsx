import { useEffect, useMemo, useState } from 'preact/hooks'
import type { KindView } from '../../../../src/edges/http/schemas.ts'
import { formatNumber } from '../format.ts'
import { facilityById, kinds, plant } from '../live/live.ts'
import { say, t } from '../settings.ts'
import { may } from '../shell/access.ts'
import { Dialog } from '../shell/dialog.tsx'
import { act, explain, tell } from '../shell/notice.tsx'
import { navigate, query, setQueries } from '../shell/router.ts'
import { TitledOptions } from '../shell/titled-options.tsx'
import { plotTexts } from '../texts/plots.ts'
import { timeWindow } from '../time/shown-window.ts'
import { TimeBar } from '../time/time-bar.tsx'
import { FacilitySearch } from './facility-search.tsx'
import { byUnit, type Line, oneEach } from './plot-model.ts'
import { PlotSet } from './plot-set.tsx'
import { recallSaved, removeSaved, savedPlots, savePlots } from './saved-plots.ts'
import { facilitiesOf, MOST_LINES, moved, nameOf, readSeries, type SeriesName, withFacility, without, writeSeries } from './series.ts'

const HEIGHT = 260
const LEAST_HEIGHT = 190

/** Of each plot, so that two are seen at once on a wall as on a desk. */
const heightFor = (plots: number): number =>
  Math.max(plots > 2 ? LEAST_HEIGHT : HEIGHT, Math.round(innerHeight * (plots > 2 ? 0.18 : 0.28)))

const choose = (series: readonly SeriesName[]): void => {
  const names = new Set(series.map(nameOf))
  const hidden = hiddenNames().filter((name) => names.has(name))
  setQueries({ series: writeSeries(series), hide: hidden.length > 0 ? hidden.join(';') : null }, false)
}
const hiddenNames = (): string[] => (query.peek().get('hide') ?? '').split(';').filter((name) => name !== '')

/** Points of one or several facilities, put together by somebody; the address holds all of it. */
export function PlotsPage() {
  const address = query.value
  const series = useMemo(() => readSeries(address.get('series')), [address.get('series')])
  const isSplit = address.get('split') === 'each'
  const hide = address.get('hide') ?? ''
  const hidden = useMemo(() => new Set(hide.split(';').filter((name) => name !== '')), [hide])
  const isReady = plant.value !== null && kinds.value.size > 0
  const known = series.map(({ facility }) => facilityById.value.get(facility)?.kind).join()
  const lines = useMemo(() => linesOf(series), [series, known, kinds.value])
  const groups = useMemo(() => (isSplit ? oneEach(lines) : byUnit(lines)), [lines, isSplit])
  const missing = isReady
    ? series.filter((one) => !lines.some((line) => line.facility === one.facility && line.point.key === one.point))
    : []
  const texts = plotTexts()
  const toggle = (name: string) => {
    const next = new Set(hidden)
    if (!next.delete(name)) next.add(name)
    setQueries({ hide: next.size > 0 ? [...next].join(';') : null })
  }
  const facilities = facilitiesOf(lines.map(({ facility }) => ({ facility, point: '' })))
  return (
    <div class="plots-page">
      <TimeBar facilities={facilities.slice(0, 20)} />
      <section class="panel plots-choice">
        <div class="list-bar">
          <h1>{texts.title}</h1>
          <FacilitySearch
            off={series.length >= MOST_LINES}
            choose={(facility, kind) => choose(withFacility(series, facility, pointsFor(kind, lines)))}
          />
          {series.length >= MOST_LINES && <span class="muted">{texts.full(formatNumber(MOST_LINES))}</span>}
          <Grouping isSplit={isSplit} />
          <span class="grow" />
          <Saved hasSeries={series.length > 0} />
        </div>
        {lines.length > 0 && <Chosen lines={lines} series={series} />}
        {missing.length > 0 && <p class="problem">{texts.unknown(missing.map(nameOf).join(', '))}</p>}
      </section>
      {series.length === 0 ? (
        <section class="panel welcome">
          <p>{texts.empty}</p>
          <p class="muted">{texts.emptyHelp}</p>
        </section>
      ) : (
        <section class="panel">
          <h2 class="unseen">{texts.grouping}</h2>
          {!isReady && <p class="muted hint">{t().loading}</p>}
          {lines.length > 0 && (
            <PlotSet
              groups={groups}
              window={timeWindow.value}
              height={heightFor(groups.length)}
              title={`${texts.title} ${facilities.join(' ')}`}
              hidden={hidden}
              toggle={toggle}
            />
          )}
        </section>
      )}
    </div>
  )
}

/** What is known of the series; those that nobody knows, or not this person, are left out. */
const linesOf = (series: readonly SeriesName[]): Line[] =>
  series.flatMap(({ facility, point: key }): Line[] => {
    const kind = kinds.peek().get(facilityById.peek().get(facility)?.kind ?? '')
    const point = kind?.points.find((one) => one.key === key)
    return kind && point ? [{ facility, kind, point }] : []
  })

/** The points that are shown of its kind already, or the one its panel puts first. */
function pointsFor(kind: string, lines: readonly Line[]): string[] {
  const known = [...new Set(lines.filter((line) => line.kind.key === kind).map(({ point }) => point.key))]
  return known.length > 0 ? known : [kinds.peek().get(kind)?.panel.headline ?? ''].filter((key) => key !== '')
}

function Grouping({ isSplit }: { isSplit: boolean }) {
  const texts = plotTexts()
  const option = (words: string, split: boolean) => (
    <button
      type="button"
      class="button"
      aria-pressed={split === isSplit}
      onClick={() => setQueries({ split: split ? 'each' : null }, false)}
    >
      {words}
    </button>
  )
  return (
    <fieldset class="together plain" aria-label={texts.grouping}>
      {option(texts.byUnit, false)}
      {option(texts.each, true)}
    </fieldset>
  )
}

function Chosen({ lines, series }: { lines: readonly Line[]; series: readonly SeriesName[] }) {
  const texts = plotTexts()
  return (
    <>
      <ul class="chosen" aria-label={texts.chosen}>
        {lines.map((line, i) => {
          const one = { facility: line.facility, point: line.point.key }
          const name = `${line.facility} ${say(line.point.title)}`
          return (
            <li key={nameOf(one)}>
              <a class="line-name" href={`/facilities/${encodeURIComponent(line.facility)}`}>
                {name}
              </a>
              <Small label={texts.earlier(name)} text="↑" act={() => choose(moved(series, one, -1))} off={i === 0} />
              <Small label={texts.later(name)} text="↓" act={() => choose(moved(series, one, 1))} off={i === lines.length - 1} />
              <Small label={texts.remove(name)} text="×" act={() => choose(without(series, one))} />
            </li>
          )
        })}
      </ul>
      <div class="list-bar">
        {series.length < MOST_LINES &&
          [...new Map(lines.map((line) => [line.facility, line.kind]))].map(([facility, kind]) => (
            <AddPoint key={facility} facility={facility} kind={kind} series={series} />
          ))}
        <button type="button" class="button" onClick={() => choose([])}>
          {texts.removeAll}
        </button>
        <span class="muted small">{texts.samePoints}</span>
      </div>
    </>
  )
}

function Small({ label, text, act, off = false }: { label: string; text: string; act: () => void; off?: boolean }) {
  return (
    <button type="button" class="button" aria-label={label} title={label} aria-disabled={off} onClick={() => !off && act()}>
      {text}
    </button>
  )
}

function AddPoint({ facility, kind, series }: { facility: string; kind: KindView; series: readonly SeriesName[] }) {
  const own = new Set(series.filter((one) => one.facility === facility).map(({ point }) => point))
  const add = (event: { currentTarget: HTMLSelectElement }) => {
    const point = event.currentTarget.value
    event.currentTarget.value = ''
    if (point) choose(withFacility(series, facility, [point]))
  }
  return (
    <select aria-label={`${facility}: ${plotTexts().addPoint}`} value="" onChange={add}>
      <option value="">
        {facility}: {plotTexts().addPoint}
      </option>
      <TitledOptions of={kind.points.filter(({ key }) => !own.has(key))} />
    </select>
  )
}

/** Plots that were saved under a name. */
function Saved({ hasSeries }: { hasSeries: boolean }) {
  const [isSaving, save] = useState(false)
  useEffect(() => void recallSaved().catch((problem) => tell(explain(problem), true)), [])
  const mayKeep = may('view.keep')
  const texts = plotTexts()
  const open = (event: { currentTarget: HTMLSelectElement }) => {
    const one = savedPlots.peek().find(({ id }) => String(id) === event.currentTarget.value)
    event.currentTarget.value = ''
    if (one) navigate(`/plots?${one.search}`)
  }
  return (
    <span class="together">
      {savedPlots.value.length > 0 && (
        <select aria-label={texts.saved} value="" onChange={open}>
          <option value="">{texts.open}</option>
          {savedPlots.value.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
      )}
      {mayKeep && (hasSeries || savedPlots.value.length > 0) && (
        <button type="button" class="button" onClick={() => save(true)}>
          {texts.save}
        </button>
      )}
      {isSaving && <SaveDialog hasSeries={hasSeries} close={() => save(false)} />}
    </span>
  )
}

function SaveDialog({ hasSeries, close }: { hasSeries: boolean; close: () => void }) {
  const texts = plotTexts()
  const own = savedPlots.value.filter(({ isOwn }) => isOwn)
  const keep = async (form: FormData): Promise<boolean> => {
    const name = String(form.get('name')).trim()
    return name !== '' && act(() => savePlots(name, query.peek().toString()))
  }
  return (
    <Dialog title={texts.saveTitle} {...(hasSeries && { confirm: texts.saveNow, onConfirm: keep })} onClose={close}>
      <p class="muted">{texts.savedHint}</p>
      {hasSeries && (
        <label class="field">
          {texts.name}
          <input name="name" required maxLength={80} />
        </label>
      )}
      <ul>
        {own.map(({ id, name }) => (
          <li key={id} class="together">
            {name}
            <button type="button" class="button" aria-label={texts.remove(name)} onClick={() => void act(() => removeSaved(id))}>
              ×
            </button>
          </li>
        ))}
      </ul>
    </Dialog>
  )
}
