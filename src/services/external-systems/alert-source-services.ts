import type { AlertSourceInput, AlertSources, ListedAlertSource } from '../../edges/alert-sources.ts'
import { hashToken, newToken } from '../../edges/http/people/tokens.ts'
import type { FacilityInput } from '../../edges/http/schemas.ts'
import type { Services } from '../../edges/services.ts'
import { LamplighterError } from '../../errors.ts'
import { externalSystem } from '../../facilities/external-system/index.ts'
import { descriptionOf } from '../../facilities/plant.ts'
import type { StoredAlertSource } from '../../storage/alert-source-store.ts'
import type { ServiceParts } from '../parts.ts'

const MOST_SOURCES = 20

type Parts = Pick<ServiceParts, 'state' | 'plant' | 'externalSystems' | 'now'>
type Plants = Pick<Services, 'putFacilities' | 'removeFacility'>

/** Systems that send their alerts: set up, with a token each, and the facilities that stand for them. */
export function alertSourceServices(
  { state, plant, externalSystems, now }: Parts,
  { putFacilities, removeFacility }: Plants,
): AlertSources {
  const { alertSources: store } = state
  const known = (id: string): StoredAlertSource => {
    const source = store.get(id)
    if (!source) throw new LamplighterError('not-found', `There is no source ${id}; /api/alert-sources lists them.`)
    return source
  }
  const audit = (by: string, action: string, id: string, detail = '') =>
    state.audit({ at: now(), by, action, subject: `source:${id}`, detail })
  const listed = ({ token, ...source }: StoredAlertSource): ListedAlertSource => ({
    ...source,
    token: token && { since: token.since, by: token.by },
    ...externalSystems.figuresOf(source.id),
  })
  const register = (id: string, { name, heartbeat }: AlertSourceInput, by: string) => {
    const rated = heartbeat ? { 'heartbeat-minutes': heartbeat.minutes } : {}
    putFacilities([{ ...plain(id), name, rated }], by)
  }
  /** What else people have said of the facility stays as it is. */
  const plain = (id: string) => {
    const facility = plant.get(id)
    if (facility && facility.kind !== externalSystem)
      throw new LamplighterError('action-refused', `${id} is a ${facility.kind.key} already; give the source another short name.`)
    return { ...(facility && (descriptionOf(facility) as FacilityInput)), id, kind: externalSystem.key }
  }

  return {
    list: () => store.all().map(listed),
    put(id, input, by) {
      const before = store.get(id)
      if (!before && store.all().length >= MOST_SOURCES)
        throw new LamplighterError('action-refused', `There are ${MOST_SOURCES} sources already, and there may be no more.`)
      const source = { ...input, id, token: before?.token ?? null }
      register(id, input, by)
      state.transaction(() => {
        store.put(source)
        const { heartbeat, most } = input
        audit(
          by,
          'put-source',
          id,
          `${heartbeat ? `${heartbeat.alertname} within ${heartbeat.minutes} min` : 'no heartbeat'}, ${most} alarms at most`,
        )
      })
      const isSame = JSON.stringify(before?.heartbeat) === JSON.stringify(input.heartbeat)
      if (!isSame) externalSystems.forget(id)
      externalSystems.report()
      return listed(source)
    },
    remove(id, by, scope) {
      known(id)
      if (plant.get(id)?.kind === externalSystem) removeFacility(id, by, scope, 'its source was removed')
      state.transaction(() => {
        store.remove(id)
        audit(by, 'remove-source', id)
      })
      externalSystems.forget(id)
    },
    giveToken(id, by) {
      const source = known(id)
      const token = newToken()
      state.transaction(() => {
        store.put({ ...source, token: { hash: hashToken(token), since: now(), by } })
        audit(by, source.token ? 'rotate-source-token' : 'make-source-token', id)
      })
      return token
    },
    revokeToken(id, by) {
      const source = known(id)
      state.transaction(() => {
        store.put({ ...source, token: null })
        audit(by, 'revoke-source-token', id)
      })
    },
    noteUnread: (id) => externalSystems.noteUnread(known(id)),
    take: async (id, notification) => externalSystems.take(known(id), notification),
  }
}
