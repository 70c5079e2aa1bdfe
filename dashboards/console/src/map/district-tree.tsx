import { symbolStates } from '../../../shared/palette.ts'
import { formatNumber } from '../format.ts'
import { stateCodes } from '../live/live-state.ts'
import { t } from '../settings.ts'
import { StateSymbol } from '../symbols.tsx'
import { m } from '../texts/map.ts'
import type { Road } from './area-counts.ts'
import { goToArea } from './go-to.ts'
import { areas, district, road } from './map-state.ts'
import type { MapView } from './map-view.ts'

/** Districts with their roads, each with what is wrong there. */
export function DistrictTree({ view }: { view: MapView }) {
  return (
    <section class="map-districts" aria-label={m().districts}>
      <h2>{m().districts}</h2>
      {(district.value || road.value) && (
        <p>
          {m().inDistrict} <b>{[district.value, road.value].filter(Boolean).join(' · ')}</b>{' '}
          <button type="button" class="button" onClick={() => goToArea(view, '')}>
            {m().showAll}
          </button>
        </p>
      )}
      <ul>
        {areas.value.map((area) => (
          <li key={area.name}>
            <details open={district.value === area.name && district.value !== ''}>
              <summary>
                <span class="area">
                  <AreaName area={area} name={area.name || m().noDistrict} />
                </span>
              </summary>
              <ul>
                <li>
                  <button
                    type="button"
                    class="map-item"
                    aria-pressed={district.value === area.name && !road.value}
                    onClick={() => goToArea(view, area.name)}
                  >
                    {m().wholeDistrict(area.name || m().noDistrict)}
                  </button>
                </li>
                {area.roads.map((own) => (
                  <li key={own.name}>
                    <button
                      type="button"
                      class="map-item area"
                      aria-pressed={district.value === area.name && road.value === own.name && own.name !== ''}
                      onClick={() => goToArea(view, area.name, own.name)}
                    >
                      <AreaName area={own} name={own.name || m().noRoad} />
                    </button>
                  </li>
                ))}
              </ul>
            </details>
          </li>
        ))}
      </ul>
    </section>
  )
}

/** A name, how many are in each state but the normal one, and how many there are. */
function AreaName({ area: { counts, total }, name }: { area: Road; name: string }) {
  return (
    <>
      <span class="name">{name}</span>
      {symbolStates.map((state) => {
        const count = counts[stateCodes.indexOf(state)] ?? 0
        if (count === 0 || state === 'normal') return null
        return (
          <span key={state} class="with-symbol">
            <StateSymbol state={state} size={14} />
            <span class="unseen">{t().facilityStates[state]}</span>
            {formatNumber(count)}
          </span>
        )
      })}
      <span class="muted">{formatNumber(total)}</span>
    </>
  )
}
