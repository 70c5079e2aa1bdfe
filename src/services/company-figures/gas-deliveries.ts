import { facilityScope, isInScope, type Scope } from '../../access/scope.ts'
import type { GasDeliveries } from '../../edges/company-figures.ts'
import { LamplighterError } from '../../errors.ts'
import { gasStation } from '../../facilities/gas-station/index.ts'
import type { GasDelivery } from '../../operations/gas-delivery.ts'
import { days } from '../../telemetry/duration.ts'
import type { ServiceParts } from '../parts.ts'

type Parts = Pick<ServiceParts, 'plant' | 'kinds' | 'state' | 'now'>

/** Nobody plans further, ms. */
const FURTHEST = days(400)

export function gasDeliveries({ plant, kinds, state, now }: Parts): GasDeliveries {
  const store = state.gasDeliveries
  const checkStation = (id: string, scope: Scope) => {
    const station = plant.get(id)
    if (!station || !isInScope(scope, station) || station.kind.key !== gasStation.key)
      throw new LamplighterError(
        'invalid-request',
        `There is no gas station ${JSON.stringify(id)}; /api/facilities?kind=gas-station lists them.`,
      )
    if ({ ...station.kind.rated, ...station.rated }.tank !== 1)
      throw new LamplighterError('invalid-request', `${id} has no tank to take a delivery; name a station that is rated \`tank\` 1.`)
  }
  const checkTime = (at: number) => {
    if (Math.abs(at - now()) > FURTHEST) throw new LamplighterError('invalid-request', 'A delivery is planned for a time within 400 days.')
  }
  const keep = (delivery: GasDelivery, action: string): GasDelivery =>
    state.transaction(() => {
      const id = action === 'plan-delivery' ? store.insert(delivery) : delivery.id
      if (action !== 'plan-delivery') store.update(delivery)
      const { by, changed: at, station, tonnes, note } = delivery
      const detail = `${tonnes} t at ${new Date(delivery.at).toISOString()}, ${delivery.state}${note ? `: ${note}` : ''}`
      state.audit({ at, by, action, subject: `facility ${station}`, detail: `delivery ${id}: ${detail}` })
      return { ...delivery, id }
    })
  return {
    list: (query, scope) => store.list({ ...query, within: facilityScope(scope, kinds.values()) }),
    add(input, by, scope) {
      checkStation(input.station, scope)
      checkTime(input.at)
      return keep({ ...input, id: 0, state: 'planned', by, changed: now() }, 'plan-delivery')
    },
    change(id, change, by, scope) {
      const known = store.find(id)
      const station = known && plant.get(known.station)
      if (!known || !station || !isInScope(scope, station))
        throw new LamplighterError('not-found', `There is no delivery ${id}; /api/gas-deliveries lists them.`)
      if (change.at !== undefined) checkTime(change.at)
      return keep({ ...known, ...change, by, changed: now() }, 'change-delivery')
    },
  }
}
