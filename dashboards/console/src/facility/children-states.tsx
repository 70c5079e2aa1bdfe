import { useMemo } from 'preact/hooks'
import type { FacilityState } from '../../../../src/edges/http/schemas.ts'
import { symbolStates } from '../../../shared/palette.ts'
import { formatNumber } from '../format.ts'
import { facilities, view } from '../live/live.ts'
import { stateCodes, type WallFacility } from '../live/live-state.ts'
import { t } from '../settings.ts'
import { StateSymbol } from '../symbols.tsx'
import { f } from '../texts/facility.ts'
import { p } from '../texts/plant.ts'
import { pathOf } from './facility-head.tsx'

/** How many of them are in each state, the worst first; states that none is in are left out. */
export function countStates(children: readonly Pick<WallFacility, 'number'>[], states: Uint8Array): [FacilityState, number][] {
  const counts = new Map<FacilityState, number>()
  for (const { number } of children) {
    const state = stateCodes[states[number] ?? 0] ?? 'normal'
    counts.set(state, (counts.get(state) ?? 0) + 1)
  }
  return symbolStates.flatMap((state) => (counts.has(state) ? [[state, counts.get(state) as number] as [FacilityState, number]] : []))
}

/** What it feeds, by circuit, and what reports through it, with how many of them are in each state. */
export function ChildrenStates({ id }: { id: string }) {
  const all = facilities.value
  const { fed, linked } = useMemo(
    () => ({ fed: all.filter(({ fedBy }) => fedBy === id), linked: all.filter(({ gateway }) => gateway === id) }),
    [all, id],
  )
  const states = view.value?.states
  if (!states || (fed.length === 0 && linked.length === 0)) return null
  const circuits = [...Map.groupBy(fed, ({ circuit }) => circuit)].sort(([a], [b]) => (a ?? 99) - (b ?? 99))
  const lines: [string, readonly WallFacility[]][] = [
    ...circuits.map(([circuit, own]): [string, WallFacility[]] => [
      circuit === null
        ? p().childrenOf.supply(formatNumber(own.length))
        : `${p().onCircuit(String(circuit))} (${formatNumber(own.length)})`,
      own,
    ]),
    ...(linked.length > 0 ? [[p().childrenOf.link(formatNumber(linked.length)), linked] as [string, WallFacility[]]] : []),
  ]
  return (
    <section class="panel">
      <h2>{f().childrenStates}</h2>
      <dl class="facts">
        {lines.map(([title, own]) => (
          <>
            <dt key={title}>{title}</dt>
            <dd class="state-counts">
              {countStates(own, states).map(([state, count]) => (
                <span key={state} class="with-symbol">
                  <StateSymbol state={state} size={16} />
                  {t().facilityStates[state]} {formatNumber(count)}
                </span>
              ))}
            </dd>
          </>
        ))}
      </dl>
      <a href={`${pathOf(id)}/supply`}>{f().showAll}</a>
    </section>
  )
}
