import type { FastifyReply } from 'fastify'
import { LamplighterError } from '../../../errors.ts'
import type { Api, RouteParts } from '../api.ts'
import { PublicLimits } from '../public-limits.ts'
import {
  PlaceCodeSchema,
  PlacesQuerySchema,
  PublicPlaceSchema,
  PublicPlacesSchema,
  PublicReceiptSchema,
  PublicReportInputSchema,
  PublicReportSchema,
  ReportNumberSchema,
} from '../report-schemas.ts'
import { placeView, publicReportView, receiptView, reportInput } from '../report-views.ts'

const tags = ['reports']
/** 500 letters of four bytes, each written as twelve, and the rest. */
const MAX_BODY = 16 * 1024

/** What everybody may ask and tell without an account; nothing of any person is in the answers. */
export function publicReportRoutes(app: Api, { services, now }: RouteParts): void {
  const { reports } = services
  const limits = new PublicLimits(now())
  const fresh = (reply: FastifyReply) => reply.header('cache-control', 'no-store')

  app.get(
    '/api/public/places',
    {
      schema: {
        tags,
        summary: 'Lamps and cabinets near a position, nearest first, or on a road; at most 60',
        querystring: PlacesQuerySchema,
        response: { 200: PublicPlacesSchema },
      },
    },
    (request, reply) => {
      const { near, road } = request.query
      limits.look(request.ip, now())
      fresh(reply)
      if (near !== undefined) {
        const [lon, lat] = near.split(',').map(Number) as [number, number]
        return { places: reports.placesNear([lon, lat]).map(placeView) }
      }
      if (road === undefined) throw new LamplighterError('invalid-request', 'Give near=longitude,latitude or road=part of its name.')
      return { places: reports.placesOn(road).map(placeView) }
    },
  )

  app.get(
    '/api/public/places/:code',
    { schema: { tags, summary: 'The lamp or cabinet of a code', params: PlaceCodeSchema, response: { 200: PublicPlaceSchema } } },
    (request, reply) => {
      limits.look(request.ip, now())
      fresh(reply)
      const found = reports.place(request.params.code)
      if (!found) throw new LamplighterError('not-found', 'Nothing here has this code. Look for it on the map, or by its road.')
      return placeView(found)
    },
  )

  app.post(
    '/api/public/reports',
    {
      bodyLimit: MAX_BODY,
      schema: {
        tags,
        summary: 'Report what is wrong with a lamp or cabinet; needs its code or a position',
        body: PublicReportInputSchema,
        response: { 201: PublicReceiptSchema },
      },
    },
    (request, reply) => {
      const input = reportInput(request.body)
      reply.code(201)
      fresh(reply)
      // Whoever did not get the answer sends it again.
      const before = reports.taken(input.madeId)
      if (before) return receiptView(before)
      try {
        limits.report(request.ip, input.code === null ? null : (reports.place(input.code)?.facility.id ?? null), now())
      } catch (error) {
        reports.noteRefused()
        throw error
      }
      return receiptView(reports.take(input, null))
    },
  )

  app.get(
    '/api/public/reports/:number',
    {
      schema: {
        tags,
        summary: 'How far a report is, by the number that was given for it',
        params: ReportNumberSchema,
        response: { 200: PublicReportSchema },
      },
    },
    (request, reply) => {
      const at = now()
      limits.mayGuess(request.ip, at)
      limits.look(request.ip, at)
      fresh(reply)
      const found = reports.ofNumber(request.params.number)
      if (found) return publicReportView(found, services)
      limits.wrongNumber(request.ip, at)
      throw new LamplighterError('not-found', 'There is no report of this number. Check it, or report it anew.')
    },
  )
}
