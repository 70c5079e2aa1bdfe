import Type from 'typebox'
import { LamplighterError } from '../../../errors.ts'
import type { CodecVersion } from '../../../storage/codec-store.ts'
import type { ListedCodec } from '../../vendor-codecs/codec-services.ts'
import { type Api, cursorSchema, limitSchema, type RouteParts, signedIn } from '../api.ts'
import {
  CodecDetailSchema,
  CodecDraftSchema,
  CodecIdSchema,
  CodecPageSchema,
  CodecTrialInputSchema,
  CodecTrialSchema,
  CodecVersionIdSchema,
  CodecVersionSchema,
  CodecVersionsSchema,
} from '../codec-schemas.ts'
import { RemovalReasonSchema } from '../rule-schemas.ts'

/** A source with its samples as JSON, where a letter may take six. */
const MAX_BODY = 3 * 1_048_576

/** What engineers do with vendors' payload codecs. */
export function vendorCodecRoutes(app: Api, { services: { vendorCodecs }, now }: RouteParts): void {
  const tags = ['codecs']
  app.get(
    '/api/vendor-codecs',
    {
      schema: {
        tags,
        summary: 'Payload codecs by id, with their figures, in pages',
        querystring: Type.Object(
          { after: Type.Optional(Type.String({ maxLength: 64, description: '`next` of the page before' })), limit: limitSchema(200, 50) },
          { additionalProperties: false },
        ),
        response: { 200: CodecPageSchema },
      },
    },
    ({ query: { after = '', limit = 50 } }) => {
      const { items, next } = vendorCodecs.list(after, limit)
      return { items: items.map(listedView), next }
    },
  )
  app.get(
    '/api/vendor-codecs/:id',
    { schema: { tags, summary: 'One codec with its source and samples', params: CodecIdSchema, response: { 200: CodecDetailSchema } } },
    ({ params }) => detailView(vendorCodecs.get(params.id)),
  )
  app.put(
    '/api/vendor-codecs/:id',
    {
      bodyLimit: MAX_BODY,
      schema: {
        tags,
        summary: 'Save a codec; refused when it cannot be loaded, and unless forced when a sample fails. Counts at once',
        params: CodecIdSchema,
        body: CodecDraftSchema,
        response: { 200: CodecDetailSchema },
      },
    },
    async (request) => {
      const { force = false, ...draft } = request.body
      return detailView(await vendorCodecs.put(request.params.id, { ...draft, force }, signedIn(request)))
    },
  )
  app.delete(
    '/api/vendor-codecs/:id',
    {
      schema: {
        tags,
        summary: 'Remove a codec that no device profile uses',
        params: CodecIdSchema,
        querystring: RemovalReasonSchema,
        response: { 204: Type.Null() },
      },
    },
    (request, reply) => {
      vendorCodecs.remove(request.params.id, request.query.reason, signedIn(request))
      reply.code(204)
      return null
    },
  )
  app.get(
    '/api/vendor-codecs/:id/versions',
    {
      schema: {
        tags,
        summary: 'Who saved or removed a codec when and why, newest first, in pages',
        params: CodecIdSchema,
        querystring: Type.Object({ before: cursorSchema, limit: limitSchema(200, 50) }, { additionalProperties: false }),
        response: { 200: CodecVersionsSchema },
      },
    },
    ({ params, query: { before, limit = 50 } }) => {
      const { items, next } = vendorCodecs.versions(params.id, before, limit)
      return { items: items.map((version) => ({ ...versionView(version), isRemoval: version.source === null })), next }
    },
  )
  app.get(
    '/api/vendor-codecs/:id/versions/:version',
    {
      schema: { tags, summary: 'A codec as it was saved once', params: CodecVersionIdSchema, response: { 200: CodecVersionSchema } },
    },
    ({ params }) => {
      const version = vendorCodecs.version(params.id, params.version)
      return { ...versionView(version), source: version.source, samples: version.samples }
    },
  )
  app.post(
    '/api/vendor-codecs/try',
    {
      bodyLimit: MAX_BODY,
      schema: {
        tags,
        summary: 'Run a codec on an uplink without saving it',
        body: CodecTrialInputSchema,
        response: { 200: CodecTrialSchema },
      },
    },
    async ({ body: { source, fPort, bytes: text, encoding = 'hex' } }) => {
      const bytes = bytesOf(text, encoding)
      const { measure, ...result } = await vendorCodecs.try(source, { fPort, bytes, recvTime: now() })
      const memory = measure && { loaded: measure.loaded, touched: measure.touched }
      return { result, bytes: bytes.toString('hex'), ms: measure?.ms ?? null, memory }
    },
  )
}

/** Blanks and colons between the bytes are what loggers print. Throws `invalid-request`. */
function bytesOf(text: string, encoding: 'hex' | 'base64'): Buffer {
  const plain = text.replaceAll(encoding === 'hex' ? /[\s:]|0x/g : /\s/g, '')
  const isGood = encoding === 'hex' ? /^([0-9a-f]{2})*$/i : /^[A-Za-z0-9+/_-]*={0,2}$/
  if (!isGood.test(plain))
    throw new LamplighterError('invalid-request', `The bytes are no ${encoding === 'hex' ? 'hexadecimal' : 'base64'}.`)
  return Buffer.from(plain, encoding)
}

const versionView = ({ version, title, isForced, reason, by, at }: CodecVersion) => ({ version, title, isForced, reason, by, at })

const listedView = ({ codec, usedBy, figures }: ListedCodec) => ({ id: codec.codec, ...versionView(codec), usedBy: [...usedBy], figures })

const detailView = (listed: ListedCodec) => ({ ...listedView(listed), source: listed.codec.source, samples: listed.codec.samples })
