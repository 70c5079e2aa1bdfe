import Type, { type Static } from 'typebox'
import { type LampPeriod, type LightEnergy, type LightFigures, SLOT } from '../../operations/lamp-history.ts'
import { type LampOnRate, lampOnVerdicts } from '../../operations/lamp-on-rate.ts'
import { minutes } from '../../telemetry/duration.ts'
import type { EnergyRow, LampMoment } from '../lamp-history.ts'
import { wholeness } from './lamp-on-schemas.ts'
import { literals, nullable, time } from './schema-parts.ts'
import { RoadClassSchema } from './schemas.ts'

export const LAMP_HISTORY =
  'All lamps are looked at every five minutes, judged by the programme that is in force then, and what is seen stands for the five minutes. Times at which ' +
  'the program was not running are worked out half an hour after it is back (`late`), from what devices sent of them by then; of more than two days ago they stay missing. A rate over a time is that of its lamp-minutes. Lamps of which nothing recent is known are in `unknown` and never count as lit.'
export const LIGHTING_ENERGY =
  'Energy in kWh. `measured` is the power that lit lamps reported, every five minutes; `estimated` the rated power, at the level of the programme, of lamps that have no controller and ' +
  'are counted by the current of their circuit. `metered` is what the counter of the cabinet rose by, with all that hangs on it and its losses. Savings are told against all lamps in service ' +
  'at full power from dusk to dawn: light that was dimmed, and lamps that the programme left off at night. What lamps that should have been lit did not take is `notLit` and no saving.'

const share = (description: string) => nullable(Type.Number({ minimum: 0, maximum: 1, description }))
const rates = {
  rate: share('lit of those whose state is known; null where none is'),
  least: share('were all unknown lamps dark'),
  most: share('were all unknown lamps lit'),
  target: share('that of the road classes, by lamps'),
  verdict: literals(lampOnVerdicts, { description: 'against the target' }),
}
const ratesOf = ({ rate, least, most, target, verdict }: LampOnRate) => ({ rate, least, most, target, verdict })
const amount = (description: string) => Type.Number({ minimum: 0, description })

const MomentSchema = Type.Object({
  at: time('begin of the five minutes'),
  late: Type.Boolean({ description: 'the program was not running then: worked out afterwards from what devices sent later' }),
  ...rates,
  due: amount('lamps that should be lit'),
  lit: amount('of those, lit by their own word or by the current of their circuit'),
  dark: amount('lamps'),
  unknown: amount('lamps'),
  power: amount('W that lit lamps draw, estimated ones included'),
  fullPower: amount('W that the same lamps draw at full light'),
  wasted: amount('W that lamps draw which should be dark'),
})
export const LampMomentsSchema = Type.Object({
  length: Type.Integer({ description: 'of what one entry stands for, ms' }),
  moments: Type.Array(MomentSchema, { description: 'oldest first' }),
})
export type LampMomentsView = Static<typeof LampMomentsSchema>

export const lampMomentView = ({ at, late, light, rate }: LampMoment): LampMomentsView['moments'][number] => ({
  ...{ at, late, ...ratesOf(rate), due: rate.due, lit: round(light.lit + light.estimatedLit, 2), dark: light.dark, unknown: light.unknown },
  ...{ power: round(light.drawn + light.guessed), fullPower: round(light.full + light.guessedFull), wasted: round(light.wasted) },
})

const period = {
  ...rates,
  integrity: Type.Object(wholeness, { description: 'of lamps and cabinets' }),
  dueMinutes: amount('lamp-minutes that should be lit'),
  litMinutes: amount('lamp-minutes lit'),
  darkMinutes: amount('lamp-minutes'),
  unknownMinutes: amount('lamp-minutes'),
  estimatedMinutes: amount('lamp-minutes told by the current of a circuit'),
}
const DaySchema = Type.Object({ date: Type.String(), ...period })
export const LampDaysSchema = Type.Object({
  timeZone: Type.String(),
  from: Type.String(),
  to: Type.String(),
  total: Type.Object(period),
  days: Type.Array(Type.Object({ date: Type.String(), ...period, seen: share('part of the day, until now, that was counted') }), {
    description: 'of all lamps; days of which nothing is known are left out',
  }),
  rows: Type.Array(
    Type.Object({
      key: Type.String({ description: "name of the road or district, class of the road ('' where nobody said), yes or no for a key area" }),
      roadClass: nullable(RoadClassSchema),
      ...period,
      days: Type.Array(DaySchema),
    }),
    { description: 'in order of their keys' },
  ),
  next: nullable(Type.String({ description: 'to be passed back as `after`; null on the last page' })),
})
export type LampDaysView = Static<typeof LampDaysSchema>

const SLOT_MINUTES = SLOT / minutes(1)

/** Of sums over slots. */
export const lampPeriodView = ({ light, rate, integrity: { share, target, isMet } }: LampPeriod) => ({
  ...{ ...ratesOf(rate), integrity: { share, target, isMet } },
  ...minutesOf(light),
})

const minutesOf = ({ lit, dark, unknown, estimated, estimatedLit }: LightFigures) => ({
  dueMinutes: (lit + dark + unknown + estimated) * SLOT_MINUTES,
  litMinutes: round((lit + estimatedLit) * SLOT_MINUTES, 1),
  darkMinutes: dark * SLOT_MINUTES,
  unknownMinutes: unknown * SLOT_MINUTES,
  estimatedMinutes: estimated * SLOT_MINUTES,
})

const energy = {
  measured: amount('from the power that lamps reported'),
  measuredFull: amount('of the same lamps at full power'),
  estimated: amount('of lamps that say nothing themselves'),
  estimatedFull: amount('of the same at full power'),
  wholeNight: amount('of all lamps in service at full power from dusk to dawn'),
  savedByDimming: Type.Number({ description: 'below 0 where lamps draw more than they are rated for' }),
  savedByProgramme: amount('by lamps that were left off at night'),
  notLit: amount('of lamps that should have been lit, at full power; no saving'),
  wasted: amount('by lamps that should have been dark'),
  savedShare: nullable(Type.Number({ maximum: 1, description: 'both savings in `wholeNight`; null where no lamp was due' })),
}
const metered = nullable(Type.Number({ description: 'rise of the counter of a cabinet; null where there is none' }))
export const LightingEnergySchema = Type.Object({
  timeZone: Type.String(),
  from: Type.String(),
  to: Type.String(),
  total: Type.Object(energy),
  days: Type.Array(Type.Object({ date: Type.String(), ...energy })),
  rows: Type.Array(
    Type.Object({
      key: Type.String({ description: "as in `by`; of a cabinet its id, '' for lamps of which none is known" }),
      ...energy,
      metered,
      days: Type.Array(Type.Object({ date: Type.String(), ...energy, metered })),
    }),
    { description: 'in order of their keys' },
  ),
  next: nullable(Type.String({ description: 'to be passed back as `after`; null on the last page' })),
})
export type LightingEnergyView = Static<typeof LightingEnergySchema>

export const energyView = ({ savedShare, ...kwh }: LightEnergy) => ({
  ...(Object.fromEntries(Object.entries(kwh).map(([key, value]) => [key, round(value, 3)])) as Omit<LightEnergy, 'savedShare'>),
  savedShare,
})

export const energyRowView = ({ key, metered, days, ...own }: EnergyRow): LightingEnergyView['rows'][number] => ({
  ...{ key, ...energyView(own), metered: rounded(metered) },
  days: days.map(({ date, metered: ofDay, ...kwh }) => ({ date, ...energyView(kwh), metered: rounded(ofDay) })),
})

const rounded = (kwh: number | null) => (kwh === null ? null : round(kwh, 3))
const round = (value: number, digits = 0) => Math.round(value * 10 ** digits) / 10 ** digits
