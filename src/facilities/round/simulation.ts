import { hours, minutes } from '../../telemetry/duration.ts'
import { text } from '../../telemetry/point.ts'
import type { SimulatedFault, SimulatedValues, SimulatedWorld, Simulation } from '../facility-kind.ts'
import { round } from '../physics.ts'
import type { RoundPoint, RoundRated } from './points.ts'

/** A round every four hours, half an hour long, done within its window. */
const EVERY = hours(4)
const WINDOW = minutes(30)
const MISSED = minutes(90)

const faults = {
  late: { title: text('Nobody walks the round', '无人巡查'), raises: ['late', 'missed'], within: EVERY + WINDOW + minutes(35) },
} as const satisfies Record<string, SimulatedFault>

interface State {
  /** When the round that is open began, ms; NaN while none is. */
  begun: number
  missed: number
  done: number
  planned: number
  day: number
}

function step(state: State, world: SimulatedWorld): SimulatedValues<RoundPoint> {
  const { at } = world
  const begins = Math.floor(at / EVERY) * EVERY
  const day = Math.floor(at / hours(24))
  if (day !== state.day) Object.assign(state, { day, done: 0, planned: hours(24) / EVERY })
  if (at - begins < WINDOW && Number.isNaN(state.begun) && world.fault('late') > 0) state.begun = begins
  const isWalked = world.fault('late') === 0
  if (!Number.isNaN(state.begun)) {
    if (isWalked) Object.assign(state, { begun: Number.NaN, missed: 0 })
    else if (at - state.begun >= WINDOW + MISSED) Object.assign(state, { begun: Number.NaN, missed: state.missed + 1 })
  } else if (isWalked) state.missed = 0
  state.done = Math.floor((at % hours(24)) / EVERY)
  const isOpen = !Number.isNaN(state.begun)
  return {
    overdue: isOpen ? round(Math.max(0, at - state.begun - WINDOW) / minutes(1), 1) : 0,
    missed: state.missed,
    planned: state.planned,
    done: state.done,
    open: isOpen ? 1 : 0,
    progress: isOpen ? 0 : 100,
  }
}

export const simulation: Simulation<RoundPoint, RoundRated> = {
  period: minutes(1),
  faults,
  create() {
    const state: State = { begun: Number.NaN, missed: 0, done: 0, planned: hours(24) / EVERY, day: Number.NaN }
    return (world) => step(state, world)
  },
}
