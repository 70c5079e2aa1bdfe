import { describe, expect, test } from 'vitest'
import {
  integrityOf,
  type LampPlace,
  type LightFigures,
  lightEnergy,
  noLight,
  rateOf,
  SLOT,
  slotOf,
} from '../../src/operations/lamp-history.ts'
import { hours } from '../../src/telemetry/duration.ts'

const at = (own: Partial<LampPlace>, light: Partial<LightFigures>) => ({
  place: { district: 'North', road: 'Yuhua Road', roadClass: null, keyArea: false, feeder: 'LC-1', ...own },
  light: { ...noLight(), ...light },
})
/** Slots of an hour. */
const HOUR = hours(1) / SLOT

test('a slot begins at full five minutes', () => {
  expect([slotOf(SLOT), slotOf(SLOT + 1), slotOf(2 * SLOT - 1)]).toEqual([SLOT, SLOT, SLOT])
})

describe('the rate of a time', () => {
  test('is that of its lamp-minutes, and what nobody knows is not lit', () => {
    // Ten lamps for an hour, one of them dark for half of it and one silent for the whole.
    const rate = rateOf([at({ roadClass: 'main' }, { lit: 8.5 * HOUR, dark: 0.5 * HOUR, unknown: HOUR })])
    expect(rate).toMatchObject({ rate: 8.5 / 9, least: 0.85, most: 0.95, target: 0.98, verdict: 'missed' })
  })

  test('has the target of the classes of its roads, by their lamp-minutes', () => {
    const places = [at({ roadClass: 'main' }, { lit: 30 }), at({ roadClass: 'landscape' }, { lit: 10 })]
    expect(rateOf(places).target).toBeCloseTo((0.98 * 30 + 0.9 * 10) / 40)
  })

  test('counts lamps without a controller by what their circuits draw', () => {
    expect(rateOf([at({}, { lit: 10, estimated: 10, estimatedLit: 7.5 })]).rate).toBe(0.875)
  })

  test('is none by day', () => {
    expect(rateOf([at({}, {})])).toMatchObject({ rate: null, verdict: 'none' })
  })
})

describe('how whole facilities are', () => {
  test('is held to 95 % along roads and 90 % where lighting is for the eye', () => {
    const road = at({ roadClass: 'branch' }, { facilities: 100, intact: 95 })
    const park = at({ roadClass: 'landscape' }, { facilities: 100, intact: 90 })
    expect(integrityOf([road])).toEqual({ facilities: 100, intact: 95, share: 0.95, target: 0.95, isMet: true })
    expect(integrityOf([park])).toMatchObject({ target: 0.9, isMet: true })
    expect(integrityOf([road, park])).toMatchObject({ share: 0.925, target: 0.925, isMet: true })
    expect(integrityOf([at({}, { facilities: 100, intact: 94 })])).toMatchObject({ isMet: false })
  })

  test('is unknown of none', () => {
    expect(integrityOf([])).toMatchObject({ share: null, target: null })
  })
})

describe('energy', () => {
  test('adds up what was drawn, and tells a saving from light that was missing', () => {
    // For one hour ten lamps of 100 W should be lit of twelve: eight at 60 %, one dark, one counted by its circuit at half power.
    const drawn = { drawn: 480 * HOUR, full: 800 * HOUR, guessed: 50 * HOUR, guessedFull: 100 * HOUR }
    const energy = lightEnergy({ ...noLight(), ...drawn, due: 1000 * HOUR, night: 1200 * HOUR })
    const near = Object.fromEntries(Object.entries(energy).map(([key, value]) => [key, Math.round((value as number) * 1e9) / 1e9]))
    expect(near).toEqual({
      ...{ measured: 0.48, measuredFull: 0.8, estimated: 0.05, estimatedFull: 0.1, wholeNight: 1.2 },
      ...{ savedByDimming: 0.37, savedByProgramme: 0.2, notLit: 0.1, wasted: 0, savedShare: 0.475 },
    })
  })

  test('a dark road saves nothing', () => {
    expect(lightEnergy({ ...noLight(), dark: HOUR, due: 100 * HOUR, night: 100 * HOUR })).toMatchObject({
      ...{ savedByDimming: 0, savedByProgramme: 0, savedShare: 0, notLit: 0.1 },
    })
  })

  test('counts what burns by day as wasted, and has no share without a night', () => {
    expect(lightEnergy({ ...noLight(), wasted: 100 * HOUR })).toMatchObject({ wasted: 0.1, savedShare: null })
  })
})
