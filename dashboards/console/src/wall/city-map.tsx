import { computed } from '@preact/signals'
import { useEffect, useRef, useState } from 'preact/hooks'
import { palettes, symbolStates } from '../../../shared/palette.ts'
import { formatNumber } from '../format.ts'
import { facilities, kinds, view } from '../live/live.ts'
import { countStates, stateCodes, type WallFacility } from '../live/live-state.ts'
import { crowdsOf, type Scene } from '../map/facility-layer.ts'
import { MapView } from '../map/map-view.ts'
import { say, t, theme } from '../settings.ts'
import { useKeys } from '../shell/keys.ts'
import { lazy } from '../shell/lazy.tsx'
import { kiosk, navigate } from '../shell/router.ts'
import { StateSymbol } from '../symbols.tsx'
import { compareAlarms } from './alarm-order.ts'
import { alarmPath, selected, shown, standing } from './selection.ts'

const LampOnNow = lazy(async () => (await import('./lamp-on-now.tsx')).LampOnNow, 'small')

const noStates = new Uint8Array()

/** How many facilities are in each state. */
const counts = computed(() => {
  const found = countStates(view.value?.states ?? noStates, facilities.value.length)
  return new Map(stateCodes.map((state, i) => [state, found[i] ?? 0]))
})

const crowds = computed(() => crowdsOf(facilities.value))
const allStates = new Set(symbolStates)

const scene = computed(
  (): Scene => ({
    facilities: facilities.value,
    states: view.value?.states ?? noStates,
    palette: palettes[theme.value],
    selected: shown.value?.facility ?? null,
    crowds: crowds.value,
    shownStates: allStates,
    clusters: false,
    labels: false,
  }),
)

function useMap() {
  const box = useRef<HTMLDivElement>(null)
  const made = useRef<MapView | null>(null)
  useEffect(() => {
    const own = new MapView(box.current as HTMLDivElement, scene.peek())
    made.current = own
    own.fit()
    // Nobody moves the map of a kiosk; it always shows the whole city.
    own.map.on('resize', () => kiosk.peek() && own.fit())
    let stop: (() => void) | null | undefined
    // Loaded apart, so that the wall stays small; without them the map is as good as before.
    import('../map/ground/roads.ts').then(
      ({ showRoads }) => {
        if (stop !== null) stop = showRoads(own, () => ({ roads: true, names: false }))
      },
      () => undefined,
    )
    return () => {
      stop?.()
      stop = null
      own.remove()
    }
  }, [])
  const located = useRef(facilities.peek())
  useEffect(
    () =>
      scene.subscribe((next) => {
        made.current?.show(next)
        if (located.current.length === 0 && next.facilities.length > 0) made.current?.fit()
        located.current = next.facilities
      }),
    [],
  )
  useEffect(() => {
    const position = facilities.peek().find(({ id }) => id === selected.value?.facility)?.position
    const map = made.current?.map
    if (position && map && !map.getBounds().contains([position[1], position[0]])) map.panTo([position[1], position[0]], { animate: false })
  }, [selected.value?.facility])
  return { box, made }
}

const isInLegend = (state: (typeof symbolStates)[number]): boolean => state !== 'out-of-service' || (counts.value.get(state) ?? 0) > 0

/** Its worst standing alarm, else its page. */
function open(facility: WallFacility): void {
  const worst = standing
    .peek()
    .filter((alarm) => alarm.facility === facility.id)
    .sort(compareAlarms)[0]
  navigate(worst ? alarmPath(worst.id) : `/facilities/${encodeURIComponent(facility.id)}`)
}

/** Every facility as a dot or symbol, on a plain ground that needs no tile server. */
export function CityMap() {
  const { box, made } = useMap()
  const [under, setUnder] = useState<{ facility: WallFacility; x: number; y: number } | null>(null)
  useKeys({ g: () => box.current?.focus() })
  const find = (event: MouseEvent) => {
    const { left, top } = (box.current as HTMLDivElement).getBoundingClientRect()
    const [x, y] = [event.clientX - left, event.clientY - top]
    const facility = made.current?.at(x, y)
    return facility ? { facility, x, y } : null
  }
  const pressed = useRef({ x: 0, y: 0 })
  const click = (event: MouseEvent) => {
    const moved = Math.hypot(event.clientX - pressed.current.x, event.clientY - pressed.current.y) > 4
    const found = moved ? null : find(event)
    if (found) open(found.facility)
  }
  const total = facilities.value.length
  const unplaced = facilities.value.filter(({ position }) => position === null).length
  const reporting = total - (counts.value.get('no-report') ?? 0)
  const words = symbolStates.map((state) => `${t().facilityStates[state]} ${counts.value.get(state) ?? 0}`).join(', ')
  return (
    <section class="panel map" aria-label={t().map}>
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the same facilities stand in the table page, which the label names */}
      <div
        class="ground"
        ref={box}
        role="application"
        aria-label={t().mapWords(words)}
        onPointerDown={(event) => (pressed.current = { x: event.clientX, y: event.clientY })}
        onPointerMove={(event) => setUnder(event.buttons ? null : find(event))}
        onPointerLeave={() => setUnder(null)}
        onClick={click}
      />
      <p class="chip reporting">
        <b>{formatNumber(reporting)}</b> / {t().facilitiesReporting(formatNumber(total))}
        {unplaced > 0 && ` · ${t().withoutPosition(formatNumber(unplaced))}`}
        <LampOnNow />
      </p>
      <div class="chip zoom">
        <button type="button" class="button" aria-label={t().zoomIn} onClick={() => made.current?.map.zoomIn(1)}>
          +
        </button>
        <button type="button" class="button" aria-label={t().zoomOut} onClick={() => made.current?.map.zoomOut(1)}>
          −
        </button>
        <button type="button" class="button" aria-label={t().wholeCity} title={t().wholeCity} onClick={() => made.current?.fit()}>
          <svg width="14" height="14" viewBox="0 0 14 14" aria-hidden="true">
            <path d="M1 5V1H5M9 1H13V5M13 9V13H9M5 13H1V9" fill="none" stroke="currentcolor" stroke-width="2" />
          </svg>
        </button>
        <a class="button" href="/facilities">
          {t().asTable}
        </a>
      </div>
      <ul class="chip legend" aria-label={t().legend}>
        {symbolStates.filter(isInLegend).map((state) => (
          <li key={state} class="with-symbol">
            <StateSymbol state={state} size={16} />
            {t().facilityStates[state]} <b>{formatNumber(counts.value.get(state) ?? 0)}</b>
          </li>
        ))}
      </ul>
      {under && <Tip {...under} />}
    </section>
  )
}

function Tip({ facility, x, y }: { facility: WallFacility; x: number; y: number }) {
  const state = stateCodes[view.value?.states[facility.number] ?? 0] ?? 'normal'
  const kind = kinds.value.get(facility.kind)
  return (
    <div class="tip" style={{ transform: `translate(${x + 14}px, ${y + 14}px)` }}>
      <b>{facility.id}</b> {facility.name !== facility.id && facility.name}
      <br />
      {kind && say(kind.title)} · {facility.road || facility.district} · {t().facilityStates[state]}
    </div>
  )
}
