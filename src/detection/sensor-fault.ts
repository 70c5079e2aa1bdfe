import { text } from '../telemetry/point.ts'
import { draft, NEVER } from './draft.ts'
import type { RuleDraft } from './rule.ts'

/** The rule every kind has: a sensor reported a physically impossible value. */
export function sensorFaultRule(): RuleDraft {
  return draft<string>(
    'sensor-fault',
    {
      title: text('Sensor reports impossible values', '传感器数值不可能'),
      priority: 'medium',
      timeToAct: 480,
      response: [
        text('Do not trust the value; watch the neighbouring points instead.', '不要采信该数值，参考相邻测点。'),
        text('Have the sensor and its wiring checked.', '安排检查传感器及接线。'),
      ],
      cause: text('Broken sensor, loose wire or wrong scaling.', '传感器损坏、接线松动或量程设置错误。'),
      consequence: text('A real fault behind this sensor would go unseen.', '该传感器对应的真实故障将无法被发现。'),
    },
    { points: [], parameters: {}, slots: 0, judge: () => (view, at) => (view.bad ? at : NEVER) },
  )
}
