import type { Point, PointTable, PointValue } from '../point.ts'
import { isoTime } from './native.ts'

/** JSON Schema, draft 7. */
export type JsonSchema = Readonly<Record<string, unknown>>

const timeSchema: JsonSchema = {
  description: 'Time by the clock of the device: ms since 1970, or ISO 8601 with a zone.',
  oneOf: [
    { type: 'number', minimum: 0 },
    { type: 'string', pattern: isoTime.source },
  ],
}

/** What the codec takes for a point; values outside its plausible range are taken and marked as bad. */
export function valueSchema(point: Point): JsonSchema {
  const title = point.title.en
  if (point.type === 'number') {
    const [least, most] = point.plausible
    const unit = point.unit === '' ? '' : ` ${point.unit}`
    return { title, type: 'number', description: `${point.title.zh}; possible from ${least} to ${most}${unit}` }
  }
  if (point.type === 'boolean') return { title, description: `${point.title.zh}; ${statesText(point.states)}`, enum: [true, false, 1, 0] }
  return { title, description: point.title.zh, type: 'string', enum: point.states.map(({ key }) => key) }
}

const statesText = ([no, yes]: readonly [{ en: string }, { en: string }]) => `false: ${no.en}, true: ${yes.en}`

/** A report of one facility: any of its points, each at most once. `named`: it says whose it is, as a gateway's must. */
export function reportSchema({ keys, points }: PointTable, named: boolean): JsonSchema {
  return {
    type: 'object',
    required: named ? ['at', 'values', 'facility'] : ['at', 'values'],
    properties: {
      at: timeSchema,
      values: {
        type: 'object',
        properties: Object.fromEntries(points.map((point, i) => [keys[i] as string, valueSchema(point)])),
        additionalProperties: false,
      },
      seq: { type: 'integer', description: 'Counts the reports of the device; not needed.' },
      ...(named && { facility: { type: 'string', description: 'Id of the facility behind the gateway.' } }),
    },
  }
}

/** A value each point may have in a healthy facility. */
export function exampleValues({ keys, points }: PointTable): Record<string, PointValue> {
  return Object.fromEntries(points.map((point, i) => [keys[i] as string, exampleValue(point)]))
}

function exampleValue(point: Point): PointValue {
  if (point.type === 'boolean') return false
  if (point.type === 'state') return point.states[0]?.key ?? ''
  const [least, most] = point.normal ?? point.plausible
  return Number(((least + most) / 2).toFixed(point.digits))
}
