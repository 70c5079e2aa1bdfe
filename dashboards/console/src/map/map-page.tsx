import { effect, signal } from '@preact/signals'
import { useEffect, useRef, useState } from 'preact/hooks'
import { symbolStates } from '../../../shared/palette.ts'
import { formatNumber } from '../format.ts'
import { facilities, kinds, view } from '../live/live.ts'
import { stateCodes, type WallFacility } from '../live/live-state.ts'
import { say, t } from '../settings.ts'
import { may, mayWhole } from '../shell/access.ts'
import { guarded } from '../shell/guarded.tsx'
import { useKeys } from '../shell/keys.ts'
import { lazy } from '../shell/lazy.tsx'
import { pathname, query, setQueries, setQuery } from '../shell/router.ts'
import { StateSymbol } from '../symbols.tsx'
import { m } from '../texts/map.ts'
import type { Cluster } from './clusters.ts'
import { DistrictTree } from './district-tree.tsx'
import { ground, showRoads } from './ground/roads.ts'
import { LayerControl } from './layer-control.tsx'
import { placeOf, textOfPlace } from './map-address.ts'
import { areas, counts, followStates, layersOn, scene, states } from './map-state.ts'
import { MapTable } from './map-table.tsx'
import { MapView } from './map-view.ts'
import { RoadDialog } from './road-dialog.tsx'
import { SearchBox } from './search-box.tsx'
import { positionOf } from './world.ts'
import './map.css'

const SelectPanel = lazy(async () => (await import('./select/select-panel.tsx')).SelectPanel)

/** The city on a map, as large as the screen. */
export const MapPage = guarded('city.read', Page)

function Page() {
  if (!view.value) return <p class="hint muted">{t().loading}</p>
  return <CityMapPage />
}

const tileProblem = signal(false)

/** The map of the page: its place stands in the address, and goes where the address goes. */
function makeView(box: HTMLElement): { own: MapView; end: () => void } {
  const own = new MapView(box, scene.peek())
  const { map } = own
  const here = () => {
    const { lat, lng } = map.getCenter()
    return textOfPlace({ latitude: lat, longitude: lng, zoom: map.getZoom() })
  }
  const at = placeOf(query.peek().get('at'))
  if (at) map.setView([at.latitude, at.longitude], at.zoom, { animate: false })
  else own.fit()
  map.on('moveend', () => {
    if (pathname.peek() === '/map') setQueries({ at: here() })
  })
  let isEmpty = facilities.peek().length === 0
  const ends = [
    effect(() => {
      own.show(scene.value)
      // They may come after the page.
      if (isEmpty && !at && facilities.value.length > 0) own.fit()
      isEmpty &&= facilities.value.length === 0
    }),
    effect(() => {
      const text = query.value.get('at')
      const place = pathname.value === '/map' ? placeOf(text) : null
      if (place && text !== here()) map.setView([place.latitude, place.longitude], place.zoom, { animate: false })
    }),
    showRoads(own, () => ({ roads: layersOn.value.has('roads'), names: layersOn.value.has('road-names') })),
    followStates(),
    followTiles(own),
    followRounds(own),
  ]
  return { own, end: () => [...ends, () => own.remove()].map((end) => end()) }
}

/** The tiles of the configuration while they are on, loaded when they are first wanted. */
function followTiles(own: MapView): () => void {
  let remove: (() => void) | undefined
  let wanted = 0
  const stop = effect(() => {
    const tiles = layersOn.value.has('tiles') ? (ground.value?.tiles ?? null) : null
    const { palette } = scene.value
    const isDark = palette.outline === null
    remove?.()
    remove = undefined
    tileProblem.value = false
    const mine = ++wanted
    if (!tiles) return
    const onProblem = (isBroken: boolean) => {
      tileProblem.value = isBroken
    }
    import('./ground/tiles.ts').then(
      ({ showTiles }) => {
        if (mine === wanted) remove = showTiles(own.map, tiles, isDark, onProblem)
      },
      () => onProblem(true),
    )
  })
  return () => {
    stop()
    wanted++
    remove?.()
  }
}

/** Where rounds were walked, while that is on and allowed. */
function followRounds(own: MapView): () => void {
  let remove: (() => void) | undefined
  let wanted = 0
  const stop = effect(() => {
    const isOn = layersOn.value.has('rounds') && may('order.read')
    remove?.()
    remove = undefined
    const mine = ++wanted
    if (!isOn) return
    void import('../rounds/visits-layer.ts').then(({ showVisits }) => {
      if (mine === wanted) remove = showVisits(own, () => scene.peek().palette)
    })
  })
  return () => {
    stop()
    wanted++
    remove?.()
  }
}

interface Under {
  facility: WallFacility | null
  cluster: Cluster | null
  x: number
  y: number
}

function CityMapPage() {
  const box = useRef<HTMLDivElement>(null)
  const [mapView, setMapView] = useState<MapView | null>(null)
  const [under, setUnder] = useState<Under | null>(null)
  const [isSending, setSending] = useState(false)
  const pressed = useRef({ x: 0, y: 0 })
  useEffect(() => {
    const { own, end } = makeView(box.current as HTMLDivElement)
    setMapView(own)
    return end
  }, [])
  const isTable = query.value.get('table') === '1'
  const hasPanel = query.value.get('side') !== '0'
  useKeys({
    g: () => box.current?.focus(),
    '+': () => mapView?.map.zoomIn(1),
    '-': () => mapView?.map.zoomOut(1),
  })
  useEffect(() => {
    if (!isTable) mapView?.map.invalidateSize({ pan: false })
  }, [isTable, hasPanel, mapView])
  const find = (event: MouseEvent): Under => {
    const { left, top } = (box.current as HTMLDivElement).getBoundingClientRect()
    const [x, y] = [event.clientX - left, event.clientY - top]
    return { facility: mapView?.at(x, y) ?? null, cluster: mapView?.clusterAt(x, y) ?? null, x, y }
  }
  const click = (event: MouseEvent) => {
    if (!mapView || Math.hypot(event.clientX - pressed.current.x, event.clientY - pressed.current.y) > 4) return
    const { cluster } = find(event)
    if (!cluster) return
    const { scale } = mapView.frame
    mapView.goTo(positionOf(cluster.x / scale, cluster.y / scale), mapView.map.getZoom() + 2)
  }
  const words = symbolStates
    .map((state) => `${t().facilityStates[state]} ${counts.value.states[stateCodes.indexOf(state)] ?? 0}`)
    .join(', ')
  const tiles = ground.value?.tiles
  return (
    <div class={hasPanel ? 'map-page has-side' : 'map-page'}>
      <h1 class="unseen">{t().map}</h1>
      {hasPanel && mapView && (
        <aside class="panel map-side" aria-label={m().panel}>
          <div class="buttons">
            <SearchBox view={mapView} />
            <button type="button" class="button" aria-label={`${m().hidePanel}: ${m().panel}`} onClick={() => setQuery('side', '0')}>
              {m().hidePanel}
            </button>
          </div>
          <div class="map-scroll">
            <DistrictTree view={mapView} />
            {/* Not before the districts are there, which would push it down. */}
            {(areas.value.length > 0 || facilities.value.length === 0) && <LayerControl />}
            {mayWhole('facility.edit') && (
              <button type="button" class="button" onClick={() => setSending(true)}>
                {m().sendRoads}
              </button>
            )}
          </div>
        </aside>
      )}
      <section class="panel map-main" aria-label={t().map}>
        <div class="map-tools">
          {!hasPanel && (
            <button type="button" class="button" onClick={() => setQuery('side', null)}>
              {m().showPanel}
            </button>
          )}
          <button type="button" class="button" aria-pressed={isTable} onClick={() => setQuery('table', isTable ? null : '1', false)}>
            {isTable ? m().asMap : m().asTable}
          </button>
        </div>
        {isTable && <MapTable />}
        {/* biome-ignore lint/a11y/useKeyWithClickEvents: the same facilities stand in the table and the search, which the label names */}
        <div
          class="ground"
          hidden={isTable}
          ref={box}
          role="application"
          aria-label={`${t().map}. ${words}. ${m().mapHelp}`}
          onPointerDown={(event) => (pressed.current = { x: event.clientX, y: event.clientY })}
          onPointerMove={(event) => setUnder(event.buttons ? null : find(event))}
          onPointerLeave={() => setUnder(null)}
          onClick={click}
        />
        {!isTable && (
          <div class="chip zoom">
            <button type="button" class="button" aria-label={t().zoomIn} onClick={() => mapView?.map.zoomIn(1)}>
              +
            </button>
            <button type="button" class="button" aria-label={t().zoomOut} onClick={() => mapView?.map.zoomOut(1)}>
              −
            </button>
            <button type="button" class="button" onClick={() => mapView?.fit()}>
              {m().wholeCity}
            </button>
          </div>
        )}
        {!isTable && tiles && layersOn.value.has('tiles') && <p class="chip map-makers small">{tiles.attribution}</p>}
        {!isTable && tileProblem.value && (
          <p class="chip map-problem" role="status">
            {m().tilesBroken}
          </p>
        )}
        {!isTable && under && <Tip {...under} />}
        {!isTable && mapView && <SelectPanel view={mapView} />}
      </section>
      {isSending && <RoadDialog onClose={() => setSending(false)} />}
    </div>
  )
}

function Tip({ facility, cluster, x, y }: Under) {
  const place = { transform: `translate(${x + 14}px, ${y + 14}px)` }
  if (cluster)
    return (
      <div class="tip" style={place}>
        {symbolStates.flatMap((state) => {
          const count = cluster.counts[stateCodes.indexOf(state)] ?? 0
          if (count === 0) return []
          return [
            <span key={state} class="with-symbol">
              <StateSymbol state={state} size={14} />
              {t().facilityStates[state]} <b>{formatNumber(count)}</b>
            </span>,
          ]
        })}
        <br />
        {m().cluster(formatNumber(cluster.total))}
      </div>
    )
  if (!facility) return null
  const state = stateCodes[states.value[facility.number] ?? 0] ?? 'normal'
  const kind = kinds.value.get(facility.kind)
  return (
    <div class="tip" style={place}>
      <b>{facility.id}</b> {facility.name !== facility.id && facility.name}
      <br />
      <span class="with-symbol">
        <StateSymbol state={state} size={14} />
        {t().facilityStates[state]}
      </span>{' '}
      · {kind && say(kind.title)} · {facility.road || facility.district}
    </div>
  )
}
