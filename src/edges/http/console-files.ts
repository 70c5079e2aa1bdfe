import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Api } from './api.ts'
import { sendProblem } from './problem.ts'

const NOT_BUILT = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Lamplighter</title>
<h1>The console has not been built</h1>
<p>Run <code>npm run build</code> in the project's folder, then load this page again. The API works without it: <a href="/api/docs">/api/docs</a>.</p>
<h1 lang="zh">控制台尚未构建</h1>
<p lang="zh">请在项目目录运行 <code>npm run build</code>，然后刷新本页。</p>
</html>
`

/** What stands in pages that are built apart as `{{name}}`. */
export type PageWords = Readonly<Record<string, string>>

const HTML = 'text/html; charset=utf-8'
/** The index of a folder, by which a page built apart is asked for too, as a service worker does with no word on what it takes. */
const INDEX = /^\/[a-z-]+\/(index\.html)?$/

/** Serves what was built of `dashboards/`. Returns the handler for what no route knows: one of its pages, or a problem. */
export async function serveConsole(
  app: Api,
  folder: string,
  words: PageWords = {},
): Promise<(request: FastifyRequest, reply: FastifyReply) => FastifyReply | Promise<FastifyReply>> {
  await app.register(fastifyStatic, {
    root: folder,
    // The folder may be built while the server runs.
    suppressWarning: true,
    dotfiles: 'ignore',
    // Those of pages built apart are filled in below.
    allowedPath: (path) => !INDEX.test(path),
    // Names of built files hold a hash of their content; the page that names them must be asked for each time.
    setHeaders: (reply, path) =>
      reply.header('cache-control', path.includes('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache'),
    cacheControl: false,
  })
  return (request, reply) => {
    const path = request.url.split('?', 1)[0] as string
    // Pages that are built apart lie in folders of their own; all else is the console's.
    const own = /^\/([a-z-]+)(\/|$)/.exec(path)?.[1]
    const apart = own && isRead(request, path) ? join(folder, own, 'index.html') : ''
    const isPage = isRead(request, path) && (request.headers.accept ?? '').includes('text/html')
    if (apart && (isPage || INDEX.test(path)) && existsSync(apart)) return sendFilled(reply, apart, words)
    if (isPage && existsSync(join(folder, 'index.html'))) return reply.sendFile('index.html')
    if (isPage) return reply.code(503).type(HTML).send(NOT_BUILT)
    return sendProblem(reply, {
      status: 404,
      code: 'not-found',
      detail: `There is nothing at ${request.method} ${path}; /api/docs lists what there is.`,
    })
  }
}

async function sendFilled(reply: FastifyReply, file: string, words: PageWords): Promise<FastifyReply> {
  const page = await readFile(file, 'utf8')
  const filled = page.replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => escapeHtml(words[name] ?? ''))
  return reply.header('cache-control', 'no-cache').type(HTML).send(filled)
}

const escapeHtml = (text: string): string => text.replaceAll(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`)

const isRead = ({ method }: FastifyRequest, path: string): boolean =>
  (method === 'GET' || method === 'HEAD') && !/^\/(api|socket\.io)(\/|$)/.test(path)
