import fc from 'fast-check'
import { expect, test } from 'vitest'
import { facilityKinds } from '../../src/facilities/index.ts'
import { conversion, convertibleTo, unitNamed } from '../../src/telemetry/units.ts'

test.each([
  [570, 'mA', 'A', 0.57],
  [0.57, 'A', 'mA', 570],
  [1.2, 'kW', 'W', 1200],
  [1234567, 'Wh', 'kWh', 1234.567],
  [3.6, 'MJ', 'kWh', 1],
  [3300, 'mV', 'V', 3.3],
  [4, 'bar', 'MPa', 0.4],
  [450, 'kPa', 'MPa', 0.45],
  [1013.25, 'mbar', 'kPa', 101.325],
  [100, 'psi', 'kPa', 689.4757293168],
  [212, '°F', '°C', 100],
  [-40, 'degF', '°C', -40],
  [300, 'K', '°C', 26.85],
  [10, 'L/s', 'm³/h', 36],
  [36, 'm3/h', 'L/s', 10],
  [60, 'l/min', 'm³/h', 3.6],
  [0.25, '1', '%', 25],
  [85, '%', '', 0.85],
  [90, 'min', 'h', 1.5],
  [5400, 's', 'min', 90],
  [2500, 'µg/m³', 'mg/m³', 2.5],
  [2, 'g/m³', 'mg/L', 2],
  [0.18, 'in/s', 'mm/s', 4.572],
  [24, 't/d', 't/h', 1],
  [209000, 'ppm', '%', 20.9],
  [Math.PI, 'rad', '°', 180],
])('%d %s are %s %d', (value, from, to, expected) => {
  expect(conversion(from, to)?.(value)).toBeCloseTo(expected, 9)
})

test('a conversion leaves no noise of binary fractions', () => {
  expect([570, 1.1, 3, 12345.678].map((value) => conversion('mA', 'A')?.(value))).toEqual([0.57, 0.0011, 0.003, 12.345678])
})

test.each([
  ['V', 'A'],
  ['m³/h', 'Nm³/h'],
  ['1/min', 'Hz'],
  ['%LEL', '%'],
  ['dBm', 'dB'],
  ['furlong', 'm'],
  ['m', 'furlong'],
])('%s cannot become %s', (from, to) => {
  expect(conversion(from, to)).toBeUndefined()
})

test('every unit of every kind is known, so that what can be converted into it can be listed', () => {
  const units = new Set(facilityKinds.flatMap(({ table }) => table.points.map(({ unit }) => unit)))
  expect([...units].filter((unit) => unitNamed(unit) === undefined)).toEqual([])
  expect(convertibleTo('MPa')).toEqual(['Pa', 'hPa', 'mbar', 'kPa', 'bar', 'MPa', 'psi', 'mH2O'])
})

test('there and back gives the same value', () => {
  const pairs = facilityKinds.flatMap(({ table }) =>
    table.points.flatMap(({ unit }) => convertibleTo(unit).map((other) => [unit, other] as const)),
  )
  fc.assert(
    fc.property(fc.constantFrom(...pairs), fc.double({ min: -1000, max: 1000, noNaN: true }), ([unit, other], value) => {
      const back = conversion(other, unit)?.(conversion(unit, other)?.(value) as number) as number
      expect(Math.abs(back - value)).toBeLessThanOrEqual(1e-6 * Math.max(1, Math.abs(value)))
    }),
  )
})
