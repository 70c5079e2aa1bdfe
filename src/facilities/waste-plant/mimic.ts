import { text } from '../../telemetry/point.ts'
import type { Mimic } from '../mimic.ts'
import type { WastePoint, WasteRated } from './points.ts'

const none = text('', '')
const today = text('today', '今日')
const rate = text('now', '速率')

/** Height of the stream; symbols of elements that begin two rows higher lie on it. */
const STREAM = 8.15

/** From the weighbridge over pit, crane and conveyor to what is taken away, with air, leachate and the fence. */
export const mimic: Mimic<WastePoint, WasteRated> = {
  columns: 48,
  rows: 17,
  elements: [
    {
      key: 'weighbridge-in',
      symbol: 'meter',
      letters: 't',
      title: text('Received', '进场地磅'),
      at: [0, 6],
      size: [8, 7],
      values: [
        ['weighbridge-in-today', today],
        ['weighbridge-in-rate', rate],
      ],
    },
    {
      key: 'pit',
      symbol: 'well',
      title: text('Pit', '料坑'),
      at: [10, 6],
      size: [10, 11],
      level: 'pit-fill',
      values: [
        ['pit-fill', text('fill', '料位')],
        ['pit-temperature', text('hottest', '最高温')],
      ],
    },
    { key: 'flame', symbol: 'flag', title: text('Flame', '火焰'), at: [10, 0], size: [5, 5], state: 'flame' },
    {
      key: 'hall',
      symbol: 'instrument',
      letters: 'PI',
      title: text('Hall', '卸料厅负压'),
      at: [15, 0],
      size: [5, 5],
      values: [['pit-pressure', none]],
    },
    {
      key: 'fan-1',
      symbol: 'fan',
      title: text('Fan 1', '1 号排风机'),
      at: [21, 0],
      size: [5, 5],
      state: 'fan-1',
      command: 'fan-1-command',
    },
    {
      key: 'fan-2',
      symbol: 'fan',
      title: text('Fan 2', '2 号排风机'),
      at: [26, 0],
      size: [5, 5],
      state: 'fan-2',
      command: 'fan-2-command',
    },
    { key: 'crane', symbol: 'crane', title: text('Crane', '抓斗'), at: [21, 6], size: [5, 5], state: 'crane', command: 'crane-command' },
    {
      key: 'conveyor',
      symbol: 'conveyor',
      title: text('Conveyor', '输送机'),
      at: [28, 6],
      size: [6, 5],
      state: 'conveyor',
      command: 'conveyor-command',
    },
    {
      key: 'cleared',
      symbol: 'meter',
      letters: 't',
      title: text('Cleared', '清运处理'),
      at: [36, 6],
      size: [12, 8],
      values: [
        ['cleared-today', today],
        ['planned-today', text('planned', '计划')],
        ['clearing-rate', rate],
      ],
    },
    {
      key: 'leachate',
      symbol: 'tank',
      title: text('Leachate', '渗滤液'),
      at: [21, 12],
      size: [7, 5],
      beside: true,
      level: 'leachate-level',
      values: [['leachate-level', none]],
    },
    {
      key: 'leachate-pump',
      symbol: 'pump',
      title: text('Leachate pump', '渗滤液泵'),
      at: [28, 12],
      size: [7, 5],
      state: 'leachate-pump',
      command: 'leachate-pump-command',
    },
    {
      key: 'fence',
      symbol: 'detector',
      letters: 'AI',
      title: text('Fence', '厂界'),
      at: [32, 0],
      size: [8, 5],
      values: [
        ['nh3', text('NH₃', '氨')],
        ['h2s', text('H₂S', 'H₂S')],
      ],
    },
    {
      key: 'rounds',
      symbol: 'controller',
      title: text('Disinfection', '消杀'),
      at: [40, 0],
      size: [8, 5],
      values: [
        ['rounds-done', text('done', '完成')],
        ['minutes-to-round', text('next', '下次')],
      ],
    },
  ],
  lines: [
    {
      medium: 'pipe',
      path: [
        [4, STREAM],
        [10.6, STREAM],
      ],
      arrow: true,
    },
    {
      medium: 'pipe',
      path: [
        [19.4, STREAM],
        [22, STREAM],
      ],
      arrow: true,
    },
    {
      medium: 'pipe',
      path: [
        [25, STREAM],
        [28.6, STREAM],
      ],
      arrow: true,
    },
    {
      medium: 'pipe',
      path: [
        [33.4, STREAM],
        [40.6, STREAM],
      ],
      arrow: true,
    },
    {
      medium: 'pipe',
      path: [
        [19.4, 14.5],
        [21.4, 14.5],
      ],
      arrow: true,
    },
  ],
}
