import { RECORD_KEPT } from '../alarms/alarm-log.ts'
import { days } from '../telemetry/duration.ts'
import { pruneLampHistory } from './lamp-history-clock.ts'
import type { ServiceParts } from './parts.ts'

/** Of each in a second: steps and samples, more than a city's alarms make on the worst day; and alarms, with all that is left of them. */
const AT_ONCE = 500
const ALARMS_AT_ONCE = 100
/** What became of messages is asked for while it is news. */
const DELIVERIES_KEPT = days(90)

/** Forgets a little of all that is older than it is kept, so that nothing else has to wait; once a second. */
export function forgetOld({ state, utcOffset, now }: Pick<ServiceParts, 'state' | 'utcOffset' | 'now'>): void {
  const before = now() - RECORD_KEPT
  state.transaction(() => {
    state.pruneAlarmRecords(before, AT_ONCE)
    state.samples.prune(before, AT_ONCE)
    state.pruneAlarms(before, ALARMS_AT_ONCE)
    state.commands.prune(before, AT_ONCE)
    state.programmes.prune(before, AT_ONCE)
    state.lightChanges.prune(before, AT_ONCE)
    // Phones that were away for so long have nothing to send again.
    state.orders.forgetTakenActions(before)
    state.rounds.prune(before, AT_ONCE)
    state.reports.prune(before, AT_ONCE)
    state.enteredReadings.prune(before, AT_ONCE)
    state.gasDeliveries.prune(before, AT_ONCE)
    pruneLampHistory({ state, utcOffset, now }, AT_ONCE)
    state.deliveries.prune(now() - DELIVERIES_KEPT, AT_ONCE)
  })
}
