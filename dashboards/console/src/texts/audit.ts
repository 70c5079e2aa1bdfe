import { language } from '../settings.ts'

const catalogues = {
  en: {
    title: 'Audit trail',
    columns: ['No.', 'Time', 'Who', 'Action', 'Subject', 'Detail'],
    by: 'Who',
    action: 'Action',
    words: 'Part of subject or detail',
    from: 'From',
    to: 'Before',
    nothing: 'No record matches.',
    exportCsv: 'Export CSV',
    exportLines: 'Export JSON lines',
    verify: 'Verify',
    verifying: 'Following the chain…',
    noted: 'Head noted earlier (optional)',
    notedMeans:
      'Each record holds the hash of the one before. Whoever rewrites the whole chain is found only by a head that was noted elsewhere.',
    sound: (records: string) => `All ${records} records are as they were written.`,
    unsound: (found: string) => `${found} problems:`,
    record: (id: string) => `Record ${id}`,
    head: 'Head to note',
    more: (count: string) => `and ${count} more`,
    onlyThese: 'Only these',
    all: 'Show all',
  },
  zh: {
    title: '审计记录',
    columns: ['编号', '时间', '人员', '操作', '对象', '详情'],
    by: '人员',
    action: '操作',
    words: '对象或详情包含',
    from: '起',
    to: '止',
    nothing: '没有符合条件的记录。',
    exportCsv: '导出 CSV',
    exportLines: '导出 JSON 行',
    verify: '校验',
    verifying: '正在逐条校验…',
    noted: '先前记下的链首(可选)',
    notedMeans: '每条记录都包含上一条的哈希值。若有人重写整条链,只有与别处记下的链首比对才能发现。',
    sound: (records: string) => `${records} 条记录均与写入时一致。`,
    unsound: (found: string) => `发现 ${found} 个问题:`,
    record: (id: string) => `第 ${id} 条`,
    head: '请记下链首',
    more: (count: string) => `另有 ${count} 个`,
    onlyThese: '只看这些',
    all: '显示全部',
  },
}

/** Like `t`, for the page of the audit trail. */
export const au = () => catalogues[language.value]
