import { type DeviceProfile, type FieldMapping, linkFields, mapValue, pointOf, type TopicMapping } from './device-profile.ts'
import { isPointer } from './json-pointer.ts'
import type { Point, PointTable } from './point.ts'
import { patternProblem, topicPattern } from './topic-pattern.ts'
import { conversion, convertibleTo, unitNamed } from './units.ts'

/** What is wrong with a profile for a kind with these points, in words for an engineer; empty when it can be used. */
export function profileProblems(profile: DeviceProfile, table: PointTable): string[] {
  const problems = profile.fields.flatMap((mapping) =>
    fieldProblems(mapping, profile, table).map((problem) => `${mapping.field || "''"} -> ${mapping.point}: ${problem}`),
  )
  const points = profile.fields.map(({ point }) => point)
  for (const point of new Set(points.filter((point, i) => points.indexOf(point) !== i)))
    problems.push(`${point}: more than one field is mapped to it`)
  if (profile.dialect === 'mapped')
    problems.push(...(profile.topics ? topicProblems(profile.topics) : ['a profile of plain topics needs "topics"']))
  else if (profile.topics) problems.push(`"topics" are of plain topics, not of ${profile.dialect}`)
  if (profile.codec !== null && profile.dialect !== 'lorawan') problems.push('only LoRaWAN profiles have a codec')
  return problems
}

function fieldProblems(mapping: FieldMapping, { dialect }: DeviceProfile, table: PointTable): string[] {
  const point = pointOf(table, mapping.point)
  if (!point) return [`there is no such point; there are ${table.keys.join(', ')}`]
  const problems: string[] = []
  const isLink = dialect === 'lorawan' && (linkFields as readonly string[]).includes(mapping.field)
  if (dialect === 'sparkplug' ? mapping.field === '' : !isLink && !isPointer(mapping.field)) {
    const links = dialect === 'lorawan' ? ` nor one of ${linkFields.join(', ')}` : ''
    problems.push(dialect === 'sparkplug' ? 'the metric has no name' : `the field is no JSON pointer such as /temperature${links}`)
  }
  for (const factor of [mapping.scale, mapping.offset])
    if (factor !== undefined && !Number.isFinite(factor)) problems.push('scale and offset are finite numbers')
  if (mapping.scale === 0) problems.push('a scale of 0 makes every value the same')
  if (mapping.unit !== undefined) problems.push(...unitProblems(mapping.unit, point))
  return [...problems, ...enumProblems(mapping, point)]
}

function unitProblems(unit: string, point: Point): string[] {
  if (point.type !== 'number') return unit === '' ? [] : ['the point has no unit']
  if (conversion(unit, point.unit)) return []
  const unknown = unitNamed(unit) === undefined ? `${unit} is no known unit` : `${unit} cannot be converted`
  const possible = convertibleTo(point.unit).map((name) => name || '1')
  return [`${unknown}; into ${point.unit || '1'} can be converted: ${possible.join(', ')}`]
}

/** Values of an enum pass through scale and unit like any other; what no raw value could become is refused when it is written. */
function enumProblems(mapping: FieldMapping, point: Point): string[] {
  return Object.keys(mapping.enum ?? {})
    .filter((raw) => mapValue(raw, mapping, point) === undefined)
    .map((raw) => {
      const states = point.type === 'state' ? `; there are ${point.states.map(({ key }) => key).join(', ')}` : ''
      return `enum ${JSON.stringify(raw)}: ${JSON.stringify(mapping.enum?.[raw])} is no value of the point${states}`
    })
}

function topicProblems({ pattern, facility, payload, reports, time, status }: TopicMapping): string[] {
  const wrong = patternProblem(pattern)
  if (wrong !== undefined) return [`pattern: ${wrong}`]
  const { captures } = topicPattern(pattern)
  const problems: string[] = []
  if (facility === undefined && captures.length === 0) problems.push('pattern: without a capture there is no address to bind')
  if (facility !== undefined && !captures.includes(facility)) problems.push(`facility: ${facility} is no capture of the pattern`)
  if (payload === 'bare' && (reports !== undefined || time !== undefined)) problems.push('a bare value has neither reports nor a time')
  if (reports !== undefined && time === undefined) problems.push('several reports in one payload need a time of their own')
  for (const pointer of [reports, time?.field, status?.field])
    if (pointer !== undefined && !isPointer(pointer)) problems.push(`${pointer} is no JSON pointer such as /temperature`)
  const both = status?.online.filter((word) => status.offline.includes(word)) ?? []
  if (both.length > 0) problems.push(`status: ${both.join(', ')} cannot mean both online and offline`)
  return problems
}
