import Type, { type Static } from 'typebox'
import { nullable, time } from './schema-parts.ts'

const Count = (description: string) => Type.Integer({ minimum: 0, description })
const RangeSchema = nullable(
  Type.Object({ from: Type.Integer(), to: Type.Integer({ description: 'exclusive' }) }, { description: 'positions in the journal' }),
)

export const StorageSchema = Type.Object({
  store: Type.String({ description: 'name of the telemetry store' }),
  journal: Type.Object(
    {
      bytes: Count('on disk'),
      waitingBytes: Count('of files with messages that somebody still needs; the others are kept for back-tests while there is room'),
      maxBytes: Count('at which the oldest messages are given up'),
      maxAge: Count('ms after which messages are given up that nobody has taken'),
      segments: Count('files'),
      oldest: Type.Integer({ description: 'oldest position that can be read' }),
      next: Type.Integer({ description: 'position of the next message' }),
      oldestAt: nullable(time('when the oldest message came in')),
      givenUp: Count('messages given up because the journal reached its bound, since the first start'),
      tornBytes: Count('bytes of an unfinished write that were cut off at the start'),
      corruptBlocks: Count('places where unsound bytes were stepped over'),
      trouble: nullable(Type.String({ description: 'why the last messages could not be written; null when they could' })),
      slowestSync: Type.Number({ description: 'longest time the disk took in the last minute or two to make a group durable, ms' }),
    },
    { description: 'messages on disk' },
  ),
  writer: Type.Object(
    {
      storedThrough: Type.Integer({ description: 'position up to which everything is stored or set aside; -1 at the beginning' }),
      buffered: Count('values in memory'),
      written: Count('values the store confirmed since the start'),
      failures: Count('writes that failed since the start'),
      setAside: Count('values set aside since the start'),
      catchingUp: Type.Boolean({ description: 'whether there is a backlog' }),
      backlog: Count('messages left to be stored besides the live ones, at most'),
      backlogReached: nullable(time('when the message of the backlog that was read last came in')),
      gaps: Count('gaps of positions that are still to be read from the journal'),
      oldestGap: RangeSchema,
      newestGap: RangeSchema,
      liveLag: Type.Number({
        description: 'age of the oldest reading of the live path that is not stored, ms; while the store is away, for how long',
      }),
      sinceWrite: nullable(
        Type.Number({ description: 'since the store confirmed a write last, ms; null when it has not since the start' }),
      ),
      lastError: nullable(Type.String()),
    },
    { description: 'from the journal and the pipeline to the store' },
  ),
  setAside: Type.Object(
    {
      batches: Count('files'),
      rows: Count('rows in them'),
      values: Count('values in them'),
      bytes: Count('on disk'),
      maxBatches: Count('past which the oldest are given up'),
      maxBytes: Count('past which the oldest are given up'),
      givenUp: Count('rows given up because there was no room for more, since the first start'),
      damaged: Count('files that are damaged'),
    },
    { description: 'readings that the store refuses for ever' },
  ),
  backup: nullable(
    Type.Object(
      {
        newest: nullable(time('when the newest one was made; null when there is none or nobody has looked yet')),
        failed: nullable(Type.String({ description: 'why the last one failed' })),
      },
      { description: 'the daily backups; null when the service makes none by itself' },
    ),
  ),
})

export const StoreContentsSchema = Type.Object({
  store: Type.String({ description: 'name of the telemetry store' }),
  contents: nullable(
    Type.Object(
      {
        bytes: Count('of all files'),
        oldest: nullable(time('from when there may be rows')),
        newest: nullable(time('until when there may be rows')),
        days: Count('days that have a file'),
        open: Count('of these, that are not in order yet'),
        kept: Type.Array(
          Type.Object({
            kind: Type.String(),
            resolution: Type.String({ description: 'raw, or what is rolled up: minute, hour, day' }),
            files: Count('that hold them'),
            rows: Count('of all facilities of the kind'),
            bytes: Count('their share of the files'),
          }),
        ),
        leftOut: Count('rows that came for times of which nothing raw is kept any more, since the start'),
        damaged: Type.Array(Type.String(), { description: 'files that cannot be read and were set aside' }),
        unreadable: Type.Array(Type.Object({ key: Type.String(), problem: Type.String() }), {
          description: 'files that cannot be read and are still in their place',
        }),
      },
      { description: 'null where the store cannot tell at once, as a database on a server' },
    ),
  ),
})
export type StoreContentsView = Static<typeof StoreContentsSchema>

export const SetAsideIdSchema = Type.Object({ id: Type.String({ pattern: '^\\d{15}-\\d{6}$', description: 'as the list gives it' }) })

export const SetAsideBatchSchema = Type.Object({
  id: Type.String(),
  at: time('when it was set aside'),
  store: Type.String({ description: 'name of the store that refused it' }),
  kind: Type.String({ description: 'kind of the facilities' }),
  reason: Type.String({ description: 'what the store said last' }),
  rows: Count('rows'),
  values: Count('values in them'),
  bytes: Count('of the file'),
  damaged: Type.Boolean({ description: 'only what can be read is shown; it cannot be written again' }),
})

export const SetAsidePageSchema = Type.Object({
  items: Type.Array(SetAsideBatchSchema),
  next: nullable(Type.String({ description: 'to be passed back as `after`' })),
  total: Count('batches on all pages'),
})

export const SetAsideRowsSchema = Type.Object({
  batch: SetAsideBatchSchema,
  rows: Type.Array(
    Type.Object({
      facility: Type.String(),
      at: Type.Union([Type.Number(), Type.String()], { description: 'device time, ms since 1970' }),
      values: Type.Record(Type.String(), Type.Union([Type.Number(), Type.String()]), {
        description: 'by point, and by point + ".bad" where impossible; as the store was given them, infinite ones as text',
      }),
    }),
  ),
  next: nullable(Type.Integer({ description: 'to be passed back as `after`' })),
})

export const RetryOutcomeSchema = Type.Object({
  stored: Type.Boolean({ description: 'whether the store took all of it' }),
  rows: Count('rows stored, or refused again'),
  reason: nullable(Type.String({ description: 'why rows were refused again' })),
})

export const RetryAllSchema = Type.Object(
  {
    after: Type.Optional(
      Type.String({ pattern: '^\\d{15}-\\d{6}$', description: '`next` of the answer before; from the oldest when absent' }),
    ),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 50, default: 20, description: 'batches of one request' })),
  },
  { additionalProperties: false },
)

export const RetriedSchema = Type.Object({
  stored: Count('batches the store took whole'),
  storedRows: Count('rows it took in all'),
  kept: Count('batches that stay, because rows were refused again or their file is damaged'),
  next: nullable(Type.String({ description: 'to go on behind it; null when there are no more' })),
  stoppedBy: nullable(Type.String({ description: 'why it stopped early: what the store that is not available says' })),
})
