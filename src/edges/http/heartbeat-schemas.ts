import Type, { type Static } from 'typebox'
import { heartbeatStates } from '../../storage/heartbeats.ts'
import { literals, nullable, time } from './schema-parts.ts'

/** More cells could not be told apart. */
export const MOST_HEARTBEATS = 240

export const HeartbeatsSchema = Type.Object({
  interval: nullable(Type.Number({ description: 'ms between two reports as it usually sends them; null when nobody knows yet' })),
  from: time('start of what was looked at'),
  to: time('now'),
  cells: Type.Array(
    Type.Object({
      at: time('when it was taken or was due'),
      state: literals(heartbeatStates, {
        description:
          'late: the next one was due before it came; history: it came too late to act on; not-due: its circuit is off. What came late is remembered since the start, the newest 64 of a facility',
      }),
      delay: nullable(Type.Number({ description: 'ms by which it came later than it was taken; null unless it came late' })),
    }),
    { description: 'one for each expected report, oldest first' },
  ),
})
export type HeartbeatsView = Static<typeof HeartbeatsSchema>
export type HeartbeatView = HeartbeatsView['cells'][number]
