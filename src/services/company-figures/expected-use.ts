import { WHOLE_CITY } from '../../access/scope.ts'
import type { Facility } from '../../facilities/plant.ts'
import { weatherClassOf } from '../../operations/gas-figures.ts'
import { nativeMessages } from '../../telemetry/codecs/native-messages.ts'
import { days } from '../../telemetry/duration.ts'
import type { ServiceParts } from '../parts.ts'
import { type GasAsked, gasHistory, isSource, useForecast } from './gas-forecast.ts'

/** What is expected is told as the point of the station of this name, t a day. */
export const EXPECTED_USE = 'expected-use'
/** Told again after this time, ms, though it is the same, so that its age says that somebody looks. */
const TOLD_EVERY = days(1)

type Parts = Pick<ServiceParts, 'ingest' | 'detector' | 'now'>
type AskedOfGas = (scope: typeof WHOLE_CITY) => GasAsked

/**
 * Tells gas stations what is expected of them, so that their alarms of the reserve go by the forecast: down the one road of readings, so that a
 * replay judges by what was expected then.
 */
export async function tellExpectedUse({ ingest, detector, now }: Parts, askedOf: AskedOfGas): Promise<void> {
  const asked = askedOf(WHOLE_CITY)
  const history = await gasHistory(asked)
  const weather = weatherClassOf(history.temperatureBefore(asked.now))
  for (const facility of asked.facilities.filter(isSource)) {
    const { daily, today } = useForecast(asked, history, facility, weather)
    const use = Math.round(1000 * daily) / 1000
    const told = toldUse({ detector }, facility)
    // Where nothing was ever known the alarms go by the planned use anyway.
    if (today.from === 'plan' && Number.isNaN(told.value)) continue
    if (told.value === use && now() - told.at < TOLD_EVERY) continue
    const report = { at: Math.floor(now()), values: { [EXPECTED_USE]: use }, entered: true } as const
    for (const { topic, payload } of nativeMessages(facility, [report]))
      await new Promise<void>((done, fail) => ingest.take(topic, Buffer.from(payload), (error) => (error ? fail(error) : done())))
  }
}

/** What a station was told last, t a day, and when; NaN where it never was. */
export function toldUse({ detector }: Pick<Parts, 'detector'>, { number, kind }: Facility): { value: number; at: number } {
  const state = detector.state(number)
  const point = kind.table.index.get(EXPECTED_USE) as number
  return { value: state?.values[point] ?? Number.NaN, at: state?.times[point] ?? Number.NaN }
}
