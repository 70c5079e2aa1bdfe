import { amountOf, type Slots } from './slots.ts'

/** MPa that the end of a network must keep, and the share of checks that must find it. */
export const LEAST_END_PRESSURE = 0.14
export const PASS_RATE_TARGET = 0.97

export interface PassRate {
  passed: number
  /** Checks of which something is known. */
  checked: number
  /** Checks there should have been. */
  due: number
  /** 0 to 1; NaN while nothing is known. What is not known is neither passed nor failed. */
  rate: number
}

/** Pass rate of the end pressure, MPa: each quarter of an hour is one check, and it passes when its mean reaches the limit. */
export function passRate(pressures: Slots, least = LEAST_END_PRESSURE): PassRate {
  let [passed, checked] = [0, 0]
  for (let i = 0; i < pressures.length; i++) {
    const pressure = pressures[i] as number
    if (Number.isNaN(pressure)) continue
    checked++
    if (pressure >= least) passed++
  }
  return { passed, checked, due: pressures.length, rate: checked === 0 ? Number.NaN : passed / checked }
}

export function addPassRates(all: readonly PassRate[]): PassRate {
  const sum = (of: (one: PassRate) => number) => all.reduce((total, one) => total + of(one), 0)
  const [passed, checked] = [sum((one) => one.passed), sum((one) => one.checked)]
  return { passed, checked, due: sum((one) => one.due), rate: checked === 0 ? Number.NaN : passed / checked }
}

/** Power that is in the water, kW: pressure rise, MPa, times flow, m³/h (P = Δp Q; ISO 9906). */
export const hydraulicPower = (rise: number, flow: number): number => (rise * flow) / 3.6

/** MPa a metre of water (ρ g, 1000 kg/m³). */
export const PRESSURE_PER_METRE = 0.009_81

/** How the head of a pump in a wet well is known: by a gauge behind it, or by the water level at the outfall. */
export interface WellHead {
  /** m, of the well. */
  level: Slots
  /** MPa, at a gauge so many m above the zero of the level. */
  pressure: Slots
  gaugeHeight: number
  /** m above the same zero, at the outfall. */
  outfall: Slots
}

/**
 * Rise of pressure over a pump in a wet well, MPa: what its gauge shows and the column of water up to it. Where there is no gauge the lift to the
 * outfall, without what the pipe loses.
 */
export function wellRise({ level, pressure, gaugeHeight, outfall }: WellHead): number[] {
  return Array.from({ length: level.length }, (_, i) => {
    const gauged = gaugeHeight > 0 ? (pressure[i] as number) + PRESSURE_PER_METRE * (gaugeHeight - (level[i] as number)) : Number.NaN
    return Number.isNaN(gauged) ? PRESSURE_PER_METRE * ((outfall[i] as number) - (level[i] as number)) : gauged
  })
}

/** Means of a pump over equal parts of a time; flow m³/h, pressures MPa, power kW, running as a share. */
export interface PumpSlots {
  flow: Slots
  inlet: Slots
  outlet: Slots
  power: Slots
  running: Slots
  /** 1 where it ran all the time. */
  ranThrough: Slots
}

export interface Pumping {
  /** m³ */
  volume: number
  /** kWh */
  energy: number
  /** h it ran. */
  hours: number
  /** Of pump, motor and drive together, 0 to 1; NaN where pressures are not measured or it never ran. */
  efficiency: number
  /** h of which efficiency is known. */
  measured: number
}

/**
 * What a pump did. Efficiency is the energy in the water over the energy taken, of the parts in which it ran all the time: the mean of a
 * product is not the product of means.
 */
export function pumpingOver(slots: PumpSlots, hours: Slots): Pumping {
  const sum = { water: 0, taken: 0, measured: 0 }
  for (let i = 0; i < slots.flow.length; i++) {
    const [flow, power, time] = [slots.flow[i] as number, slots.power[i] as number, hours[i] as number]
    const water = hydraulicPower((slots.outlet[i] as number) - (slots.inlet[i] as number), flow)
    if (slots.ranThrough[i] !== 1 || Number.isNaN(water) || !(power > 0)) continue
    sum.water += water * time
    sum.taken += power * time
    sum.measured += time
  }
  return {
    volume: amountOf(slots.flow, hours),
    energy: amountOf(slots.power, hours),
    hours: amountOf(slots.running, hours),
    efficiency: sum.taken > 0 ? sum.water / sum.taken : Number.NaN,
    measured: sum.measured,
  }
}
