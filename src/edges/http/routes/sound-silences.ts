import Type from 'typebox'
import { minutes } from '../../../telemetry/duration.ts'
import { type Api, type RouteParts, signedIn } from '../api.ts'
import { time } from '../schemas.ts'

/** How long a console is silent, ms: long enough to read and to speak, too short to be forgotten. */
const SILENCE = minutes(2)
const MOST_NAMED = 20

/** That somebody silenced a console is on record; the silence itself is the console's own affair. */
export function soundSilenceRoutes(app: Api, { services, now }: RouteParts): void {
  app.post(
    '/api/sound-silences',
    {
      // Anybody may, and each is a record for ever; so many consoles may stand behind one address.
      config: { rateLimit: { max: 60, timeWindow: '1 minute' } },
      schema: {
        tags: ['alarms'],
        summary: 'Record that the sound of a console is silenced for two minutes',
        body: Type.Object({
          alarms: Type.Array(Type.Integer({ minimum: 1 }), { maxItems: 500, description: 'those it was sounding for' }),
          linkLost: Type.Boolean({ description: 'it was also sounding because it had lost the server' }),
        }),
        response: { 200: Type.Object({ until: time('of the server, when it sounds again') }) },
      },
    },
    (request) => {
      const { alarms, linkLost } = request.body
      const until = now() + SILENCE
      const named = alarms.slice(0, MOST_NAMED).join(', ')
      const more = alarms.length > MOST_NAMED ? ` and ${alarms.length - MOST_NAMED} more` : ''
      const detail = [alarms.length > 0 && `alarms ${named}${more}`, linkLost && 'link lost'].filter(Boolean).join('; ')
      services.state.audit({ at: now(), by: signedIn(request), action: 'silence-sound', subject: new Date(until).toISOString(), detail })
      return { until }
    },
  )
}
