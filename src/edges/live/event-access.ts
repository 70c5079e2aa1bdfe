import type { Permission } from '../../access/permissions.ts'
import { may, type Person } from '../../access/person.ts'
import { isWhole } from '../../access/scope.ts'
import type { ScopeUse } from '../http/route-access.ts'
import type { ClientEvents, ServerEvents } from './protocol.ts'

export interface EventAccess {
  /** `session`: told to everybody who is signed in. */
  needs: 'session' | Permission
  scope: ScopeUse
}

export type LiveEvent = keyof ClientEvents | keyof ServerEvents

const limited = (needs: Permission): EventAccess => ({ needs, scope: 'limited' })

/** To be connected at all. */
export const connectionNeeds: Permission = 'city.read'

/** Every event of a live connection, of clients and of the server, with what it asks of the person at the other end: one that does not stand here is not answered and not sent. */
export const eventAccess: Readonly<Record<LiveEvent, EventAccess>> = {
  watch: limited('city.read'),
  delta: limited('city.read'),
  heartbeat: limited('city.read'),
  readings: limited('city.read'),
  orders: limited('order.read'),
  reports: limited('report.enter'),
  commands: limited('city.read'),
  programmes: { needs: 'city.read', scope: 'none' },
  'light-changes': limited('city.read'),
  emergencies: limited('city.read'),
  rounds: limited('order.read'),
  'signed-out': { needs: 'session', scope: 'none' },
}

/** Whether somebody may send an event, or be told of it; what lies in their scope is for the event itself to look at. */
export function mayUse(person: Person, event: string): boolean {
  if (!Object.hasOwn(eventAccess, event)) return false
  const { needs, scope } = eventAccess[event as LiveEvent]
  if (needs !== 'session' && !may(person, needs)) return false
  return scope !== 'whole' || isWhole(person.scope)
}
