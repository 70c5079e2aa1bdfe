import { STATUS_CODES } from 'node:http'
import type { FastifyError, FastifyReply } from 'fastify'
import type { Static } from 'typebox'
import { errorCodes, LamplighterError } from '../../errors.ts'
import type { Api } from './api.ts'
import { NOT_BLANK } from './schema-parts.ts'
import type { ProblemSchema } from './schemas.ts'

export type Problem = Static<typeof ProblemSchema>

const invalid: [code: string, advice: string] = ['invalid-request', 'Correct the request; /api/docs describes it.']

/** Errors the HTTP server itself raises, by status: our code and what to do. */
const ownProblems: Record<number, [code: string, advice: string]> = {
  400: invalid,
  403: ['not-allowed', '/api/docs lists what there is.'],
  404: ['not-found', '/api/docs lists what there is.'],
  413: ['payload-too-large', 'Send less at once.'],
  414: ['invalid-request', 'The address is too long.'],
  415: ['unsupported-media-type', 'Send the body as application/json.'],
  429: ['too-many-requests', 'Wait a little, then try again.'],
}

export function problem(status: number, code: string, detail: string): Problem {
  return { type: `urn:lamplighter:problem:${code}`, title: STATUS_CODES[status] ?? 'Error', status, detail, code }
}

export function sendProblem(reply: FastifyReply, { status, code, detail }: Pick<Problem, 'status' | 'code' | 'detail'>): FastifyReply {
  return reply
    .code(status)
    .type('application/problem+json')
    .send(problem(status, code, detail))
}

/** The one place where errors become answers, for the routes registered after it. What was not meant for a client goes to the log only. */
export function handleErrors(app: Api): void {
  app.setErrorHandler((error: FastifyError | LamplighterError, request, reply) => {
    const known = knownProblem(error)
    if (known) {
      if (error instanceof LamplighterError && error.retryAfter !== undefined)
        reply.header('retry-after', Math.ceil(error.retryAfter / 1000))
      if (known.status >= 500) request.log.warn({ err: error, path: request.routeOptions.url }, known.detail)
      return sendProblem(reply, known)
    }
    request.log.error({ err: error, method: request.method, path: request.routeOptions.url }, 'a request failed')
    return sendProblem(reply, { status: 500, code: 'internal', detail: 'The server failed at this request; its log says why.' })
  })
}

function knownProblem(error: FastifyError | LamplighterError): Pick<Problem, 'status' | 'code' | 'detail'> | undefined {
  if (error instanceof LamplighterError) return { status: errorCodes[error.code], code: error.code, detail: error.message }
  if (error.validation) return { status: 400, code: 'invalid-request', detail: describeValidation(error) }
  const status = error.statusCode ?? 500
  if (status < 400 || status >= 500) return undefined
  const own = ownProblems[status] ?? invalid
  return { status, code: own[0], detail: `${error.message.replace(/\.$/, '')}. ${own[1]}` }
}

interface Violation {
  keyword: string
  instancePath: string
  params: Record<string, unknown>
  message?: string
}

const places: Record<string, string> = { body: 'body', querystring: 'query', params: 'address', headers: 'headers' }

/** Names the fields, what is wrong with each, and what to do. */
function describeValidation({ validation, validationContext }: FastifyError): string {
  const violations = (validation ?? []) as unknown as Violation[]
  // An unknown property is reported twice, the first time as a schema that is `false`.
  const words = violations.filter(({ keyword }) => keyword !== 'boolean').map(describeViolation)
  const where = places[validationContext ?? ''] ?? 'request'
  return `In the ${where}: ${[...new Set(words)].slice(0, 5).join('; ')}. Correct it; /api/docs describes the request.`
}

function describeViolation({ keyword, instancePath, params, message }: Violation): string {
  const path = instancePath.slice(1).replaceAll('/', '.')
  const inside = path ? ` in ${path}` : ''
  if (keyword === 'additionalProperties') return `unknown field ${list(params.additionalProperties)}${inside}`
  if (keyword === 'required') return `missing field ${list(params.requiredProperties)}${inside}`
  const field = path || 'it'
  if (keyword === 'enum') return `${field} must be one of ${list(params.allowedValues)}`
  if (keyword === 'pattern' && String(params.pattern) === NOT_BLANK) return `${field} is blank; say it in words`
  return `${field} ${message ?? 'is wrong'}`
}

const list = (values: unknown) => (Array.isArray(values) ? values.slice(0, 20).join(', ').slice(0, 300) : String(values))
