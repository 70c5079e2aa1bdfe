import { minutes } from '../../telemetry/duration.ts'
import { text } from '../../telemetry/point.ts'
import type { CommandDefinition, CommandTable } from '../commands.ts'
import type { LampPoint, LampRated } from './points.ts'
import { DARK_SHARE } from './rules.ts'

type LampCommand = CommandDefinition<LampPoint, LampRated>

/** A lamp reports at once when something changes; its own radio may be asked a little later. */
const WITHIN = minutes(2)
/** %; drivers do not hold a level exactly. */
const DIM_TOLERANCE = 10
/** mA; at this leakage nobody may put the pole under load: it kills. */
const DEADLY_LEAKAGE = 30

const back = { undo: () => ({ command: 'follow-programme', value: null }) } satisfies Partial<LampCommand>
const lit: LampCommand['interlock'] = (read) =>
  read('leakage-current') >= DEADLY_LEAKAGE
    ? text('leakage current dangerous to life; have the circuit switched off', '漏电危及人身安全，应断开所在回路')
    : null
const byProgramme = { point: 'control', shows: 'programme', within: WITHIN } as const

/** What a lamp controller is told. An override ends with its time, with the next command, or when the lamp loses its supply. */
export const commands: CommandTable<LampPoint, LampRated> = {
  on: {
    title: text('Switch on', '开灯'),
    channels: () => ({ dim: 100 }),
    effect: (_, rated) => ({ point: 'power', shows: [DARK_SHARE * rated.power, Number.POSITIVE_INFINITY], within: WITHIN }),
    interlock: lit,
    ...back,
  },
  off: {
    title: text('Switch off', '关灯'),
    channels: () => ({ dim: 0 }),
    effect: (_, rated) => ({ point: 'power', shows: [Number.NEGATIVE_INFINITY, DARK_SHARE * rated.power], within: WITHIN }),
    ...back,
  },
  dim: {
    title: text('Dim', '调光'),
    parameter: { type: 'number', title: text('Level', '亮度'), unit: '%', least: 10, greatest: 100 },
    channels: (value) => ({ dim: Number(value) }),
    effect: (value) => ({
      point: 'dim-actual',
      shows: [Number(value) - DIM_TOLERANCE, Number(value) + DIM_TOLERANCE],
      within: WITHIN,
    }),
    interlock: lit,
    ...back,
  },
  'follow-programme': {
    title: text('Follow the programme', '恢复按方案运行'),
    channels: () => ({ dim: null }),
    effect: () => byProgramme,
    // The programme may light it, and so may a controller that starts anew.
    interlock: lit,
  },
  reset: {
    title: text('Restart the controller', '重启单灯控制器'),
    channels: () => ({ dim: null }),
    effect: () => byProgramme,
    interlock: lit,
  },
}
