import type { Text } from '../../../../src/telemetry/point.ts'

/** First things to know about a page, three at most. */
export const hints: Readonly<Record<string, readonly Text[]>> = {
  wall: [
    {
      en: 'Work from the top: press j for the next alarm, a to acknowledge it. What to do and how long you have stands beside it.',
      zh: '自上而下处理：按 j 选下一条告警，按 a 确认。处置步骤和时限显示在右侧。',
    },
    {
      en: 'A figure in the matrix filters the list; the bars below are the last 24 hours, and the dashed line is where a flood begins.',
      zh: '点击矩阵中的数字可筛选列表；下方为最近 24 小时，虚线为洪泛线。',
    },
    {
      en: 'Grey colours and a bar at the top mean that values are old. The ? key explains every symbol and key.',
      zh: '颜色变灰并在上方出现提示条，表示数据已过时。按 ? 查看全部符号与快捷键说明。',
    },
  ],
  map: [
    {
      en: 'Drag or use the arrow keys to move, + and − to zoom. A click selects a facility, a double click opens its page; Shift + drag draws a lasso.',
      zh: '拖动或用方向键移动，+ − 缩放。单击选择设施，双击打开其页面；按住 Shift 拖动可画套索。',
    },
  ],
  alarms: [
    {
      en: 'The address holds filter and time: a link sent to a colleague shows the same list.',
      zh: '地址栏包含筛选与时间：把链接发给同事即可看到相同列表。',
    },
  ],
  orders: [
    {
      en: 'Press t on any page when somebody calls: pole, digit of the fault, Enter, and the number to read out is there.',
      zh: '有来电时，在任何页面按 t：输入灯杆、按故障数字键、回车，即得到可读出的编号。',
    },
  ],
  control: [
    {
      en: 'Press c on a facility, a selection of the map or an alarm to command it: you see what it would do before anything is sent.',
      zh: '在设施页、地图选择或告警上按 c 即可遥控：先预览执行结果，确认后才会下发。',
    },
  ],
  facilities: [
    {
      en: 'Search by id, name, road, or by conditions such as roadClass=main and fedBy=LC-001.',
      zh: '可按编号、名称、道路搜索，也可用条件，如 roadClass=main、fedBy=LC-001。',
    },
  ],
  plots: [
    { en: 'One time bar moves all plots of the page; n brings them back to now.', zh: '一个时间条控制本页全部曲线；按 n 回到当前。' },
  ],
  rules: [
    {
      en: 'Try a change on the past before it is saved: the back-test tells which alarms would come and go.',
      zh: '保存前先回测：可看到会增加和减少哪些告警。',
    },
  ],
}
