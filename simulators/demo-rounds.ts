import { WHOLE_CITY } from '../src/access/scope.ts'
import type { App } from '../src/app.ts'
import type { CheckInClaim, RoundPlanInput } from '../src/edges/rounds.ts'
import type { Round, RoundStop } from '../src/operations/round.ts'
import { minutes } from '../src/telemetry/duration.ts'
import type { CityFacility } from './city.ts'
import { demoCrews, VISITORS_CREW } from './demo-crews.ts'

const everyDay = [1, 2, 3, 4, 5, 6, 7]
const usual = {
  ...{ district: '', stops: [], area: null, weekdays: everyDay, crew: 'pipes-1', proof: 'either', radius: 60, share: 1 },
  ...{ lateAfter: 30, missedAfter: 90, disabled: false },
} as const satisfies Partial<RoundPlanInput>
const each = (hours: number, length: number, first = 0) =>
  Array.from({ length: 24 / hours }, (_, i) => ({ from: (first + i * hours) * 60, to: ((first + i * hours) * 60 + length) % 1440 }))
/** m north and east of a place; good enough within a yard. */
const beside = ([lon, lat]: readonly [number, number], north: number, east: number) =>
  [lon + east / (111_195 * Math.cos((lat * Math.PI) / 180)), lat + north / 111_195] as const

/** What is walked in the demo: disinfection five times a day, patrols around the clock, and inspections of stations. */
export function demoRoundPlans(city: readonly CityFacility[]): RoundPlanInput[] {
  const waste = city.find(({ kind, position }) => kind === 'waste-plant' && position)
  const yard = waste?.position
  const at = (key: string, name: string, nameEn: string, north: number, east: number) => ({
    ...{ key, name, nameEn, facility: null, readings: [] },
    position: yard ? beside(yard, north, east) : null,
  })
  const disinfection: RoundPlanInput[] =
    waste && yard
      ? [
          {
            ...{
              ...usual,
              id: 'round-disinfection',
              name: '场区消杀',
              nameEn: 'Disinfection of the yard',
              kind: 'disinfection',
              company: 'waste',
            },
            stops: [
              {
                ...{ key: waste.id, name: '', nameEn: '', facility: waste.id, position: null },
                readings: [{ facility: waste.id, point: 'round-litres' }],
              },
              at('gate', '大门与地磅', 'Gate and weighbridge', 90, -60),
              at('pit', '卸料坑', 'Pit', -40, 30),
              at('leachate', '渗滤液池', 'Leachate pond', -110, 90),
            ],
            windows: [6, 10, 14, 18, 22].map((hour) => ({ from: hour * 60, to: hour * 60 + 30 })),
          },
        ]
      : []
  return [
    ...disinfection,
    {
      ...{
        ...usual,
        id: 'round-patrol',
        name: '路灯与箱变巡查',
        nameEn: 'Patrol of lighting cabinets',
        kind: 'patrol',
        company: 'lighting',
      },
      ...{ area: 'kind=light-cabinet', crew: VISITORS_CREW, share: 0.8, windows: each(4, 240) },
    },
    {
      ...{ ...usual, id: 'round-pumps', name: '泵站检查', nameEn: 'Inspection of pump stations', kind: 'inspection', company: 'water' },
      ...{ area: 'kind=pump-station', windows: each(8, 240) },
    },
    {
      ...{ ...usual, id: 'round-gas', name: '燃气场站检查', nameEn: 'Inspection of gas stations', kind: 'inspection', company: 'gas' },
      ...{ area: 'kind=gas-station', proof: 'code', windows: each(12, 240, 7) },
    },
    {
      ...{
        ...usual,
        id: 'round-upkeep',
        name: '污水厂周保养',
        nameEn: 'Weekly upkeep of sewage works',
        kind: 'maintenance',
        company: 'drainage',
      },
      ...{ area: 'kind=sewage-plant', weekdays: [1], windows: [{ from: 9 * 60, to: 16 * 60 }] },
    },
  ]
}

/** Of so many rounds one is not walked. */
const MISSED = 9

export function planRounds(app: App, city: readonly CityFacility[], by: string): void {
  for (const plan of demoRoundPlans(city)) app.services.rounds.putPlan(plan, by, WHOLE_CITY)
}

/** Walks what is open at our time `now`, ms; `half`: only the first part of each, as crews do who are on their way. */
export async function walkRounds(app: App, now: number, random: () => number, half = false): Promise<void> {
  const { rounds } = app.services
  rounds.tick()
  for (const round of rounds.open()) {
    if (round.begins > now - minutes(5) || round.visited > 0 || (!half && round.id % MISSED === 3)) continue
    const person = demoCrews.find(({ id }) => id === round.crew)?.members[0] ?? 'anna'
    const stops = half ? round.stops.slice(0, Math.floor(round.stops.length / 2)) : round.stops
    const first = Math.max(round.begins, now - minutes(4))
    const claims = stops.map((stop, i) => claimAt(app, round, stop, first + ((now - first) * i) / stops.length, random))
    await rounds.checkIn(claims, person, () => true)
  }
}

function claimAt(app: App, round: Round, stop: RoundStop, at: number, random: () => number): CheckInClaim {
  const isLabel = round.proof === 'code' || stop.position === null
  const position = stop.position && beside(stop.position, 30 * (random() - 0.5), 30 * (random() - 0.5))
  return {
    ...{
      id: `walked-${round.id}-${stop.key}`.replace(/[^A-Za-z0-9-]/g, '-').padEnd(16, '0'),
      round: round.id,
      stop: stop.key,
      at: Math.round(at),
    },
    code: isLabel ? `https://lamp.example${app.services.rounds.labelOf(round.plan, stop.key)}` : null,
    place: position && { position, accuracy: Math.round(5 + 12 * random()) },
    readings: stop.readings.map((one) => ({ ...one, value: Math.round(190 + 30 * random()) })),
    note: '',
  }
}
