import { signal } from '@preact/signals'
import type { OrderDetailView } from '../../../../src/edges/http/order-schemas.ts'
import { hollow, shapes } from '../../../shared/palette.ts'
import { language, recall, remember } from '../../../shared/preferences.ts'
import { type MapApp, mapLinks } from '../order/map-links.ts'
import { roundLength, sketchOf } from '../order/sketch.ts'
import { isWatching, ownPlace, placeProblem, watchPlace } from '../phone/position.ts'
import { c } from '../texts.ts'
import { metres, placeOf } from './order-words.ts'

const WIDTH = 340
const HEIGHT = 190
const RIM = 24
/** From farther away the phone itself is not on the sketch, m: the lamps would become one dot. */
const NEAR = 3000
const apps: readonly MapApp[] = ['amap', 'geo', 'apple', 'google']
const isApp = (text: string | null): text is MapApp => (apps as readonly (string | null)[]).includes(text)

/** The map that somebody used last. */
const liked = signal<MapApp | null>(null)
function usualMap(): MapApp {
  const known = liked.value ?? recall('crew-map')
  return isApp(known) ? known : language.value === 'zh' ? 'amap' : 'geo'
}
function like(app: MapApp): void {
  liked.value = app
  remember('crew-map', app)
}

/** A link that opens the way in one map; `geo:` leads to an app and needs no page of its own. */
function MapLink({ detail, app, words }: { detail: OrderDetailView; app: MapApp; words: string }) {
  const [first] = detail.facilities
  const target = placeOf(first?.position ?? null)
  if (!target) return null
  const href = mapLinks(target, first?.name || first?.id || '')[app]
  return (
    <a class="button" href={href} target={app === 'geo' ? undefined : '_blank'} rel="noreferrer" onClick={() => like(app)}>
      {words}
    </a>
  )
}

/** The way to an order with one touch, in the map that was used last. */
export const WayLink = ({ detail }: { detail: OrderDetailView }) => <MapLink detail={detail} app={usualMap()} words={c().navigate} />

/** Where it is: a sketch, and the way there in the map that somebody likes. */
export function Where({ detail }: { detail: OrderDetailView }) {
  const target = placeOf(detail.facilities[0]?.position ?? null)
  return (
    <section class="part" aria-label={c().where}>
      {target ? (
        <>
          <Drawing detail={detail} />
          <div class="maps">
            {apps.map((app) => (
              <MapLink key={app} detail={detail} app={app} words={c().maps[app]} />
            ))}
          </div>
        </>
      ) : (
        <p class="muted">{c().noPlace}</p>
      )}
    </section>
  )
}

function Drawing({ detail }: { detail: OrderDetailView }) {
  const own = ownPlace.value
  const placed = detail.facilities.flatMap((facility) => {
    const place = placeOf(facility.position)
    return place ? [{ facility, place }] : []
  })
  const lamps = placed.map(({ place }) => place)
  const alone = sketchOf(lamps, WIDTH, HEIGHT, RIM)
  const both = own && sketchOf([...lamps, own.place], WIDTH, HEIGHT, RIM)
  const isNear = both !== null && both !== undefined && (WIDTH - 2 * RIM) / both.scale < NEAR
  const sketch = isNear ? both : alone
  if (!sketch) return null
  const bar = roundLength(100 / sketch.scale)
  const me = isNear && own ? sketch.at(own.place) : null
  return (
    <>
      <svg class="sketch" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={c().sketch(placed.length)}>
        {placed.toReversed().map(({ facility: { id, state }, place }) => {
          const { x, y } = sketch.at(place)
          return (
            <g key={id} transform={`translate(${x - 9} ${y - 9}) scale(0.75)`} class={hollow[state] ? 'mark hollow' : 'mark'}>
              <path d={shapes[state]} style={{ '--colour': `var(--${state})` }} />
            </g>
          )
        })}
        {me && (
          <g class="me">
            {own && <circle cx={me.x} cy={me.y} r={Math.max(8, own.accuracy * sketch.scale)} class="about" />}
            <circle cx={me.x} cy={me.y} r="7" />
            <text x={me.x + 11} y={me.y + 5}>
              {c().you}
            </text>
          </g>
        )}
        <path class="scale" d={`M12 ${HEIGHT - 16} v6 h${bar * sketch.scale} v-6`} />
        <text x="14" y={HEIGHT - 20}>
          {metres(bar)}
        </text>
        <text x={WIDTH - 20} y="18" text-anchor="middle">
          {c().north}
        </text>
        <path class="scale" d={`M${WIDTH - 20} 40 v-18 m-5 6 l5 -6 l5 6`} />
      </svg>
      {placeProblem.value && <p class="muted">{placeProblem.value === 'refused' ? c().placeRefused : c().placeNone}</p>}
      {!isWatching.value && 'geolocation' in navigator && (
        <button type="button" class="button wide" onClick={watchPlace}>
          {c().showMe}
        </button>
      )}
    </>
  )
}
