import type { BindingIndex } from './binding-index.ts'
import type { MappedDialect } from './codecs/mapped/dialect.ts'
import { type CommandedValue, mappingFor, type Road, type RoadFinder } from './command-mapping.ts'
import type { BoundDevice, ProfileDialect } from './device-profile.ts'
import { type Text, text } from './point.ts'

export type RoadFinders = Readonly<Record<ProfileDialect, RoadFinder>>

export interface RoadParts {
  index: Pick<BindingIndex, 'boundTo'>
  finders: RoadFinders
  mapped: Pick<MappedDialect, 'heardAs'>
}

/** Finds the way by which a facility is told a command; undefined for one that no device of another dialect speaks for; in words why there is none. */
export function roadTo(
  facility: string,
  command: string,
  value: CommandedValue,
  { index, finders, mapped }: RoadParts,
): Road | Text | undefined {
  let why: Text | undefined
  for (const bound of devicesOf(facility, index, mapped)) {
    const mapping = mappingFor(bound.profile, command, value)
    const road = mapping && finders[bound.profile.dialect](bound, mapping, value)
    if (road && 'send' in road) return road
    why =
      road ?? why ?? text(`device profile ${bound.profile.id} says nothing of this command`, `设备模板 ${bound.profile.id} 未定义该指令`)
  }
  return why
}

function* devicesOf(facility: string, index: RoadParts['index'], mapped: RoadParts['mapped']): Generator<BoundDevice> {
  yield* index.boundTo(facility)
  const heard = mapped.heardAs(facility)
  if (heard?.profile.topics?.facility !== undefined) yield heard
}
