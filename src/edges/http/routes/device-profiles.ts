import Type from 'typebox'
import { LamplighterError } from '../../../errors.ts'
import type { StoredProfile } from '../../../storage/profile-store.ts'
import type { ProfileTrial } from '../../../telemetry/profile-trial.ts'
import { rejectionReasons } from '../../../telemetry/rejection.ts'
import type { TriedCommand } from '../../dialects.ts'
import { type Api, type RouteParts, signedIn } from '../api.ts'
import {
  CommandTrialInputSchema,
  CommandTrialSchema,
  type CommandTrialView,
  NewProfileIdSchema,
  ProfileIdSchema,
  ProfileInputSchema,
  ProfileSchema,
  type ProfileView,
  TrialInputSchema,
  TrialSchema,
  type TrialView,
} from '../dialect-schemas.ts'
import { hexOf, textOf } from '../payload-text.ts'

/** How devices of other dialects speak. */
export function deviceProfileRoutes(app: Api, { services: { dialects }, now }: RouteParts): void {
  const view = (profile: StoredProfile): ProfileView => ({
    ...(profile as ProfileView),
    devices: dialects.boundWith(profile.id),
  })
  const tags = ['dialects']
  app.get(
    '/api/device-profiles',
    {
      schema: { tags, summary: 'Device profiles by id, at most 500', response: { 200: Type.Object({ items: Type.Array(ProfileSchema) }) } },
    },
    () => ({ items: dialects.profiles().map(view) }),
  )
  app.get(
    '/api/device-profiles/:id',
    { schema: { tags, summary: 'One device profile', params: ProfileIdSchema, response: { 200: ProfileSchema } } },
    ({ params }) => view(dialects.profile(params.id)),
  )
  app.put(
    '/api/device-profiles/:id',
    {
      schema: {
        tags,
        summary: 'Make or change a device profile; counts from the next message on',
        params: NewProfileIdSchema,
        body: ProfileInputSchema,
        response: { 200: ProfileSchema },
      },
    },
    (request) => view(dialects.putProfile({ id: request.params.id, ...request.body }, signedIn(request))),
  )
  app.delete(
    '/api/device-profiles/:id',
    {
      schema: {
        tags,
        summary: 'Remove a device profile that no device is bound with',
        params: ProfileIdSchema,
        response: { 204: Type.Null() },
      },
    },
    (request, reply) => {
      dialects.removeProfile(request.params.id, signedIn(request))
      reply.code(204)
      return null
    },
  )
  app.post(
    '/api/device-profiles/try',
    {
      schema: {
        tags,
        summary: 'What a profile would make of a message, and which fields it does not map; nothing is kept',
        body: TrialInputSchema,
        response: { 200: TrialSchema },
      },
    },
    async ({ body: { profile, topic, payload, encoding = 'text' } }) =>
      trialView(await dialects.tryProfile({ id: 'trial', ...profile }, { topic, payload: bytesOf(payload, encoding), received: now() })),
  )
  app.post(
    '/api/device-profiles/try-command',
    {
      schema: {
        tags,
        summary: 'What a device would be told by a profile, byte by byte, and until when it must answer; nothing is sent',
        body: CommandTrialInputSchema,
        response: { 200: CommandTrialSchema },
      },
    },
    async ({ body: { profile, value = null, ...asked } }) =>
      commandTrialView(await dialects.tryCommand({ id: 'trial', ...profile }, { ...asked, value })),
  )
}

function commandTrialView({ message, downlink, ...rest }: TriedCommand): CommandTrialView {
  return {
    ...rest,
    message: message && {
      source: message.source,
      topic: message.topic,
      qos: message.qos,
      hex: hexOf(message.payload),
      text: textOf(message.payload),
    },
    downlink: downlink && { fPort: downlink.fPort, confirmed: downlink.confirmed, hex: hexOf(downlink.bytes) },
  }
}

function bytesOf(payload: string, encoding: 'text' | 'hex' | 'base64'): Uint8Array {
  if (encoding === 'text') return Buffer.from(payload)
  const written = payload.replace(/\s/g, '')
  const isWhole = encoding === 'hex' ? /^(?:[0-9a-f]{2})*$/i.test(written) : /^[A-Za-z0-9+/]*={0,2}$/.test(written)
  if (!isWhole) throw new LamplighterError('invalid-request', `payload is not written in ${encoding}.`)
  return Buffer.from(written, encoding)
}

function trialView({ event, rejections, messages, fields, warnings, address }: ProfileTrial): TrialView {
  return {
    event: event && {
      ...event,
      signal: event.signal && { gateway: event.signal.gateway, rssi: event.signal.rssi ?? null, snr: event.signal.snr ?? null },
    },
    ...{ address, fields, messages: [...messages], warnings: [...warnings] },
    rejections: rejections.map(({ reason, detail }) => ({ reason, help: rejectionReasons[reason], detail })),
  }
}
