import type { FacilityKind } from './facility-kind.ts'
import type { Facility, Plant } from './plant.ts'
import { idPattern } from './registration.ts'
import { slug } from './slug.ts'

/** Entity types of Smart Data Models (dataModel.Streetlighting) by kind of facility. Other kinds have none there. */
const models = { 'street-light': 'Streetlight', 'light-cabinet': 'StreetlightControlCabinet' } as const

export const modelOf = (kind: string): string | undefined => (Object.hasOwn(models, kind) ? models[kind as keyof typeof models] : undefined)

/** Holds what the models have no attribute for, so that an entity of ours can be read back whole. */
export const ownAttribute = 'facility'

export const context = [
  'https://raw.githubusercontent.com/smart-data-models/dataModel.Streetlighting/master/context.jsonld',
  'https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context-v1.7.jsonld',
] as const

export type Entity = Record<string, unknown>

export const urn = (type: string, id: string) => `urn:ngsi-ld:${type}:${id}`

/** The id inside a URN of ours; what cannot be an id is made one. */
export function localId(id: string): string {
  const local = /^urn:ngsi-ld:[^:]+:(.*)$/s.exec(id)?.[1] ?? id
  return idPattern.test(local) ? local : slug(local)
}

/** Unit of an attribute in units of the point, where they differ: the models have kW and kvar for cabinets, and 0 to 1 for light levels. */
function scaleOf(attribute: string): number {
  if (/^(totalActive|totalReactive|active|reactive)Power/.test(attribute)) return 1000
  return attribute === 'illuminanceLevel' ? 100 : 1
}

/** Attributes for which the models admit negative values. */
const isSigned = (attribute: string) => /^(powerFactor|cosPhi)/.test(attribute)

/** Measured values of an entity, by point and in its unit. */
export function measuredValues(kind: FacilityKind, entity: Entity): Map<string, number> {
  const measured = new Map<string, number>()
  for (const [point, { fiware }] of Object.entries(kind.terms)) {
    const value = fiware === undefined ? undefined : entity[fiware]
    if (typeof value === 'number') measured.set(point, value * scaleOf(fiware as string))
  }
  return measured
}

/** A newest value of a point. */
export interface MeasuredValue {
  point: string
  value: number | boolean | string | null
  /** ms */
  at: number
  /** False for one that is physically impossible. */
  good: boolean
}

export interface EntitySources {
  plant: Pick<Plant, 'get'>
  latest: readonly MeasuredValue[]
  /** Rules of the facility whose alarms are active. */
  faults: ReadonlySet<string>
}

/** The facility as an entity in key-values form; null for a kind without a model, and without a position, which the models demand. */
export function toEntity(facility: Facility, { plant, latest, faults }: EntitySources): Entity | null {
  const type = modelOf(facility.kind.key)
  if (!type || !facility.position) return null
  const parent = facility.fedBy === null ? undefined : plant.get(facility.fedBy)
  const isLamp = facility.kind.key === 'street-light'
  const hasCabinet = isLamp && parent !== undefined && modelOf(parent.kind.key) === models['light-cabinet']
  return {
    id: urn(type, facility.id),
    type,
    name: facility.name,
    ...(facility.nameEn !== '' && { alternateName: facility.nameEn }),
    location: { type: 'Point', coordinates: [...facility.position] },
    ...address(facility),
    ...(facility.owner !== '' && { owner: [urn('Organization', encodeURIComponent(facility.owner.toWellFormed()))] }),
    ...(isLamp ? lampAttributes(facility, latest, faults) : cabinetAttributes(facility)),
    ...(hasCabinet && cabinetOf(facility, parent)),
    ...measuredAttributes(facility.kind, latest, isLamp),
    [ownAttribute]: ownAttributes(facility, hasCabinet),
    '@context': context,
  }
}

function address({ district, road }: Facility): Entity {
  if (district === '' && road === '') return {}
  return { address: { ...(district !== '' && { district }), ...(road !== '' && { streetAddress: road }) } }
}

function cabinetOf({ circuit }: Facility, parent: Facility): Entity {
  return {
    refStreetlightControlCabinet: urn(models['light-cabinet'], parent.id),
    ...(circuit !== null && { circuit: String(circuit), refStreetlightGroup: groupUrn(parent.id, circuit) }),
  }
}

/** What one circuit feeds is one group. */
const groupUrn = (cabinet: string, circuit: number) => urn('StreetlightGroup', `${cabinet}:${circuit}`)

const columnFaults = ['tilt']
const lampFaults = ['lamp-failure', 'control-gear-failure', 'dimming-failure', 'relay-failure']

function lampAttributes(facility: Facility, latest: readonly MeasuredValue[], faults: ReadonlySet<string>): Entity {
  const isFaulty = (rules: readonly string[]) => rules.some((rule) => faults.has(rule))
  const power = powerState(latest)
  return {
    status: isFaulty(lampFaults) ? 'defectiveLamp' : isFaulty(columnFaults) ? 'columnIssue' : 'ok',
    controllingMethod: 'individual',
    powerRating: facility.rated.power ?? facility.kind.rated.power,
    ...(power && { powerState: power }),
  }
}

/** From the lamp's own word on its relay and light; undefined when it has said nothing. */
function powerState(latest: readonly MeasuredValue[]): 'on' | 'low' | 'off' | undefined {
  const of = (point: string) => latest.find((each) => each.point === point && each.good)?.value
  const [relay, level] = [of('relay'), of('dim-actual')]
  if (relay === false || level === 0) return 'off'
  if (typeof level === 'number') return level < 100 ? 'low' : 'on'
  return relay === true ? 'on' : undefined
}

function cabinetAttributes({ id, kind, rated, mode }: Facility): Entity {
  const circuits = Math.max(1, rated.circuits ?? kind.rated.circuits ?? 1)
  return {
    workingMode: mode === 'auto' ? 'automatic' : 'manual',
    refStreetlightGroup: Array.from({ length: circuits }, (_, i) => groupUrn(id, i + 1)),
  }
}

/** Impossible values are no facts, and stay behind. */
function measuredAttributes({ terms }: FacilityKind, latest: readonly MeasuredValue[], isLamp: boolean): Entity {
  const attributes: Entity = {}
  let observed = Number.NEGATIVE_INFINITY
  for (const { point, value, at, good } of latest) {
    const attribute = Object.hasOwn(terms, point) ? terms[point]?.fiware : undefined
    if (!attribute || !good || typeof value !== 'number' || (value < 0 && !isSigned(attribute))) continue
    attributes[attribute] = value / scaleOf(attribute)
    observed = Math.max(observed, at)
  }
  if (Number.isFinite(observed)) attributes[isLamp ? 'observationDateTime' : 'dateObserved'] = new Date(observed).toISOString()
  return attributes
}

function ownAttributes(facility: Facility, hasCabinet: boolean): Entity {
  const { roadClass, keyArea, gateway, labels, rated, mode, fedBy, circuit } = facility
  return {
    ...(roadClass !== null && { roadClass }),
    keyArea,
    ...(gateway !== null && { gateway }),
    ...(Object.keys(labels).length > 0 && { labels }),
    // The model's rating is the effective one; what the facility has of its own stands here.
    rated,
    mode,
    ...(!hasCabinet && fedBy !== null && { fedBy }),
    ...(!hasCabinet && circuit !== null && { circuit }),
  }
}
