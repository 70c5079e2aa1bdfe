/** What a rate adds up to over time: one unit of the rate for an hour is `perHour` of `unit`. */
export interface Integral {
  unit: string
  perHour: number
}

const integrals: Readonly<Record<string, Integral>> = {
  W: { unit: 'kWh', perHour: 1 / 1000 },
  kW: { unit: 'kWh', perHour: 1 },
  var: { unit: 'kvarh', perHour: 1 / 1000 },
  'm³/h': { unit: 'm³', perHour: 1 },
  'Nm³/h': { unit: 'Nm³', perHour: 1 },
  'L/h': { unit: 'L', perHour: 1 },
  't/h': { unit: 't', perHour: 1 },
  't/d': { unit: 't', perHour: 1 / 24 },
}

/** What points of a unit add up to; undefined where a sum over time means nothing. */
export const integralOf = (unit: string): Integral | undefined => (Object.hasOwn(integrals, unit) ? integrals[unit] : undefined)
