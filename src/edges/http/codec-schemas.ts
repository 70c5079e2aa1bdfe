import Type, { type Static } from 'typebox'
import { codecFailures } from '../../telemetry/vendor-codec.ts'
import { MAX_BYTES, MAX_SAMPLES, MAX_SOURCE } from '../vendor-codecs/limits.ts'
import { literals, nullable, time, words } from './schema-parts.ts'

/** Shapes of vendors' payload codecs. */
export const CodecIdSchema = Type.Object({
  id: Type.String({ pattern: '^[a-z0-9][a-z0-9._-]{0,63}$', description: 'small letters, digits, dots, dashes and underscores' }),
})
export const CodecVersionIdSchema = Type.Object({
  ...CodecIdSchema.properties,
  version: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }),
})

const FPortSchema = Type.Integer({ minimum: 0, maximum: 255 })
const SourceSchema = Type.String({ maxLength: MAX_SOURCE, description: 'JavaScript that defines decodeUplink, Decode or Decoder' })
const SampleSchema = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 100 }),
    fPort: FPortSchema,
    bytes: Type.String({ pattern: '^([0-9a-fA-F]{2})*$', maxLength: 2 * MAX_BYTES, description: 'hexadecimal' }),
    expected: nullable(
      Type.Object({ data: Type.Unknown({ description: 'the data as JSON' }) }, { description: 'null: the codec has to refuse it' }),
    ),
  },
  { additionalProperties: false },
)
const SamplesSchema = Type.Array(SampleSchema, { maxItems: MAX_SAMPLES })

export const CodecDraftSchema = Type.Object(
  {
    title: Type.String({ minLength: 1, maxLength: 200, pattern: '\\S' }),
    source: SourceSchema,
    samples: SamplesSchema,
    force: Type.Optional(Type.Boolean({ default: false, description: 'save it although samples fail' })),
    replaces: Type.Optional(
      nullable(Type.Integer({ description: 'version it was made from, null for a new codec; refused when another is in force' })),
    ),
    reason: words('why; kept with the version'),
  },
  { additionalProperties: false },
)

const FailureSchema = Type.Object({
  reason: literals(codecFailures),
  error: Type.String(),
  line: nullable(Type.Integer({ description: 'of the source, from 1' })),
})

export const CodecFiguresSchema = Type.Object({
  decodes: Type.Integer(),
  failures: Type.Record(Type.String(), Type.Integer(), { description: 'by reason' }),
  ms: Type.Number({ description: 'of computing' }),
  lastFailure: nullable(Type.Object({ ...FailureSchema.properties, at: time('when') })),
  suspendedUntil: nullable(time('it had to be stopped too often and is not run until then')),
})

const versionProperties = {
  version: Type.Integer(),
  title: Type.String(),
  isForced: Type.Boolean({ description: 'saved although samples failed' }),
  reason: Type.String(),
  by: Type.String(),
  at: time('when it was saved'),
}

const listedProperties = {
  id: Type.String(),
  ...versionProperties,
  usedBy: Type.Array(Type.String(), { description: 'device profiles' }),
  figures: CodecFiguresSchema,
}
export const CodecPageSchema = Type.Object({ items: Type.Array(Type.Object(listedProperties)), next: nullable(Type.String()) })
export const CodecDetailSchema = Type.Object({ ...listedProperties, source: Type.String(), samples: SamplesSchema })

export const CodecVersionsSchema = Type.Object({
  items: Type.Array(Type.Object({ ...versionProperties, isRemoval: Type.Boolean() })),
  next: nullable(Type.Integer()),
})
export const CodecVersionSchema = Type.Object({ ...versionProperties, source: nullable(Type.String()), samples: SamplesSchema })

export const CodecTrialInputSchema = Type.Object(
  {
    source: SourceSchema,
    fPort: FPortSchema,
    bytes: Type.String({ maxLength: 2 * MAX_BYTES + 100 }),
    encoding: Type.Optional(literals(['hex', 'base64'], { default: 'hex' })),
  },
  { additionalProperties: false },
)
export const CodecTrialSchema = Type.Object({
  result: Type.Union([Type.Object({ data: Type.Unknown(), warnings: Type.Array(Type.String()) }), FailureSchema]),
  bytes: Type.String({ description: 'what was decoded, hexadecimal' }),
  ms: nullable(Type.Number({ description: 'of the call; null when it was ended from outside or never loaded' })),
  memory: nullable(
    Type.Object({
      loaded: Type.Integer({ description: 'bytes of the codec once loaded' }),
      touched: Type.Integer({ description: 'bytes that the call took beyond' }),
    }),
  ),
})

export type CodecListView = Static<typeof CodecPageSchema>
export type CodecDetailView = Static<typeof CodecDetailSchema>
export type CodecVersionsView = Static<typeof CodecVersionsSchema>
export type CodecVersionView = Static<typeof CodecVersionSchema>
export type CodecTrialView = Static<typeof CodecTrialSchema>
export type CodecDraftView = Static<typeof CodecDraftSchema>
