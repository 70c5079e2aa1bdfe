import { error, type ImportReasons, warning } from '../../../facilities/import-problem.ts'

/** Why something of a file of telemetry is left out (an error), or is not as it should be (a warning); the rest of the file is taken all the same. */
export const telemetryReasons = {
  'encoding-wrong': error(
    (about) => `The text is not readable as ${about} from here on.`,
    (about) => `从此处起无法按 ${about} 读取文字。`,
  ),
  'format-broken': error(
    (about) => `The file cannot be read on from here: ${about}.`,
    (about) => `文件从此处起无法读取：${about}。`,
  ),
  'column-missing': error(
    (about) => `There is no column ${about}; a file of telemetry has time and facility, or a mapping names them.`,
    (about) => `缺少 ${about} 列；遥测文件须有 time 和 facility 列，或由映射指定。`,
  ),
  'line-broken': error(
    (about) => `The line cannot be read: ${about}.`,
    (about) => `该行无法读取：${about}。`,
  ),
  'cell-count': error(
    (about) => `The row has another number of cells than the header (${about}).`,
    (about) => `该行单元格数与表头不一致（${about}）。`,
  ),
  'time-bad': error(
    () => 'A time is ISO 8601 with its zone, such as 2026-03-01T20:00:00+08:00, or s, ms, us or ns since 1970.',
    () => '时间应为带时区的 ISO 8601 格式，例如 2026-03-01T20:00:00+08:00，或 1970 年以来的秒、毫秒、微秒或纳秒数。',
  ),
  'facility-bad': error(
    () => 'An id has 1 to 64 letters, digits, dots, dashes or underscores and begins with a letter or digit.',
    () => '编号须为 1 至 64 个字母、数字、点、短横线或下划线，且以字母或数字开头。',
  ),
  'facility-unknown': error(
    () => 'No facility is registered under this id; register it first, or say that unknown ones are to be kept.',
    () => '没有登记此编号的设施；请先登记，或选择保留未登记设施的数据。',
  ),
  'kind-unknown': error(
    (about) => `What kind of facility this is cannot be told; say which (${about}).`,
    (about) => `无法判断设施类型，请指定（${about}）。`,
  ),
  'kind-other': error(
    (about) => `The facility is registered as a ${about}.`,
    (about) => `该设施登记的类型为 ${about}。`,
  ),
  'point-unknown': warning(
    (about) => `The kind ${about} has no such point; the column is passed over.`,
    (about) => `类型 ${about} 没有此测点，已忽略该列。`,
  ),
  'value-bad': error(
    (about) => `The value is none of the point's (${about}).`,
    (about) => `该值不符合测点类型（${about}）。`,
  ),
  'value-impossible': warning(
    (about) => `The value is physically impossible (${about}) and is flagged.`,
    (about) => `该值在物理上不可能（${about}），已作标记。`,
  ),
  'time-too-old': warning(
    (about) =>
      `The row is from before ${about}, from when on readings of its kind are kept, and is left out. To take it, raise TELEMETRY_RETENTION_DAYS (of one kind TELEMETRY_RETENTION) first and start the server anew; times that were rolled up already stay closed.`,
    (about) =>
      `该行早于 ${about}（该类型数据自此起保存），已略去。如需导入，请先调大 TELEMETRY_RETENTION_DAYS（单个类型为 TELEMETRY_RETENTION）并重启服务；已汇总的时段不再接收。`,
  ),
  'time-in-future': warning(
    () => 'The row lies in the future, and is left out.',
    () => '该行时间在未来，已略去。',
  ),
  'store-refused': error(
    (about) => `The store refused the row: ${about}.`,
    (about) => `存储拒绝了该行：${about}。`,
  ),
  'row-empty': warning(
    () => 'The row has no value that can be taken.',
    () => '该行没有可用的值。',
  ),
} as const satisfies ImportReasons<string>

export type TelemetryReason = keyof typeof telemetryReasons
export const telemetryReasonKeys = Object.keys(telemetryReasons) as TelemetryReason[]
