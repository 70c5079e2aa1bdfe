interface Unit {
  /** What it measures; only units of one quantity can be converted into each other. */
  quantity: string
  /** One of it, in the quantity's coherent SI unit. */
  factor: number
  /** Its zero in that unit, where it is not 0. */
  zero?: number
}

const MINUTE = 60
const HOUR = 3600
const DAY = 86_400
const LITRE = 1e-3
/** Exact by definition: pound-force on a square inch, the inch, the foot, the US gallon. */
const PSI = 6894.757293168361
const INCH = 0.0254
const FOOT = 0.3048
const GALLON = 3.785411784e-3

const quantities: Readonly<Record<string, Readonly<Record<string, number | readonly [factor: number, zero: number]>>>> = {
  ratio: { '': 1, '%': 1e-2, '‰': 1e-3, ppm: 1e-6, ppb: 1e-9 },
  'explosive limit': { '%LEL': 1e-2 },
  current: { A: 1, mA: 1e-3, µA: 1e-6, kA: 1e3 },
  voltage: { V: 1, mV: 1e-3, µV: 1e-6, kV: 1e3 },
  'active power': { W: 1, mW: 1e-3, kW: 1e3, MW: 1e6 },
  'reactive power': { var: 1, kvar: 1e3, Mvar: 1e6 },
  energy: { J: 1, kJ: 1e3, MJ: 1e6, Wh: HOUR, kWh: 1e3 * HOUR, MWh: 1e6 * HOUR },
  pressure: { Pa: 1, hPa: 100, mbar: 100, kPa: 1e3, bar: 1e5, MPa: 1e6, psi: PSI, mH2O: 9806.65 },
  temperature: { K: 1, '°C': [1, 273.15], '°F': [5 / 9, 459.67 * (5 / 9)] },
  flow: {
    'm³/s': 1,
    'm³/min': 1 / MINUTE,
    'm³/h': 1 / HOUR,
    'm³/d': 1 / DAY,
    'L/s': LITRE,
    'L/min': LITRE / MINUTE,
    'L/h': LITRE / HOUR,
    'mL/min': LITRE / 1e3 / MINUTE,
    'gal/min': GALLON / MINUTE,
  },
  // Of a gas under standard conditions; a flow as it is needs pressure and temperature to be one.
  'standard flow': { 'Nm³/s': 1, 'Nm³/min': 1 / MINUTE, 'Nm³/h': 1 / HOUR },
  volume: { 'm³': 1, L: LITRE, mL: LITRE / 1e3, gal: GALLON },
  time: { s: 1, ms: 1e-3, min: MINUTE, h: HOUR, d: DAY },
  length: { m: 1, km: 1e3, cm: 1e-2, mm: 1e-3, in: INCH, ft: FOOT },
  velocity: { 'm/s': 1, 'cm/s': 1e-2, 'mm/s': 1e-3, 'mm/h': 1e-3 / HOUR, 'mm/min': 1e-3 / MINUTE, 'in/s': INCH },
  // No turns: how many there are to a hertz depends on the poles of the motor.
  frequency: { Hz: 1, mHz: 1e-3, kHz: 1e3 },
  rate: { '/s': 1, '1/min': 1 / MINUTE, '1/h': 1 / HOUR, '1/d': 1 / DAY },
  angle: { rad: 1, mrad: 1e-3, '°': Math.PI / 180 },
  mass: { kg: 1, g: 1e-3, t: 1e3 },
  'mass flow': { 'kg/s': 1, 'kg/h': 1 / HOUR, 't/h': 1e3 / HOUR, 't/d': 1e3 / DAY },
  concentration: { 'kg/m³': 1, 'g/m³': 1e-3, 'mg/m³': 1e-6, 'µg/m³': 1e-9, 'g/L': 1, 'mg/L': 1e-3, 'µg/L': 1e-6 },
  // Of bacteria in water: as laboratories write them.
  'count in a volume': { '1/L': 1 / LITRE, '1/mL': 1e3 / LITRE, '1/m³': 1 },
  turbidity: { NTU: 1 },
  'signal level': { dBm: 1 },
  'amount of data': { B: 1, kB: 1e3, MB: 1e6, GB: 1e9 },
}

const units: ReadonlyMap<string, Unit> = new Map(
  Object.entries(quantities).flatMap(([quantity, members]) =>
    Object.entries(members).map(([name, scale]): [string, Unit] => {
      const [factor, zero] = typeof scale === 'number' ? [scale] : scale
      return [name, zero === undefined ? { quantity, factor } : { quantity, factor, zero }]
    }),
  ),
)

/** Other ways to write a unit, where letters alone do not lead to it. */
const spellings: ReadonlyMap<string, string> = new Map([
  ['1', ''],
  ['fraction', ''],
  ['percent', '%'],
  ['degC', '°C'],
  ['℃', '°C'],
  ['degF', '°F'],
  ['℉', '°F'],
  ['deg', '°'],
  ['sec', 's'],
  ['1/s', '/s'],
  ['gpm', 'gal/min'],
])

/** A unit as the table writes it; undefined when there is none. Takes `m3/h`, `l/s`, `uA`, `degC` and the like. */
export function unitNamed(written: string): string | undefined {
  const name = written.trim()
  const known = spellings.get(name) ?? name
  if (units.has(known)) return known
  const spelt = known
    .replace(/3(?=\/|$)/, '³')
    .replace(/^[uμ]/, 'µ')
    .replace(/l(?=\/|$)/, 'L')
  return units.has(spelt) ? spelt : undefined
}

/** Units that can be converted into `unit`, itself among them; only itself when the table does not know it. */
export function convertibleTo(unit: string): readonly string[] {
  const into = units.get(unitNamed(unit) ?? unit)
  if (!into) return [unit]
  return [...units].filter(([, { quantity }]) => quantity === into.quantity).map(([name]) => name)
}

/** Digits a conversion keeps: more than any device measures, and fewer than binary fractions show as noise. */
const DIGITS = 13

/** The conversion of a value from one unit to another; undefined when there is none. */
export function conversion(from: string, to: string): ((value: number) => number) | undefined {
  const source = units.get(unitNamed(from) ?? from)
  const target = units.get(unitNamed(to) ?? to)
  if (source === target) return source || from === to ? (value) => value : undefined
  if (!source || !target || source.quantity !== target.quantity) return undefined
  const factor = source.factor / target.factor
  const shift = ((source.zero ?? 0) - (target.zero ?? 0)) / target.factor
  return (value) => Number((value * factor + shift).toPrecision(DIGITS))
}
