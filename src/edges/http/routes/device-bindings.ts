import { Readable } from 'node:stream'
import Type from 'typebox'
import { bindingFile, readBindingFile } from '../../exchange/binding-file.ts'
import { type Api, cursorSchema, limitSchema, type RouteParts, signedIn } from '../api.ts'
import { BindingInputSchema, BindingKeySchema, BindingSchema, DialectSchema, UnboundSchema } from '../dialect-schemas.ts'
import { contentOf, registerFileScope } from '../file-body.ts'
import { hexOf, textOf } from '../payload-text.ts'
import { nullable } from '../schemas.ts'

const FindSchema = Type.Object(
  {
    dialect: Type.Optional(DialectSchema),
    profile: Type.Optional(Type.String({ maxLength: 64 })),
    facility: Type.Optional(Type.String({ maxLength: 64 })),
    words: Type.Optional(Type.String({ maxLength: 300, description: 'part of the address or of the id of the facility' })),
    before: cursorSchema,
    limit: limitSchema(500, 100),
  },
  { additionalProperties: false },
)
const ChangedSchema = Type.Object({ changed: Type.Integer({ description: 'new or changed; the others were as they are' }) })
const tags = ['dialects']

/** Which devices of other dialects report for which facilities. */
export function deviceBindingRoutes(app: Api, parts: RouteParts): void {
  const { dialects } = parts.services
  app.get(
    '/api/device-bindings',
    {
      schema: {
        tags,
        summary: 'Bound devices, those bound last first, in pages',
        querystring: FindSchema,
        response: { 200: Type.Object({ items: Type.Array(BindingSchema), next: nullable(Type.Integer()) }) },
      },
    },
    ({ query: { limit = 100, ...query } }) => dialects.findBindings({ ...query, limit }),
  )
  app.get(
    '/api/device-bindings/unbound',
    {
      schema: {
        tags,
        summary: 'Devices that spoke since the start and are bound to no facility, newest first; the 500 heard last are remembered',
        querystring: Type.Object({ limit: limitSchema(500, 100) }, { additionalProperties: false }),
        response: { 200: Type.Object({ items: Type.Array(UnboundSchema) }) },
      },
    },
    ({ query: { limit = 100 } }) => ({
      items: dialects
        .unbound()
        .slice(0, limit)
        .map(({ payload, ...device }) => ({ ...device, hex: hexOf(payload), text: textOf(payload) })),
    }),
  )
  app.put(
    '/api/device-bindings',
    {
      schema: {
        tags,
        summary: 'Bind a device to a facility, or to another one',
        body: BindingInputSchema,
        response: { 200: ChangedSchema },
      },
    },
    (request) => ({ changed: dialects.putBindings([request.body], signedIn(request)) }),
  )
  app.delete(
    '/api/device-bindings',
    { schema: { tags, summary: 'Take back a binding', querystring: BindingKeySchema, response: { 204: Type.Null() } } },
    (request, reply) => {
      dialects.removeBinding(request.query, signedIn(request))
      reply.code(204)
      return null
    },
  )
  app.get(
    '/api/device-bindings/export',
    { schema: { tags, summary: 'All bindings as CSV: dialect, address, facility, profile', response: { 200: Type.String() } } },
    (_request, reply) => {
      reply
        .type('text/csv; charset=utf-8; header=present')
        .header('content-disposition', 'attachment; filename="device-bindings.csv"')
        .header('cache-control', 'no-store')
      // Pieces of bytes where the type checker expects the text they make up.
      reply.send(Readable.from(bindingFile(dialects.bindings()), { objectMode: false }) as unknown as string)
    },
  )
  registerFileScope(app, (scope) =>
    scope.post(
      '/api/device-bindings/import',
      {
        schema: {
          tags,
          summary: 'Bind devices by CSV with the columns dialect, address, facility, profile; all or nothing',
          consumes: ['text/csv'],
          response: { 200: ChangedSchema },
        },
      },
      async (request) => ({ changed: dialects.putBindings(await readBindingFile(contentOf(request)), signedIn(request)) }),
    ),
  )
}
