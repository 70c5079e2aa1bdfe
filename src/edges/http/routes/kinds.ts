import Type from 'typebox'
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
        response: { 200: Type.Object({ kinds: Type.Array(KindSchema) }) },
      },
    },
    () => ({ kinds }),
  )
}
