import { computed, signal } from '@preact/signals'
import type { Domain } from '../../../../src/facilities/facility-kind.ts'
import { palettes, symbolStates } from '../../../shared/palette.ts'
import { facilities, kinds, view } from '../live/live.ts'
import { stateCodes, type WallFacility } from '../live/live-state.ts'
import { t, theme } from '../settings.ts'
import { query, setQueries } from '../shell/router.ts'
import { AreaCounts } from './area-counts.ts'
import { crowdsOf, type Scene } from './facility-layer.ts'
import { layersOf, textOfLayers } from './map-address.ts'

/** Numbers of the facilities that are selected on the map; it draws a ring around each. */
export const selection = signal<ReadonlySet<number>>(new Set())

/** Id of the facility that somebody has gone to. */
export const found = signal<string | null>(null)

/** What can be switched on besides states and domains. */
export const extraLayers = ['roads', 'road-names', 'tiles', 'labels', 'clusters', 'feeds', 'lamp-on-rate', 'rounds'] as const
export type ExtraLayer = (typeof extraLayers)[number]

/** Domains that have a kind, in the catalogue's order. */
export const domains = computed(() => {
  const present = new Set([...kinds.value.values()].map(({ domain }) => domain))
  return (Object.keys(t().domains) as Domain[]).filter((domain) => present.has(domain))
})

const allLayers = computed((): string[] => [...extraLayers, ...symbolStates, ...domains.value])
const offByDefault: ReadonlySet<string> = new Set<ExtraLayer>(['lamp-on-rate', 'rounds'])
const byDefault = computed(() => new Set(allLayers.value.filter((name) => !offByDefault.has(name))))

/** Names of the layers that are on: those of `extraLayers`, states and domains. */
export const layersOn = computed(() => layersOf(query.value.get('layers'), allLayers.value, byDefault.value))

export function switchLayer(name: string, on: boolean): void {
  const next = new Set(layersOn.peek())
  if (on) next.add(name)
  else next.delete(name)
  setQueries({ layers: textOfLayers(next, allLayers.peek(), byDefault.peek()) })
}

/** The part of the city that is looked at; '' for all of it. */
export const district = computed(() => query.value.get('district') ?? '')
export const road = computed(() => query.value.get('road') ?? '')

const crowds = computed(() => crowdsOf(facilities.value))
const domainsOn = computed(
  () => new Set([...kinds.value.values()].filter(({ domain }) => layersOn.value.has(domain)).map(({ key }) => key)),
)

/** What the map shows, whatever its states. */
export const shownFacilities = computed(() => {
  const isWhole = district.value === '' && road.value === '' && domainsOn.value.size === kinds.value.size
  return isWhole ? facilities.value : facilities.value.filter(isInView)
})
const isInView = (facility: WallFacility): boolean => domainsOn.value.has(facility.kind) && isInArea(facility, district.value, road.value)
const isInArea = (facility: WallFacility, inDistrict: string, onRoad: string): boolean =>
  (inDistrict === '' || facility.district === inDistrict) && (onRoad === '' || facility.road === onRoad)

const noStates = new Uint8Array()
export const states = computed(() => view.value?.states ?? noStates)

const shownStates = computed(() => new Set(symbolStates.filter((state) => layersOn.value.has(state))))

export const scene = computed(
  (): Scene => ({
    facilities: shownFacilities.value,
    states: states.value,
    palette: palettes[theme.value],
    selected: found.value,
    crowds: crowds.value,
    shownStates: shownStates.value,
    clusters: layersOn.value.has('clusters'),
    labels: layersOn.value.has('labels'),
  }),
)

/** Counts are told this often, ms; nobody reads them faster. */
const COUNT_PAUSE = 500

/** The states of a moment ago, for what counts them. */
export const slowStates = signal(states.peek())

/** Keeps `slowStates` up while the page is there; the answer ends it. */
export function followStates(): () => void {
  slowStates.value = states.peek()
  const timer = setInterval(() => {
    slowStates.value = states.peek()
  }, COUNT_PAUSE)
  return () => clearInterval(timer)
}

const inDomains = computed(() => facilities.value.filter(({ kind }) => domainsOn.value.has(kind)))
const areaCounts = computed(() => new AreaCounts(inDomains.value, stateCodes.length))
/** Districts and roads of the domains that are on, with their states. */
export const areas = computed(() => areaCounts.value.count(slowStates.value))

/** How many facilities of the part that is looked at are in each state, by code, and in each domain. */
export const counts = computed(() => {
  const inStates = new Uint32Array(stateCodes.length)
  const ofDomains = new Map<string, number>()
  const isPart = (facility: WallFacility) => isInArea(facility, district.value, road.value)
  for (const facility of facilities.value) {
    if (!isPart(facility)) continue
    const domain = kinds.value.get(facility.kind)?.domain ?? ''
    ofDomains.set(domain, (ofDomains.get(domain) ?? 0) + 1)
    if (!domainsOn.value.has(facility.kind)) continue
    const code = slowStates.value[facility.number] ?? 0
    inStates[code] = (inStates[code] as number) + 1
  }
  return { states: inStates, domains: ofDomains }
})
