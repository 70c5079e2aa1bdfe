import { minutes, seconds } from '../../telemetry/duration.ts'
import { text } from '../../telemetry/point.ts'
import { type CommandDefinition, type CommandParameter, type CommandTable, EVERY_CHANNEL } from '../commands.ts'
import { type CabinetPoint, type CabinetRated, type Circuit, circuits } from './points.ts'

type CabinetCommand = CommandDefinition<CabinetPoint, CabinetRated>

/** A contactor falls within the second and is reported at once. */
const SWITCHED_WITHIN = minutes(1)
/** mA; the residual-current limit of a circuit, above which touching a pole kills. */
const DEADLY_LEAKAGE = 300
/** s; what is left of the drift after the clock was set. */
const SET_CLOCK = 30

const circuit: CommandParameter = {
  type: 'number',
  title: text('Circuit', '回路'),
  unit: '',
  least: 1,
  greatest: circuits.length,
  isWhole: true,
}
const ofCircuit = {
  parameter: circuit,
  circuit: Number,
  has: (rated, value) => Number(value) <= rated.circuits,
} satisfies Partial<CabinetCommand>
const contactor = (value: Parameters<CabinetCommand['effect']>[0]) => `circuit-${value as Circuit}-contactor` as const
const back: CabinetCommand['undo'] = (value) => ({ command: 'circuit-follow', value })

function mayBeFed(read: (point: CabinetPoint) => number, value: Parameters<CabinetCommand['effect']>[0]) {
  const n = value as Circuit
  if (read(`circuit-${n}-leakage`) >= DEADLY_LEAKAGE) return text('leakage of the circuit dangerous to life', '回路漏电危及人身安全')
  return read(`circuit-${n}-tripped`) === 1 ? text('the breaker of the circuit has tripped', '回路断路器已跳闸') : null
}

export const commands: CommandTable<CabinetPoint, CabinetRated> = {
  'circuit-on': {
    title: text('Switch a circuit on', '回路合闸'),
    ...ofCircuit,
    channels: (value) => ({ [`circuit-${value}`]: 1 }),
    effect: (value) => ({ point: contactor(value), shows: true, within: SWITCHED_WITHIN }),
    interlock: mayBeFed,
    undo: back,
  },
  'circuit-off': {
    title: text('Switch a circuit off', '回路分闸'),
    ...ofCircuit,
    channels: (value) => ({ [`circuit-${value}`]: 0 }),
    effect: (value) => ({ point: contactor(value), shows: false, within: SWITCHED_WITHIN }),
    undo: back,
  },
  'circuit-follow': {
    title: text('Give a circuit back to its programme', '回路恢复按方案运行'),
    ...ofCircuit,
    channels: (value) => ({ [`circuit-${value}`]: null }),
    interlock: mayBeFed,
    // Without a programme every report of the contactor is as good.
    effect: (value, _, level) => ({ point: contactor(value), shows: level === null ? [0, 1] : level > 0, within: SWITCHED_WITHIN }),
  },
  mode: {
    title: text('Set the mode', '设置运行模式'),
    parameter: {
      type: 'choice',
      title: text('Mode', '运行模式'),
      choices: { auto: text('automatic', '自动'), remote: text('remote', '远程') },
    },
    danger: 'second-person',
    channels: (value) => (value === 'auto' ? { [EVERY_CHANNEL]: null } : { mode: 1 }),
    effect: (value) => ({ point: 'mode', shows: value as string, within: SWITCHED_WITHIN }),
    interlock: (read, value) =>
      value === 'auto' && circuits.some((n) => read(`circuit-${n}-leakage`) >= DEADLY_LEAKAGE)
        ? text('leakage of a circuit dangerous to life', '有回路漏电危及人身安全')
        : null,
  },
  'set-clock': {
    title: text('Set the clock', '校时'),
    channels: () => ({ clock: 0 }),
    effect: () => ({ point: 'clock-drift', shows: [-SET_CLOCK, SET_CLOCK], within: seconds(60) }),
  },
}
