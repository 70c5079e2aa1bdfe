import { type Text, text } from '../telemetry/point.ts'

export interface Reason {
  severity: 'error' | 'warning'
  /** `about` is what the reason needs besides row, column and value: an id, a row, a limit. */
  say: (about: string) => Text
}

/** Each reason why something of a file is refused or looked at twice. */
export type ImportReasons<R extends string> = Readonly<Record<R, Reason>>

export const error = (en: (about: string) => string, zh: (about: string) => string): Reason => ({
  severity: 'error',
  say: (about) => text(en(about), zh(about)),
})
export const warning = (en: (about: string) => string, zh: (about: string) => string): Reason => ({
  severity: 'warning',
  say: (about) => text(en(about), zh(about)),
})

/** Every reason for which a row of a file of facilities is refused or looked at twice. An error keeps the whole file out; a warning does not. */
export const importReasons = {
  'file-empty': error(
    () => 'The file has no rows; give a header and at least one row.',
    () => '文件没有数据；应有表头和至少一行数据。',
  ),
  'encoding-wrong': error(
    (about) => `The text is not readable as ${about}; save the file as UTF-8 or GBK.`,
    (about) => `无法按 ${about} 读取文字；请将文件另存为 UTF-8 或 GBK。`,
  ),
  'format-broken': error(
    (about) => `The file cannot be read on from here: ${about}.`,
    (about) => `文件从此处起无法读取：${about}。`,
  ),
  'too-many-rows': error(
    (about) => `One file may have at most ${about} rows; divide it.`,
    (about) => `每个文件最多 ${about} 行；请拆分后导入。`,
  ),
  'column-missing': error(
    (about) => `There is no column ${about}; name it in the header, or give a mapping or a default for it.`,
    (about) => `缺少 ${about} 列；请在表头中写明，或设置映射或默认值。`,
  ),
  'column-twice': error(
    (about) => `This column means ${about}, as another one does; only one may.`,
    (about) => `该列与另一列都表示 ${about}，只能保留一列。`,
  ),
  'column-unknown': warning(
    () => 'No field of a facility has this name; the column is passed over.',
    () => '没有对应的设施字段，已忽略该列。',
  ),
  'cell-count': error(
    (about) => `The row has another number of cells than the header (${about}).`,
    (about) => `该行单元格数与表头不一致（${about}）。`,
  ),
  'id-bad': error(
    () => 'An id has 1 to 64 letters, digits, dots, dashes or underscores and begins with a letter or digit.',
    () => '编号须为 1 至 64 个字母、数字、点、短横线或下划线，且以字母或数字开头。',
  ),
  duplicate: warning(
    (about) => `The row repeats row ${about} in every field; it is passed over.`,
    (about) => `与第 ${about} 行完全重复，已忽略。`,
  ),
  conflict: error(
    (about) => `Row ${about} has the same id with other content; keep one.`,
    (about) => `与第 ${about} 行编号相同但内容不同，只能保留一行。`,
  ),
  'label-at-two-places': error(
    (about) => `Row ${about} puts the same label at another place; find out which is right.`,
    (about) => `第 ${about} 行的同一标识位于另一位置，请核实。`,
  ),
  'same-place': warning(
    (about) => `${about} stands at the very same place.`,
    (about) => `${about} 位于完全相同的位置。`,
  ),
  'kind-unknown': error(
    (about) => `There is no such kind of facility; there are ${about}.`,
    (about) => `没有这种设施类型；可用类型：${about}。`,
  ),
  'kind-changed': error(
    (about) => `The facility is a ${about}; remove it before its id is used for another kind.`,
    (about) => `该编号已用于类型 ${about}；须先删除才能改作他用。`,
  ),
  'parent-unknown': error(
    () => 'What should feed it is neither in the file nor registered.',
    () => '上级设施既不在文件中，也未登记。',
  ),
  cycle: error(
    (about) => `It would feed itself: ${about}.`,
    (about) => `供电关系成环：${about}。`,
  ),
  'gateway-itself': error(
    () => 'It is named as its own gateway; one that reports for itself has none, so leave it empty.',
    () => '网关为设施自身；自行上报的设施没有网关，请留空。',
  ),
  'circuit-unknown': error(
    (about) => `Its parent does not have this circuit; it has ${about}.`,
    (about) => `上级设施没有该回路；其回路数为 ${about}。`,
  ),
  'position-missing': warning(
    () => 'It has no position and will not be on the map.',
    () => '没有坐标，不会显示在地图上。',
  ),
  'position-unreadable': error(
    () => 'A position is two numbers in degrees, longitude from -180 to 180 and latitude from -90 to 90, such as 114.51 and 38.04.',
    () => '坐标应为两个以度为单位的数值：经度 -180 至 180，纬度 -90 至 90，例如 114.51 和 38.04。',
  ),
  'position-swapped': error(
    () => 'Longitude and latitude are exchanged.',
    () => '经度与纬度颠倒。',
  ),
  'position-zero': error(
    () => 'Longitude and latitude 0 stand for a position nobody measured; leave them empty.',
    () => '经纬度为 0 表示未测量；请留空。',
  ),
  'position-outside': error(
    (about) => `The place is outside the city (${about}).`,
    (about) => `位置在城市范围之外（${about}）。`,
  ),
  'position-far': warning(
    (about) => `The place is far from every registered facility (${about}).`,
    (about) => `位置远离所有已登记设施（${about}）。`,
  ),
  'number-bad': error(
    (about) => `A number is wanted here (an example, or the range: ${about}).`,
    (about) => `此处应为数值（示例或范围：${about}）。`,
  ),
  'rated-unknown': error(
    (about) => `Facilities of this kind have no such rated value; they have ${about}.`,
    (about) => `该类设施没有此额定值；可用：${about}。`,
  ),
  'rated-impossible': error(
    (about) => `No real facility of this kind has such a rated value (${about}).`,
    (about) => `此类设施不可能有这样的额定值（${about}）。`,
  ),
  'choice-bad': error(
    (about) => `The value must be one of ${about}.`,
    (about) => `取值须为：${about}。`,
  ),
  'text-too-long': error(
    (about) => `The text is longer than ${about} characters.`,
    (about) => `文字超过 ${about} 个字符。`,
  ),
  'value-impossible': warning(
    (about) => `The measured value is physically impossible (${about}) and is not taken as a fact.`,
    (about) => `测量值在物理上不可能（${about}），不予采信。`,
  ),
  'value-unusual': warning(
    (about) => `The measured value is not that of a healthy facility (${about}).`,
    (about) => `测量值不在正常范围内（${about}）。`,
  ),
} as const satisfies ImportReasons<string>

export type ImportReason = keyof typeof importReasons
export const importReasonKeys = Object.keys(importReasons) as ImportReason[]

/** One thing wrong with one row. */
export interface ImportProblem<R extends string = ImportReason> {
  /** As a spreadsheet counts them, the header being 1; features and entities count from 1. */
  row: number
  /** As the file names it; empty when the whole row is meant. */
  column: string
  /** What stands there, cut off when it is long. */
  value: string
  reason: R
  about: string
}

export const severityOf = ({ reason }: Pick<ImportProblem, 'reason'>) => importReasons[reason].severity
export const problemText = ({ reason, about }: Pick<ImportProblem, 'reason' | 'about'>): Text => importReasons[reason].say(about)

const MAX_VALUE = 80
export const shownValue = (value: string) => (value.length > MAX_VALUE ? `${value.slice(0, MAX_VALUE)}…` : value)
