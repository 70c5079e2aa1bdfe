/** The fields of a facility as a table names them: one column each, and a column per rated value and per label. */
export const plantFields = {
  id: ['编号', '设施编号', 'facility-id'],
  kind: ['类型', '设施类型', 'facility-kind'],
  name: ['名称', '设施名称'],
  nameEn: ['英文名称', '英文名', 'english-name'],
  district: ['区', '区县', '行政区', '辖区', '所属区域'],
  road: ['道路', '路段', '所在道路', 'street'],
  roadClass: ['道路等级', '道路类别'],
  keyArea: ['重点区域', '是否重点区域'],
  owner: ['权属单位', '产权单位', '管理单位'],
  lon: ['经度', 'longitude', 'lng', 'x'],
  lat: ['纬度', 'latitude', 'y'],
  fedBy: ['上级设施', '供电设施', '上级', 'parent', '所属控制柜'],
  circuit: ['回路', '回路号'],
  gateway: ['网关', '网关编号'],
  mode: ['运行模式', '模式'],
} as const satisfies Record<string, readonly string[]>

export type PlainField = keyof typeof plantFields
/** A plain field, `rated.NAME` or `label.NAME`. */
export type PlantField = PlainField | `rated.${string}` | `label.${string}`

export const plainFields = Object.keys(plantFields) as PlainField[]

const prefixes = { 'rated.': 'rated.', '额定.': 'rated.', 'label.': 'label.', 'labels.': 'label.', '标签.': 'label.' } as const

/** Spelling that differs only in case, blanks, dashes or underscores is the same name. */
const folded = (name: string) => name.toLowerCase().replaceAll(/[\s_-]/g, '')

const byName: ReadonlyMap<string, PlainField> = new Map(
  plainFields.flatMap((field) => [field, ...plantFields[field]].map((name) => [folded(name), field] as const)),
)

/** The field a column of this name holds; undefined when it is none of ours. */
export function plantField(column: string): PlantField | undefined {
  const start = column.trimStart()
  for (const [written, prefix] of Object.entries(prefixes)) {
    // What follows is a name of somebody's own and is taken to the letter.
    if (start.length > written.length && start.slice(0, written.length).toLowerCase() === written)
      return `${prefix}${start.slice(written.length)}`
  }
  return byName.get(folded(column))
}

/** How a column is headed in Chinese. */
export function chineseColumn(field: PlantField): string {
  if (field.startsWith('rated.')) return `额定.${field.slice(6)}`
  if (field.startsWith('label.')) return `标签.${field.slice(6)}`
  return plantFields[field as PlainField][0]
}
