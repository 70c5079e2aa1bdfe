import { useState } from 'preact/hooks'
import { facilities } from '../live/live.ts'
import { useKeys } from '../shell/keys.ts'
import { m } from '../texts/map.ts'
import { type Found, findPlaces } from './find-places.ts'
import { goTo } from './go-to.ts'
import type { MapView } from './map-view.ts'

/** Finds a facility, road or district and goes there. */
export function SearchBox({ view }: { view: MapView }) {
  const [text, setText] = useState('')
  useKeys({ '/': () => document.getElementById('map-search')?.focus() })
  const places = findPlaces(text, facilities.value)
  const choose = (place: Found) => {
    goTo(view, place)
    setText('')
  }
  const submit = (event: Event) => {
    event.preventDefault()
    if (places[0]) choose(places[0])
  }
  return (
    <search class="map-search">
      <form onSubmit={submit}>
        <input
          id="map-search"
          type="search"
          autocomplete="off"
          placeholder={m().search}
          aria-label={m().searchLabel}
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Escape') return
            event.stopPropagation()
            if (text) setText('')
            else event.currentTarget.blur()
          }}
        />
      </form>
      <p class="unseen" role="status">
        {text && (places.length > 0 ? m().found(places.length) : m().noneFound)}
      </p>
      {text.trim() !== '' && (
        <ul class="map-found">
          {places.length === 0 && <li class="muted">{m().noneFound}</li>}
          {places.map((place) => (
            <li key={keyOf(place)}>
              <button type="button" class="map-item" onClick={() => choose(place)}>
                <Words place={place} />
              </button>
            </li>
          ))}
        </ul>
      )}
    </search>
  )
}

const keyOf = (place: Found): string =>
  place.type === 'facility'
    ? place.facility.id
    : place.type === 'road'
      ? `road ${place.district} ${place.road}`
      : `district ${place.district}`

function Words({ place }: { place: Found }) {
  if (place.type === 'district')
    return (
      <>
        {place.district} <span class="muted">{m().district}</span>
      </>
    )
  if (place.type === 'road')
    return (
      <>
        {place.road} <span class="muted">{place.district || m().road}</span>
      </>
    )
  const { id, name, road, district } = place.facility
  return (
    <>
      <b>{id}</b> {name !== id && name} <span class="muted">{road || district}</span>
    </>
  )
}
