import type { Readable } from 'node:stream'
import type { FastifyRequest } from 'fastify'
import { LamplighterError } from '../../errors.ts'
import type { Api } from './api.ts'

/** Routes whose body is a file as it is, whatever its type; nothing there is read as JSON. */
export function registerFileScope(root: Api, routes: (app: Api) => void): void {
  root.register(async (scope) => {
    const app = scope as Api
    app.removeAllContentTypeParsers()
    app.addContentTypeParser('*', (_request, payload, done) => done(null, payload))
    routes(app)
  })
}

/** The file. Throws `invalid-request` when there is none. */
export function contentOf({ body }: Pick<FastifyRequest, 'body'>): Readable {
  if (body) return body as Readable
  throw new LamplighterError('invalid-request', 'Send the file as the body of the request, with a content type such as text/csv.')
}
