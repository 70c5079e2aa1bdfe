import type { FacilityInput, FacilityView, KindView } from '../../../../src/edges/http/schemas.ts'

/** A facility as somebody types it: every field a text, '' = has none. */
export interface FacilityDraft {
  id: string
  kind: string
  name: string
  nameEn: string
  district: string
  road: string
  roadClass: string
  keyArea: boolean
  owner: string
  longitude: string
  latitude: string
  fedBy: string
  circuit: string
  gateway: string
  labels: string
  rated: Readonly<Record<string, string>>
  mode: FacilityView['mode']
}

export const emptyDraft = (kind: string): FacilityDraft => ({
  id: '',
  kind,
  name: '',
  nameEn: '',
  district: '',
  road: '',
  roadClass: '',
  keyArea: false,
  owner: '',
  longitude: '',
  latitude: '',
  fedBy: '',
  circuit: '',
  gateway: '',
  labels: '',
  rated: {},
  mode: 'auto',
})

export function draftOf(facility: FacilityView): FacilityDraft {
  const { number: _, position, labels, rated, ...plain } = facility
  return {
    ...plain,
    roadClass: facility.roadClass ?? '',
    fedBy: facility.fedBy ?? '',
    gateway: facility.gateway ?? '',
    circuit: facility.circuit === null ? '' : String(facility.circuit),
    longitude: position ? String(position[0]) : '',
    latitude: position ? String(position[1]) : '',
    labels: Object.entries(labels)
      .map(([name, value]) => `${name}=${value}`)
      .join('\n'),
    rated: Object.fromEntries(Object.entries(rated).map(([name, value]) => [name, String(value)])),
  }
}

/** What cannot be sent: which field, and the line of labels at fault. */
export type DraftProblem = { field: 'position' } | { field: 'labels'; line: string }

/** The facility to send, or what is wrong with it; the server judges the rest. */
export function inputOf(draft: FacilityDraft): FacilityInput | DraftProblem {
  const { longitude, latitude, labels, rated, roadClass, fedBy, gateway, circuit, ...plain } = draft
  if ((longitude.trim() === '') !== (latitude.trim() === '')) return { field: 'position' }
  const pairs: [string, string][] = []
  for (const line of labels.split('\n')) {
    if (line.trim() === '') continue
    const at = line.indexOf('=')
    if (at < 1) return { field: 'labels', line }
    pairs.push([line.slice(0, at).trim(), line.slice(at + 1).trim()])
  }
  const own = Object.entries(rated).filter(([, text]) => text.trim() !== '')
  return {
    ...plain,
    id: draft.id.trim(),
    roadClass: (roadClass || null) as FacilityInput['roadClass'] & (string | null),
    fedBy: fedBy.trim() || null,
    gateway: gateway.trim() || null,
    circuit: circuit.trim() === '' ? null : Number(circuit),
    position: longitude.trim() === '' ? null : [Number(longitude), Number(latitude)],
    labels: Object.fromEntries(pairs),
    rated: Object.fromEntries(own.map(([name, text]) => [name, Number(text)])),
  }
}

/** The draft as the variant; rated values it does not speak of stay. */
export function withVariant(draft: FacilityDraft, variant: KindView['variants'][number]): FacilityDraft {
  const values = Object.entries(variant.rated).map(([name, value]) => [name, String(value)])
  return { ...draft, rated: { ...draft.rated, ...Object.fromEntries(values) } }
}
