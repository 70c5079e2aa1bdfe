import Type from 'typebox'
import type { FacilityKind } from '../../../facilities/facility-kind.ts'
import type { Point } from '../../../telemetry/point.ts'
import type { Api, RouteParts } from '../api.ts'
import { KindSchema } from '../schemas.ts'
import { kindView } from '../views.ts'

export function kindRoutes(app: Api, { services }: RouteParts): void {
  const kinds = services.kinds.map(kindView)
  app.get(
    '/api/kinds',
    {
      schema: {
        tags: ['facilities'],
        summary: 'Kinds of facilities with their points, rules and panels',
        description: services.kinds.map(describe).join('\n\n'),
        response: { 200: Type.Object({ kinds: Type.Array(KindSchema) }) },
      },
    },
    () => ({ kinds }),
  )
}

/** What a report of a kind may say, for those who write devices. */
function describe({ key, title, table }: FacilityKind): string {
  const points = table.keys.map((name, i) => {
    const { unit, type } = table.points[i] as Point
    return `\`${name}\` (${type}${unit ? `, ${unit}` : ''})`
  })
  return `**${title.en} ${title.zh}**, \`${key}\`: ${points.join(', ')}`
}
