import { useEffect, useRef, useState } from 'preact/hooks'
import { facilities, view } from '../live/live.ts'
import { t } from '../settings.ts'
import { guarded } from '../shell/guarded.tsx'
import { lazy } from '../shell/lazy.tsx'
import { query, setQueries } from '../shell/router.ts'
import { showRoads } from './ground/roads.ts'
import { placeOf, textOfPlace } from './map-address.ts'
import { layersOn, scene } from './map-state.ts'
import { MapView } from './map-view.ts'
import './map.css'

const SelectPanel = lazy(async () => (await import('./select/select-panel.tsx')).SelectPanel)

/** The city on a map, as large as the screen. */
export const MapPage = guarded('city.read', Page)

function Page() {
  if (!view.value) return <p class="hint muted">{t().loading}</p>
  return <CityMapPage />
}

function useMapView() {
  const box = useRef<HTMLDivElement>(null)
  const [mapView, setMapView] = useState<MapView | null>(null)
  useEffect(() => {
    const own = new MapView(box.current as HTMLDivElement, scene.peek())
    const place = placeOf(query.peek().get('at'))
    if (place) own.map.setView([place.latitude, place.longitude], place.zoom, { animate: false })
    else own.fit()
    own.map.on('moveend zoomend', () => {
      const { lat, lng } = own.map.getCenter()
      setQueries({ at: textOfPlace({ latitude: lat, longitude: lng, zoom: own.map.getZoom() }) })
    })
    const stop = scene.subscribe((next) => own.show(next))
    const hideRoads = showRoads(own, () => ({ roads: layersOn.value.has('roads'), names: layersOn.value.has('road-names') }))
    setMapView(own)
    return () => {
      stop()
      hideRoads()
      own.remove()
    }
  }, [])
  return { box, mapView }
}

function CityMapPage() {
  const { box, mapView } = useMapView()
  return (
    <section class="panel map-page" aria-label={t().map}>
      <h1 class="unseen">{t().map}</h1>
      <div class="ground" ref={box} role="application" aria-label={t().map} />
      {mapView && <SelectPanel view={mapView} />}
      {mapView && <p class="chip reporting">{t().facilitiesReporting(String(facilities.value.length))}</p>}
    </section>
  )
}
