import type { RuleBuilders } from '../../detection/builders.ts'
import { is } from '../../detection/expression.ts'
import type { Priority } from '../../detection/rule.ts'
import { advise, type Both } from '../writing.ts'
import type { ExternalPoint, ExternalRated } from './points.ts'

const heartbeatMissing = advise(
  ['Monitoring system is silent', '外部监控系统静默'],
  30,
  [
    'Its heartbeat alert stopped: the system, its alert manager or the network between is down, or the token was changed.',
    '心跳告警中断：监控系统、告警管理器或网络故障，或令牌已更换。',
  ],
  ['What goes wrong there is told to nobody; alerts that stand may be over.', '其间的故障无人知晓；现有告警可能已失效。'],
  ['Look whether the monitoring system and its alert manager run.', '检查监控系统及其告警管理器是否运行。'],
  ['If they do, look at what they log of this receiver: address, token, certificate.', '运行正常时查看其发送日志：地址、令牌、证书。'],
)
const tooManyAlerts = advise(
  ['Monitoring system has more alerts than are shown', '外部监控系统告警过多'],
  60,
  [
    'A large outage there, alerts that are not grouped, or alerts that nobody has acknowledged here.',
    '大面积故障、告警未分组，或已恢复的告警无人确认。',
  ],
  ['What is left out is counted only; something urgent may be among it.', '超出部分仅计数，其中可能有紧急告警。'],
  ['Look at the alerts in the monitoring system itself.', '直接在外部监控系统中查看告警。'],
  ['Acknowledge here what is over; what is left out comes at its next repetition.', '确认已恢复的告警，未接入的将在下次重发时接入。'],
)

const urgency: Readonly<Record<Priority, Both>> = {
  critical: ['Critical alert of another system', '外部系统紧急告警'],
  high: ['Urgent alert of another system', '外部系统重要告警'],
  medium: ['Alert of another system', '外部系统告警'],
  low: ['Notice of another system', '外部系统提示'],
}
const timeToAct: Readonly<Record<Priority, number>> = { critical: 10, high: 30, medium: 240, low: 1440 }

const alertOf = (build: RuleBuilders<ExternalPoint, ExternalRated>, priority: Priority) =>
  build.told({
    ...advise(
      urgency[priority],
      timeToAct[priority],
      ['The other system says why in its own words.', '由外部系统说明。'],
      ['Known to the other system only.', '由外部系统掌握。'],
      ['Look at the alert in the monitoring system.', '在外部监控系统中查看该告警。'],
    ),
    priority,
  })

export function rules(build: RuleBuilders<ExternalPoint, ExternalRated>) {
  return {
    'heartbeat-missing': build.limit({
      ...heartbeatMissing,
      priority: 'high',
      point: 'heartbeat-age',
      high: (rated) => rated['heartbeat-minutes'],
      only: is('heartbeat-expected', 1),
    }),
    'too-many-alerts': build.limit({ ...tooManyAlerts, priority: 'high', point: 'alerts-left-out', high: 0 }),
    'alert-critical': alertOf(build, 'critical'),
    'alert-high': alertOf(build, 'high'),
    'alert-medium': alertOf(build, 'medium'),
    'alert-low': alertOf(build, 'low'),
  }
}
