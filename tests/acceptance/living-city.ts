import { pino } from 'pino'
import { serveFaults } from '../../simulators/fault-server.ts'
import { Fleet } from '../../simulators/fleet.ts'
import { type FleetRun, runFleet } from '../../simulators/fleet-runner.ts'
import { simulatedFacilities } from '../../simulators/plant-source.ts'
import { createWorld } from '../../simulators/world.ts'
import type { Role } from '../../src/access/permissions.ts'
import { type App, startApp } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import { type DispatchPolicy, usualDispatchPolicy } from '../../src/dispatch/dispatch-policy.ts'
import type { FacilityInput } from '../../src/edges/http/schemas.ts'
import { kindByKey } from '../../src/facilities/index.ts'
import { minutes, seconds } from '../../src/telemetry/duration.ts'
import { type Client, eventually, PASSWORD, signIn, testFolder } from './server-process.ts'

/** Time jumps in steps; after such a pause nobody counts as silent. */
const STEP = minutes(4)
/** And goes on as time does, so that who says nothing is missed. */
const FLOW = seconds(12)
/** Of everybody but the administrator. */
export const OWN_PASSWORD = 'a password of their own, 8 words'

/** The whole program with a simulated city over MQTT, whose faults come and go by the simulator's own fault server, and the clock in hand. */
export interface LivingCity {
  app: App
  admin: Client
  now(): number
  /** Lets time pass for city and program alike, in jumps. */
  pass(ms: number): Promise<void>
  /** The same as a program lives through it that never paused; takes longer. */
  flow(ms: number): Promise<void>
  /** Breaks something; returns how to mend it. */
  breaks(fault: { facility?: string; where?: string; fault: string; after?: string }): Promise<() => Promise<void>>
  /** An account that has chosen its password by the link for it, signed in. */
  person(name: string, role: Role): Promise<Client>
  /** Where faults are asked for by HTTP. */
  faults: string
  stop(): Promise<void>
}

interface LivingOptions {
  facilities: readonly FacilityInput[]
  position: [number, number]
  /** Nothing is ever heard of these. */
  unheard?: readonly string[]
  env?: Readonly<Record<string, string>>
}

export async function livingCity({ facilities, position, unheard = [], env = {} }: LivingOptions): Promise<LivingCity> {
  const { folder, remove } = testFolder()
  let ahead = 0
  const now = () => Date.now() + ahead
  const given = { DATA_FOLDER: folder, HTTP_PORT: '0', MQTT_PORT: '0', ADMIN_PASSWORD: PASSWORD, SERVER_ID: '', ...env }
  const app = await startApp({ config: readConfig([], given), log: pino({ level: 'silent' }), consoleFolder: folder, now })
  app.services.putFacilities(facilities, 'admin')
  const fleet = new Fleet({
    facilities: simulatedFacilities(facilities, kindByKey).filter(({ id }) => !unheard.includes(id)),
    seed: 'living',
    world: createWorld({ position, seed: 'living' }),
    start: now() - minutes(5),
  })
  const faults = await serveFaults(fleet, 0)
  const run: FleetRun = runFleet({ fleet, clock: { at: now }, mode: 'gateways', url: `mqtt://127.0.0.1:${app.mqttPort}` })
  const admin = await signIn(app.url)
  /** Until the city has said all that it has to say up to now. */
  const hear = async () => {
    const until = now()
    await eventually(
      async () => fleet.now >= until && run.counts.acknowledged === run.counts.sent && run.counts.sent > 0,
      (isSaid) => isSaid,
      60_000,
    )
  }
  /** And until the desk has looked at it. */
  const settle = async () => {
    await hear()
    // The program looks at its orders once a second.
    await new Promise((done) => setTimeout(done, 1100))
  }
  await settle()
  const askFaults = async (method: string, path: string, body?: unknown) => {
    const response = await fetch(faults.url + path, {
      method,
      ...(body !== undefined && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    })
    if (!response.ok) throw new Error(`${path}: ${await response.text()}`)
    return (await response.json()) as { faults: { id: number }[] }
  }
  return {
    app,
    admin,
    now,
    faults: faults.url,
    async pass(ms) {
      for (let left = ms; left > 0; left -= STEP) {
        ahead += Math.min(STEP, left)
        await settle()
      }
    },
    async flow(ms) {
      for (let left = ms; left > 0; left -= FLOW) {
        ahead += Math.min(FLOW, left)
        await hear()
      }
      await settle()
    },
    async breaks(fault) {
      const { faults: made } = await askFaults('POST', '/faults', fault)
      return async () => {
        for (const { id } of made) await askFaults('DELETE', `/faults/${id}`)
      }
    },
    async person(name, role) {
      const { invitation } = await admin.post<{ invitation: { token: string } }>('/api/accounts', { name, role })
      // In a browser of their own: accepting an invitation ends the session there is.
      const accepted = await fetch(`${app.url}/api/invitations/accept`, {
        ...{ method: 'POST', headers: { 'content-type': 'application/json', origin: app.url } },
        body: JSON.stringify({ token: invitation.token, password: OWN_PASSWORD }),
      })
      if (!accepted.ok) throw new Error(await accepted.text())
      return signIn(app.url, name, OWN_PASSWORD)
    },
    async stop() {
      run.stop()
      await run.done
      await faults.close()
      await app.stop()
      remove()
    },
  }
}

/** Crews of one person each, all of them always on duty, and a policy by which nobody sleeps. */
export async function putCrews(
  admin: Client,
  crews: Readonly<Record<string, string>>,
  policy: Partial<DispatchPolicy> = {},
): Promise<void> {
  const ids = Object.keys(crews)
  for (const [id, person] of Object.entries(crews)) {
    const crew = { name: `Crew ${id}`, districts: 'all', domains: 'all', vehicle: '', members: [person], base: null, disabled: false }
    await admin.put(`/api/roster/crews/${id}`, crew)
    await admin.put(`/api/roster/people/${person}`, { skills: ['electrical'], phone: '', email: '' })
  }
  await admin.put('/api/roster/rotations/always', {
    ...{ name: 'Always', shifts: [{ key: 'day', name: 'Day', from: 0, to: 1440 }], start: '2026-01-01' },
    teams: ids.map((id) => ({ key: id, name: `Crew ${id}`, crew: id, people: [crews[id]] })),
    cycle: Object.fromEntries(ids.map((id) => [id, ['day']])),
  })
  const awake = { ...usualDispatchPolicy, quiet: { from: 0, to: 0 }, ...policy }
  const { version } = await admin.get<{ version: number }>('/api/dispatch-policy')
  await admin.put('/api/dispatch-policy', { policy: awake, version, reason: 'test' })
}
