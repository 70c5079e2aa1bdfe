import Type, { type Static } from 'typebox'
import { may, type Person } from '../../../access/person.ts'
import { LamplighterError } from '../../../errors.ts'
import { type KeptView, type ViewPage, viewPages } from '../../../storage/kept-view-store.ts'
import { AlarmIdSchema, type Api, personOf, type RouteParts } from '../api.ts'
import { NOT_BLANK } from '../schema-parts.ts'
import { nullable, time } from '../schemas.ts'

/** Of one page: of one person, and shared by all together. */
const MOST_OWN = 50
const MOST_SHARED = 200
const LONGEST_SEARCH = 4000

const NameSchema = Type.String({ minLength: 1, maxLength: 100, pattern: NOT_BLANK })
const SearchSchema = Type.String({
  maxLength: LONGEST_SEARCH,
  description: 'what the page shows, as in its address: of the list of alarms such as priority=critical,high&group=facility',
})
const PageSchema = Type.Enum([...viewPages])
const KeptViewSchema = Type.Object({
  id: Type.Integer(),
  name: Type.String(),
  owner: Type.String(),
  page: PageSchema,
  isOwn: Type.Boolean(),
  shared: Type.Boolean({ description: 'others find it too' }),
  search: SearchSchema,
  at: time('last change'),
})
export type KeptViewView = Static<typeof KeptViewSchema>
const ViewsSchema = Type.Object({
  items: Type.Array(KeptViewSchema, { description: `one's own, at most ${MOST_OWN}, and those that others share, by name` }),
  first: nullable(Type.Integer({ description: 'the one with which the list opens' })),
})
export type KeptViewsView = Static<typeof ViewsSchema>
const input = { name: NameSchema, shared: Type.Boolean(), search: SearchSchema }
const InputSchema = Type.Object(input, { additionalProperties: false })
const NewSchema = Type.Object({ ...input, page: Type.Optional(PageSchema) }, { additionalProperties: false })
const QuerySchema = Type.Object({ page: Type.Optional(PageSchema) }, { additionalProperties: false })
/** Of requests that name no page. */
const USUAL: ViewPage = 'alarms'

/** Views of pages, kept under a name. */
export function keptViewRoutes(app: Api, { services, now }: RouteParts): void {
  const { state } = services
  const { keptViews } = state
  const told = (view: KeptView, { name }: Person): KeptViewView => ({ ...view, isOwn: view.owner === name })

  /** One that they find in their list; throws `not-found`. */
  const find = (id: number, person: Person): KeptView => {
    const view = keptViews.view(id)
    if (view && (view.shared || view.owner === person.name)) return view
    throw new LamplighterError('not-found', `There is no view ${id}; /api/views lists them.`)
  }
  const findOfAlarms = (id: number, person: Person): KeptView => {
    const view = find(id, person)
    if (view.page === 'alarms') return view
    throw new LamplighterError('invalid-request', `View ${id} is of the page ${view.page}; the list of alarms opens with one of its own.`)
  }
  /** What is shared changes for others too, so that whoever may share changes it, whoever made it. */
  const findToChange = (id: number, person: Person): KeptView => {
    const view = find(id, person)
    if (view.owner === person.name && !view.shared) return view
    checkShare(person)
    return view
  }
  const checkShare = (person: Person) => {
    if (!may(person, 'view.share'))
      throw new LamplighterError('not-allowed', `An account of the role ${person.role} may not share views or change shared ones.`)
  }
  const checkRoom = ({ owner, page, shared }: Pick<KeptView, 'owner' | 'page' | 'shared'>) => {
    const all = keptViews.viewsFor(owner, page)
    const [own, others] = [all.filter((view) => view.owner === owner).length, all.filter((view) => view.shared).length]
    if (own > MOST_OWN || (shared && others > MOST_SHARED)) {
      const most = own > MOST_OWN ? `${MOST_OWN} of one person` : `${MOST_SHARED} shared ones`
      throw new LamplighterError('action-refused', `There are at most ${most}. Remove one that is not needed any more.`)
    }
  }
  const audited = <T>(person: Person, action: string, name: string, detail: string, work: () => T): T =>
    state.transaction(() => {
      const done = work()
      state.audit({ at: now(), by: person.name, action, subject: `view ${name}`, detail })
      return done
    })
  const detailOf = ({ shared, search }: Pick<KeptView, 'shared' | 'search'>) => `${shared ? 'shared' : 'own'}: ${search}`

  app.get(
    '/api/views',
    {
      schema: {
        tags: ['views'],
        summary: 'Views of the list of alarms, or of another page: own ones and shared ones',
        querystring: QuerySchema,
        response: { 200: ViewsSchema },
      },
    },
    (request) => {
      const person = personOf(request)
      const items = keptViews.viewsFor(person.name, request.query.page ?? USUAL).map((view) => told(view, person))
      const first = keptViews.firstView(person.name)
      // Whoever shared it may have taken it back.
      return { items, first: items.some(({ id }) => id === first) ? first : null }
    },
  )

  app.post(
    '/api/views',
    {
      schema: {
        tags: ['views'],
        summary: 'Keep a view of the list of alarms, or of another page',
        body: NewSchema,
        response: { 200: KeptViewSchema },
      },
    },
    (request) => {
      const person = personOf(request)
      const { shared } = request.body
      if (shared) checkShare(person)
      const view = { page: USUAL, ...request.body, id: 0, owner: person.name, at: now() }
      return audited(person, 'add-view', view.name, detailOf(view), () => {
        const id = keptViews.add(view)
        checkRoom(view)
        return told({ ...view, id }, person)
      })
    },
  )

  app.put(
    '/api/views/first',
    {
      schema: {
        tags: ['views'],
        summary: 'With which view the list of alarms opens for who asks; null: with none',
        body: Type.Object({ id: nullable(Type.Integer({ minimum: 1 })) }, { additionalProperties: false }),
        response: { 204: Type.Null() },
      },
    },
    (request, reply) => {
      const person = personOf(request)
      const { id } = request.body
      const name = id === null ? 'none' : findOfAlarms(id, person).name
      audited(person, 'set-first-view', name, '', () => keptViews.setFirstView(person.name, id))
      reply.code(204)
      return null
    },
  )

  app.put(
    '/api/views/:id',
    {
      schema: {
        tags: ['views'],
        summary: 'Change a view',
        params: AlarmIdSchema,
        body: InputSchema,
        response: { 200: KeptViewSchema },
      },
    },
    (request) => {
      const person = personOf(request)
      const before = findToChange(request.params.id, person)
      if (request.body.shared) checkShare(person)
      const view = { ...before, ...request.body, at: now() }
      // Nobody would find it any more, and whoever gets that name one day would have it.
      if (!view.shared && !state.people.user(view.owner))
        throw new LamplighterError('action-refused', `${view.owner}, whose view this is, has no account any more. Remove the view instead.`)
      return audited(person, 'change-view', view.name, `${detailOf(before)} -> ${detailOf(view)}`, () => {
        keptViews.update(view)
        checkRoom(view)
        return told(view, person)
      })
    },
  )

  app.delete(
    '/api/views/:id',
    {
      schema: {
        tags: ['views'],
        summary: 'Remove a view',
        params: AlarmIdSchema,
        response: { 204: Type.Null() },
      },
    },
    (request, reply) => {
      const person = personOf(request)
      const view = findToChange(request.params.id, person)
      audited(person, 'remove-view', view.name, detailOf(view), () => keptViews.remove(view.id))
      reply.code(204)
      return null
    },
  )
}
