import { facilities } from '../live/live.ts'
import { setQueries } from '../shell/router.ts'
import type { Found } from './find-places.ts'
import { found } from './map-state.ts'
import type { MapView } from './map-view.ts'
import { textOfChoice } from './select/choice.ts'
import { boxOf } from './world.ts'

/** Goes to a part of the city and shows only that; all of it when both are empty. One step back for the back button. */
export function goToArea(view: MapView, district: string, road = ''): void {
  setQueries({ district: district || null, road: road || null }, false)
  const box = boxOf(
    facilities
      .peek()
      .filter((facility) => (!district || facility.district === district) && (!road || facility.road === road))
      .map(({ position }) => position),
  )
  view.fit(box)
}

/** Goes to what a search has found. */
export function goTo(view: MapView, place: Found): void {
  if (place.type === 'district') goToArea(view, place.district)
  else if (place.type === 'road') goToArea(view, place.district, place.road)
  else {
    const { id, position } = place.facility
    setQueries({ district: null, road: null, select: textOfChoice({ by: 'ids', ids: [id] }), panel: 'selection' }, false)
    found.value = id
    if (position) view.goTo(position)
  }
}
