import { minutes } from '../../telemetry/duration.ts'
import { text } from '../../telemetry/point.ts'
import { type CommandDefinition, type CommandTable, EVERY_CHANNEL } from '../commands.ts'
import type { PumpPoint, PumpRated } from './points.ts'

type PumpCommand = CommandDefinition<PumpPoint, PumpRated>

const STARTED_WITHIN = minutes(1)
const SPEED_WITHIN = minutes(3)
/** m; below this level of the wet well the pump would run dry. */
const STOP_LEVEL = 0.5
/** MPa; below this at the inlet it would cavitate. */
const LEAST_SUCTION = 0.05
/** °C; a winding this hot must cool first. */
const HOT_WINDING = 120
/** Hz */
const SPEED_TOLERANCE = 1

const back: PumpCommand['undo'] = () => ({ command: 'mode', value: 'auto' })

function mayRun(read: (point: PumpPoint) => number) {
  if (read('wet-well-level') < STOP_LEVEL) return text('the wet well is below its stop level', '集水井液位低于停泵液位')
  if (read('inlet-pressure') < LEAST_SUCTION) return text('inlet pressure too low', '进口压力过低')
  return read('winding-temperature') >= HOT_WINDING ? text('the winding is hot', '绕组温度过高') : null
}

export const commands: CommandTable<PumpPoint, PumpRated> = {
  start: {
    title: text('Start the pump', '启泵'),
    channels: () => ({ run: 1 }),
    effect: () => ({ point: 'running', shows: true, within: STARTED_WITHIN }),
    interlock: mayRun,
    undo: back,
  },
  stop: {
    title: text('Stop the pump', '停泵'),
    channels: () => ({ run: 0 }),
    effect: () => ({ point: 'running', shows: false, within: STARTED_WITHIN }),
    undo: back,
  },
  speed: {
    title: text('Set the speed', '设定转速'),
    parameter: { type: 'number', title: text('Speed', '转速频率'), unit: 'Hz', least: 25, greatest: 50 },
    // A drainage pump turns at the speed of the mains.
    has: (rated) => rated.drainage === 0,
    channels: (value) => ({ speed: Number(value) }),
    effect: (value) => ({
      point: 'speed',
      shows: [Number(value) - SPEED_TOLERANCE, Number(value) + SPEED_TOLERANCE],
      within: SPEED_WITHIN,
    }),
    interlock: (read) => (read('running') === 0 ? text('the pump does not run', '水泵未运行') : null),
    undo: back,
  },
  mode: {
    title: text('Set the mode', '设置运行模式'),
    parameter: {
      type: 'choice',
      title: text('Mode', '运行模式'),
      choices: { auto: text('automatic', '自动'), remote: text('remote', '远程') },
    },
    channels: (value) => (value === 'auto' ? { [EVERY_CHANNEL]: null } : { mode: 1 }),
    effect: (value) => ({ point: 'mode', shows: value as string, within: STARTED_WITHIN }),
  },
}
