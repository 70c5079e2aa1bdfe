import { language } from '../settings.ts'

const en = {
  title: 'Codes for poles',
  about: 'Each label leads to the page on which citizens report that pole. Print at 100 %, cut along the marks, and put it at eye height.',
  district: 'District',
  road: 'Road',
  cabinet: 'Cabinet and what it feeds',
  ids: 'Single poles, by number',
  any: 'all',
  choose: 'Choose a district, a road, a cabinet or single poles.',
  none: 'No lamp and no cabinet is chosen by this.',
  count: (labels: string, sheets: string) => `${labels} labels on ${sheets} sheets`,
  part: (part: string, of: string) => `part ${part} of ${of}, each printed by itself`,
  print: 'Print',
  noUrl:
    'The server does not know how citizens reach it, so no code is drawn: a wrong one would stay on its pole for years. Set PUBLIC_URL to that address, such as https://lamp.example, and start the server again.',
  noPhone: 'Labels have no telephone number until REPORT_PHONE is set.',
  sheets: 'Sheets to print',
  code: (id: string) => `Code of ${id}`,
}
type Texts = typeof en
const zh: Texts = {
  title: '灯杆二维码',
  about: '扫描标签即进入该灯杆的市民报修页面。请按 100% 比例打印，沿裁切标记裁开，贴在与视线齐平处。',
  district: '区域',
  road: '道路',
  cabinet: '控制柜及其供电设施',
  ids: '单个灯杆编号',
  any: '全部',
  choose: '请选择区域、道路、控制柜或单个灯杆。',
  none: '所选范围内没有路灯或控制柜。',
  count: (labels, sheets) => `${labels} 张标签，共 ${sheets} 页`,
  part: (part, of) => `第 ${part} 部分，共 ${of} 部分，请分别打印`,
  print: '打印',
  noUrl:
    '服务器尚不知道市民访问的网址，因此不生成二维码：错误的二维码会在灯杆上留存多年。请将 PUBLIC_URL 设为该网址（例如 https://lamp.example），然后重启服务器。',
  noPhone: '尚未设置 REPORT_PHONE，标签上没有电话号码。',
  sheets: '待打印页面',
  code: (id) => `${id} 的二维码`,
}
const catalogues = { en, zh }

/** Like `t`, for the codes of poles. */
export const rc = () => catalogues[language.value]
