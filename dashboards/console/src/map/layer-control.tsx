import { symbolStates } from '../../../shared/palette.ts'
import { formatDateTime, formatNumber } from '../format.ts'
import { stateCodes } from '../live/live-state.ts'
import { t } from '../settings.ts'
import { may } from '../shell/access.ts'
import { StateSymbol } from '../symbols.tsx'
import { m } from '../texts/map.ts'
import { ground } from './ground/roads.ts'
import { counts, domains, extraLayers, layersOn, switchLayer } from './map-state.ts'

/** What is drawn, by state, by domain and otherwise; beside each state how many there are, so that it is the legend too. */
export function LayerControl() {
  const all = counts.value
  return (
    <section aria-label={t().legend}>
      <h2>{m().states}</h2>
      <ul class="map-layers">
        {symbolStates.map((state) => (
          <li key={state}>
            <Switch name={state}>
              <span class="with-symbol">
                <StateSymbol state={state} size={16} />
                {t().facilityStates[state]}
              </span>
              <b class="count">{formatNumber(all.states[stateCodes.indexOf(state)] ?? 0)}</b>
            </Switch>
          </li>
        ))}
      </ul>
      <h2>{m().domains}</h2>
      <ul class="map-layers">
        {domains.value.map((domain) => (
          <li key={domain}>
            <Switch name={domain}>
              {t().domains[domain]}
              <b class="count">{formatNumber(all.domains.get(domain) ?? 0)}</b>
            </Switch>
          </li>
        ))}
      </ul>
      <h2>{m().drawn}</h2>
      <ul class="map-layers wide">
        {extraLayers
          .filter((name) => (name !== 'tiles' || ground.value?.tiles) && (name !== 'rounds' || may('order.read')))
          .map((name) => (
            <li key={name}>
              <Switch name={name}>{m().layers[name]}</Switch>
            </li>
          ))}
      </ul>
      <p class="muted small">{roadWords()}</p>
    </section>
  )
}

function roadWords(): string {
  const roads = ground.value?.roads
  if (!roads) return m().roadsOf.none
  const lines = formatNumber(roads.lines)
  return roads.source === 'file' ? m().roadsOf.file(lines) : m().roadsOf.uploaded(roads.by, formatDateTime(roads.at), lines)
}

function Switch({ name, children }: { name: string; children: preact.ComponentChildren }) {
  return (
    <label>
      <input type="checkbox" checked={layersOn.value.has(name)} onChange={(event) => switchLayer(name, event.currentTarget.checked)} />
      {children}
    </label>
  )
}
