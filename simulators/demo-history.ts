import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { pino } from 'pino'
import { WHOLE_CITY } from '../src/access/scope.ts'
import { type App, startApp } from '../src/app.ts'
import { readConfig } from '../src/config.ts'
import { utcOffsets } from '../src/control/local-time.ts'
import type { CrewAction } from '../src/dispatch/crew-action.ts'
import type { Order, OrderClass } from '../src/dispatch/order.ts'
import { hours, minutes } from '../src/telemetry/duration.ts'
import { type Text, text } from '../src/telemetry/point.ts'
import { acceptInvitation, openSession } from './api-session.ts'
import { CITY_CENTRE, type CityFacility } from './city.ts'
import { liveCompanies } from './demo-companies.ts'
import { type DemoAccess, demoCrews, demoPeople, demoRotations, keepPasswords } from './demo-crews.ts'
import { demoPlans } from './demo-emergency.ts'
import { keepPast } from './demo-lamps.ts'
import { configureLighting } from './demo-programmes.ts'
import { makePastReports } from './demo-reports.ts'
import { planRounds, walkRounds } from './demo-rounds.ts'
import { pick, seededRandom } from './random.ts'

/** Before its first day the demo has lived through so much. */
const PAST = hours(72)
/** Between two looks at what is to be walked. */
const A_ROUND = minutes(20)
/** The program looks at its orders once a second. */
const A_LOOK = 1200
const DESK = 'dora'

/** What was done with an order of the past: how long ago it was made, by which crew, and how far it went. */
interface PastOrder {
  hoursAgo: number
  kind: string
  class: OrderClass
  title: Text
  crew: string
  goes: 'open' | 'dispatched' | 'accept' | 'set-out' | 'arrive' | 'begin' | 'repair' | 'verified' | 'closed' | 'rejected' | 'merged'
  cause?: string
}

const [dark, pole, valve, smell, flicker] = [
  text('Lamp dark, says a caller', '市民来电：路灯不亮'),
  text('Pole leans after an accident', '交通事故后灯杆倾斜'),
  text('Valve does not close tight', '阀门关闭不严'),
  text('Smell near the station', '站点附近有异味'),
  text('Lamp flickers', '路灯闪烁'),
]
const past: readonly PastOrder[] = [
  { hoursAgo: 70, kind: 'street-light', class: 'ordinary', title: dark, crew: 'lights-1', goes: 'closed', cause: 'driver' },
  { hoursAgo: 66, kind: 'street-light', class: 'severe', title: pole, crew: 'lights-2', goes: 'closed', cause: 'foundation' },
  { hoursAgo: 58, kind: 'pump-station', class: 'severe', title: valve, crew: 'pipes-1', goes: 'closed', cause: 'seal worn' },
  { hoursAgo: 47, kind: 'street-light', class: 'ordinary', title: flicker, crew: 'lights-3', goes: 'closed', cause: 'loose terminal' },
  { hoursAgo: 44, kind: 'street-light', class: 'ordinary', title: dark, crew: 'lights-1', goes: 'rejected' },
  { hoursAgo: 41, kind: 'street-light', class: 'ordinary', title: dark, crew: 'lights-2', goes: 'closed', cause: 'fuse' },
  { hoursAgo: 30, kind: 'gas-station', class: 'danger', title: smell, crew: 'pipes-1', goes: 'closed', cause: 'flange retightened' },
  { hoursAgo: 23.2, kind: 'street-light', class: 'ordinary', title: flicker, crew: 'lights-3', goes: 'closed', cause: 'capacitor' },
  { hoursAgo: 23, kind: 'street-light', class: 'ordinary', title: flicker, crew: 'lights-3', goes: 'merged' },
  { hoursAgo: 20, kind: 'street-light', class: 'ordinary', title: dark, crew: 'lights-1', goes: 'closed', cause: 'driver' },
  { hoursAgo: 5, kind: 'sewage-plant', class: 'severe', title: valve, crew: 'pipes-1', goes: 'verified', cause: 'seal worn' },
  { hoursAgo: 3, kind: 'street-light', class: 'ordinary', title: flicker, crew: 'lights-1', goes: 'repair', cause: 'loose terminal' },
  { hoursAgo: 2, kind: 'street-light', class: 'severe', title: pole, crew: 'lights-1', goes: 'begin' },
  { hoursAgo: 1.5, kind: 'street-light', class: 'ordinary', title: flicker, crew: 'lights-1', goes: 'arrive' },
  { hoursAgo: 1, kind: 'street-light', class: 'ordinary', title: dark, crew: 'lights-1', goes: 'set-out' },
  {
    hoursAgo: 0.7,
    kind: 'light-cabinet',
    class: 'ordinary',
    title: text('Door does not lock', '柜门无法上锁'),
    crew: 'lights-1',
    goes: 'accept',
  },
  { hoursAgo: 0.3, kind: 'street-light', class: 'ordinary', title: dark, crew: 'lights-1', goes: 'dispatched' },
  { hoursAgo: 0.05, kind: 'street-light', class: 'ordinary', title: flicker, crew: 'lights-1', goes: 'open' },
]
/** Minutes after its making at which a crew did what. */
const when = { accept: 4, 'set-out': 9, arrive: 24, begin: 31, repair: 58 } as const
type CrewStep = keyof typeof when
const allSteps = Object.keys(when) as CrewStep[]
/** After so long all is done that was to be done. */
const ALL_DONE = minutes(90)

interface PastCity {
  folder: string
  plantFile: string
  city: readonly CityFacility[]
  seed: string
}

/**
 * Lives through the last days of a new demo with the program's own services and a clock that runs through them: accounts, crews, their duty and
 * what became of repairs. Nothing is written past the program.
 */
export async function livePast({ folder, plantFile, city, seed }: PastCity): Promise<DemoAccess> {
  const end = Date.now()
  let behind = PAST
  const now = () => Date.now() - behind
  const given = { DATA_FOLDER: folder, PLANT_FILE: plantFile, HTTP_PORT: '0', MQTT_PORT: '0', SERVER_ID: '' }
  const app = await startApp({ config: readConfig([], given), log: pino({ level: 'silent' }), consoleFolder: folder, now })
  try {
    const admin = app.firstAccount
    if (!admin) throw new Error(`${folder} is no new demo; --fresh starts anew`)
    // Since when reports are made.
    app.services.dutyReports.tick()
    const passwords = await addPeople(app, admin)
    for (const crew of demoCrews) app.services.roster.putCrew(crew, DESK)
    for (const { account, skills } of demoPeople) app.services.roster.putPerson({ account, skills, phone: '', email: '' }, DESK)
    for (const rotation of demoRotations(end, utcOffsets(readConfig([], {}).TIME_ZONE))) app.services.roster.putRotation(rotation, DESK)

    const { lampHistory } = app.services.state
    const lamps = { city, position: CITY_CENTRE, seed, end, utcOffset: utcOffsets(readConfig([], {}).TIME_ZONE) }
    keepPast(lampHistory, (work) => app.services.state.transaction(work), lamps)
    planRounds(app, city, DESK)

    const random = seededRandom(`${seed}:past`)
    const places = Map.groupBy(city, ({ kind }) => kind)
    const taken = new Set<string>()
    const placeFor = (kind: string): string | undefined => {
      const all = places.get(kind) ?? []
      const free = all.filter(({ id }) => !taken.has(id))
      return all.length > 0 ? pick(random, free.length > 0 ? free : all).id : undefined
    }
    const made: Made[] = []
    const carryOn = (isDue: (one: Made) => boolean) => {
      for (const one of made.filter((each) => !each.isDone && isDue(each))) {
        one.isDone = true
        behind = Math.max(0, Date.now() - one.order.created - ALL_DONE)
        act(app, one)
      }
    }
    const steps = seededRandom(`${seed}:rounds`)
    for (const plan of past) {
      const ago = plan.hoursAgo * hours(1)
      while (behind - A_ROUND > ago) {
        behind -= A_ROUND
        await walkRounds(app, now(), steps)
      }
      carryOn(({ order }) => Date.now() - ago - order.created >= ALL_DONE)
      behind = ago
      const id = placeFor(plan.kind)
      if (id === undefined) continue
      taken.add(id)
      made.push(make(app, plan, id))
    }
    carryOn(() => true)
    behind = 0
    await liveCompanies(app, { city, seed, by: DESK, end })
    await configureLighting(app.services.programmes, DESK, now())
    for (const plan of demoPlans) app.services.emergencyPlans.put(plan, 0, DESK, WHOLE_CITY)
    await walkRounds(app, now(), steps, true)
    await sleep(A_LOOK)
    await makePastReports(app)
    keepPasswords(folder, passwords)
    return { passwords: new Map([...passwords, [admin.name, admin.password]]) }
  } finally {
    await app.stop()
  }
}

/** Each person gets a link and chooses a password, as people do. */
async function addPeople(app: App, admin: { name: string; password: string }): Promise<Map<string, string>> {
  const session = await openSession({ url: app.url, user: admin.name, password: admin.password })
  const passwords = new Map<string, string>()
  for (const { account, name, role } of demoPeople) {
    const password = randomBytes(12).toString('base64url')
    const { invitation } = await session.post<{ invitation: { token: string } }>('/api/accounts', {
      name: account,
      displayName: name,
      role,
    })
    await acceptInvitation(app.url, invitation.token, password)
    passwords.set(account, password)
  }
  await session.signOut()
  return passwords
}

/** An order of the past on its way. */
interface Made {
  plan: PastOrder
  order: Order
  isDone: boolean
}

function make(app: App, plan: PastOrder, facility: string): Made {
  const { orders } = app.services
  const order = orders.create({ facilities: [facility], class: plan.class, title: plan.title, note: '' }, WHOLE_CITY, DESK)
  if (plan.goes === 'merged') {
    const into = [...orders.open()].find(({ id, domain }) => id !== order.id && domain === order.domain)
    if (into) orders.merge({ id: order.id }, into.id, 'The same street.', DESK)
    return { plan, order, isDone: true }
  }
  orders.dispatch({ id: order.id }, [plan.crew], minutes(720), DESK)
  if (plan.goes === 'open') orders.recall({ id: order.id }, 'The crew is needed elsewhere.', DESK)
  return { plan, order, isDone: plan.goes === 'open' || plan.goes === 'dispatched' }
}

/** Does with an order of the past what was done with it. */
function act(app: App, { plan, order }: Made): void {
  const { orders } = app.services
  if (plan.goes === 'rejected') return void orders.reject({ id: order.id }, 'The lamp is private.', DESK)
  const person = demoCrews.find(({ id }) => id === plan.crew)?.members[0] as string
  const isWhole = plan.goes === 'verified' || plan.goes === 'closed'
  const steps = isWhole ? allSteps : allSteps.slice(0, allSteps.indexOf(plan.goes as CrewStep) + 1)
  const actions = steps.map((type) => ({
    ...{ id: `past-${order.id}-${type}`, order: order.id, at: order.created + minutes(when[type]), type },
    ...(type === 'repair' && { cause: plan.cause ?? '', minutes: 27, parts: [{ name: plan.cause ?? 'part', count: 1 }] }),
  })) as CrewAction[]
  orders.act(actions, plan.crew, person)
  if (isWhole) orders.verify({ id: order.id }, 'Seen on the spot.', DESK)
  if (plan.goes === 'closed') orders.close({ id: order.id }, '', DESK)
}
