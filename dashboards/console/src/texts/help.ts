import { language } from '../settings.ts'

const catalogues = {
  en: {
    keys: 'Keys',
    pages: 'the page with this number in the header',
    otherPages: 'Keys of other pages',
    keysOn: 'Single-letter keys are on',
    symbols: 'Symbols',
    symbolMeans: {
      critical: 'People are in danger or a large part of the city is without service: act within minutes.',
      high: 'It becomes critical or costs much if nobody acts soon.',
      medium: 'To be dealt with during the shift.',
      low: 'To be dealt with when there is time.',
      'no-report': 'Nothing is heard of it although it should report: what it shows is not known.',
      'out-of-service': 'Taken out of service by a person; its alarms are on the shelf.',
      normal: 'Within its limits.',
    },
    looks: 'State of an alarm',
    lookMeans: {
      unacknowledged: 'There, and nobody has acknowledged it: it blinks.',
      acknowledged: 'There, and acknowledged.',
      returned: 'Gone, but nobody has acknowledged it.',
    },
    states: 'Is what I see true?',
    stateMeans: [
      ['LIVE', 'A heartbeat of the server comes each second. What is shown is at most a second old.'],
      ['STALE', 'No heartbeat for five seconds. Colour drains away; do not rely on the values.'],
      ['DISCONNECTED', 'No connection. Values stay, dimmed; every action is refused and none is kept for later.'],
      ['12s', 'Age of a value. It is dimmed when it is older than the point usually reports.'],
      ['SENSOR FAULT', 'The device itself, or a check, says that the value is not to be trusted: it is struck through.'],
    ],
    hints: 'Show the hints of all pages again',
    hintsBack: 'The hints are shown again.',
  },
  zh: {
    keys: '快捷键',
    pages: '打开页首对应编号的页面',
    otherPages: '其他页面的快捷键',
    keysOn: '启用单键快捷键',
    symbols: '符号',
    symbolMeans: {
      critical: '危及人身安全或大范围停止服务：须在数分钟内处置。',
      high: '若不及时处置将升级为紧急或造成较大损失。',
      medium: '本班次内处理。',
      low: '有空时处理。',
      'no-report': '应上报而未上报：实际状态未知。',
      'out-of-service': '已由人员停用，其告警计入搁置。',
      normal: '各项数值在限值之内。',
    },
    looks: '告警状态',
    lookMeans: {
      unacknowledged: '仍存在且无人确认：闪烁。',
      acknowledged: '仍存在，已确认。',
      returned: '已恢复，但无人确认。',
    },
    states: '所见是否可信？',
    stateMeans: [
      ['实时', '每秒收到服务器心跳，所示数据最多滞后一秒。'],
      ['数据陈旧', '五秒内未收到心跳。颜色褪去，请勿依赖数值。'],
      ['连接中断', '没有连接。数值保留但变暗；一切操作均被拒绝，也不会稍后补发。'],
      ['12s', '数值的时效。超过该测点通常的上报间隔后变暗。'],
      ['传感器故障', '设备或校验判定数值不可信：加删除线显示。'],
    ],
    hints: '重新显示各页提示',
    hintsBack: '提示将重新显示。',
  },
}

/** Like `t`, for the help. */
export const he = () => catalogues[language.value]
