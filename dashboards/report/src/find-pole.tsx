import { useState } from 'preact/hooks'
import { awayFrom, findPlaces, type Place, placesNear } from './places.ts'
import { Refusal } from './public-api.ts'
import type { Position } from './sketch.ts'
import { SketchMap } from './sketch-map.tsx'
import { t } from './texts.ts'

const FIRST = 8
/** A position older than this may be that of another street, ms. */
const FRESH = 30_000
const PATIENCE = 15_000

/** Browsers tell it over HTTPS only. */
const canLocate = 'geolocation' in navigator && isSecureContext

const locate = (): Promise<Position> =>
  new Promise((done, failed) =>
    navigator.geolocation.getCurrentPosition(({ coords }) => done([coords.longitude, coords.latitude]), failed, {
      ...{ enableHighAccuracy: true, timeout: PATIENCE, maximumAge: FRESH },
    }),
  )

/** By its number, by the road, or by where one stands. */
export function FindPole() {
  const [found, show] = useState<{ places: readonly Place[]; own: Position | null } | null>(null)
  const [words, tell] = useState('')
  const search = async (work: () => Promise<{ places: readonly Place[]; own: Position | null }>, none: string) => {
    tell(t().loading)
    show(null)
    try {
      const answer = await work()
      show(answer)
      tell(answer.places.length > 0 ? t().found(answer.places.length) : none)
    } catch (problem) {
      const isPlace = typeof GeolocationPositionError !== 'undefined' && problem instanceof GeolocationPositionError
      tell(isPlace ? t().noPosition : problem instanceof Refusal ? t().tooMany : t().noAnswer)
    }
  }
  const byWords = (event: SubmitEvent) => {
    event.preventDefault()
    const given = String(new FormData(event.currentTarget as HTMLFormElement).get('words')).trim()
    if (given) void search(async () => ({ places: await findPlaces(given), own: null }), t().noneFound)
  }
  const byPosition = () =>
    void search(async () => {
      tell(t().locating)
      const own = await locate()
      return { places: await placesNear(own), own }
    }, t().noneNear)
  return (
    <section class="panel" aria-labelledby="find-title">
      <h2 id="find-title">{t().find}</h2>
      <form onSubmit={byWords}>
        <label class="field">
          {t().findWhat}
          <span class="row">
            <input name="words" maxLength={64} autocomplete="off" autocapitalize="characters" enterkeyhint="search" />
            <button type="submit" class="button">
              {t().search}
            </button>
          </span>
        </label>
      </form>
      {canLocate && (
        <button type="button" class="button" onClick={byPosition}>
          {t().whereIAm}
        </button>
      )}
      <p role="status">{words}</p>
      {found && <Found key={found.places[0]?.code} {...found} />}
    </section>
  )
}

function Found({ places, own }: { places: readonly Place[]; own: Position | null }) {
  const [chosen, choose] = useState<string | null>(null)
  const [isAll, showAll] = useState(false)
  const picked = places.find(({ code }) => code === chosen)
  const shown = isAll ? places : places.slice(0, FIRST)
  return (
    <>
      <SketchMap places={places} own={own} chosen={chosen} onChoose={choose} />
      {picked && (
        <a class="button primary" href={`/report/${encodeURIComponent(picked.code)}`}>
          {t().thisOne}: {picked.code}
        </a>
      )}
      <ul class="plain-list">
        {shown.map((place) => (
          <PlaceLine key={place.code} place={place} away={awayFrom(own, place)} />
        ))}
      </ul>
      {!isAll && places.length > FIRST && (
        <button type="button" class="button quiet" onClick={() => showAll(true)}>
          {t().more}
        </button>
      )}
      {own && (
        <a class="button quiet" href={`/report?here=${own.map((degrees) => degrees.toFixed(6)).join(',')}`}>
          {t().noPole}
        </a>
      )}
    </>
  )
}

function PlaceLine({ place: { code, road, known }, away }: { place: Place; away: number | null }) {
  return (
    <li>
      <a class="choice" href={`/report/${encodeURIComponent(code)}`}>
        <span class="grow">
          <b>{code}</b> {road}
        </span>
        {known && <span class="tag">{t().known}</span>}
        {away !== null && <span class="muted">{t().metres(String(Math.round(away)))}</span>}
      </a>
    </li>
  )
}
