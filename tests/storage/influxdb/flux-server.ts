import { type Answered, type FakeServer, type Recorded, serve } from './fake-server.ts'

/** One field of one tag set, by time in ms. */
interface Series {
  measurement: string
  tags: Record<string, string>
  field: string
  values: Map<number, number>
}

interface Row extends Pick<Series, 'tags' | 'field'> {
  at: number
  value: number
}

interface Table extends Pick<Series, 'measurement' | 'tags' | 'field'> {
  rows: Row[]
}

const STRING = '"((?:\\\\.|[^"\\\\])*)"'
const unquoted = (text: string) => text.replace(/\\(.)/g, '$1')
const unescaped = (text: string) => text.replace(/\\([,= ])/g, '$1')
const strings = (text: string, column: string) =>
  [...text.matchAll(new RegExp(`r\\.${column} == ${STRING}`, 'g'))].map(([, value]) => unquoted(value as string))

/**
 * A model of the v2 API that keeps lines in memory and knows just the Flux that the product sends, word by word; anything else it refuses.
 * It shows that the product makes the right thing of the answers, not that InfluxDB understands the questions.
 */
export async function startFluxServer(): Promise<FakeServer> {
  const buckets = new Map<string, { description?: string; retentionRules?: unknown; series: Map<string, Series> }>()

  function answer({ method, path, body }: Recorded): Answered {
    const url = new URL(path, 'http://server')
    if (url.pathname === '/api/v2/orgs') return { body: '{"orgs":[{"id":"77"}]}' }
    if (url.pathname === '/api/v2/buckets' && method === 'GET') {
      const name = url.searchParams.get('name') ?? ''
      return buckets.has(name)
        ? { body: JSON.stringify({ buckets: [{ id: name, ...buckets.get(name), series: undefined }] }) }
        : { status: 404 }
    }
    if (url.pathname === '/api/v2/buckets') {
      const { name, ...rest } = JSON.parse(body) as { name: string }
      buckets.set(name, { ...rest, series: new Map() })
      return { status: 201 }
    }
    if (url.pathname === '/api/v2/write') {
      const bucket = buckets.get(url.searchParams.get('bucket') ?? '')
      if (!bucket) return { status: 404, body: '{"code":"not found"}' }
      for (const line of body.split('\n')) keepLine(bucket.series, line)
      return { status: 204 }
    }
    const flux = (JSON.parse(body) as { query: string }).query
    try {
      return { type: 'text/csv', body: run(flux) }
    } catch (error) {
      return { status: 400, body: JSON.stringify({ message: `${error}: ${flux}` }) }
    }
  }

  function source(text: string): { tables: Table[]; start: number; rest: string } {
    const found = new RegExp(
      `^from\\(bucket: ${STRING}\\)\n {2}\\|> range\\(start: (\\S+), stop: (\\S+)\\)\n {2}\\|> filter\\(fn: \\(r\\) => (.*)\\)(?:\n|$)`,
    ).exec(text)
    if (!found) throw new Error('unknown source')
    const [all, name, start, stop, filter] = found as unknown as [string, string, string, string, string]
    const bucket = buckets.get(unquoted(name))
    if (!bucket) throw new Error('no such bucket')
    const [measurements, fields, facilities] = ['_measurement', '_field', 'facility'].map((column) => strings(filter, column)) as string[][]
    const tables = [...bucket.series.values()]
      .filter(({ measurement }) => measurements?.includes(measurement))
      .filter(({ field }) => fields?.length === 0 || fields?.includes(field))
      .filter(({ tags }) => facilities?.length === 0 || facilities?.includes(tags.facility ?? ''))
      .map(({ values, ...series }) => {
        const rows = [...values].map(([at, value]) => ({ tags: series.tags, field: series.field, at, value }))
        return {
          ...series,
          rows: rows.filter(({ at }) => at >= Date.parse(start) && at < Date.parse(stop)).sort((a, b) => a.at - b.at),
        }
      })
      .filter(({ rows }) => rows.length > 0)
    return { tables, start: Date.parse(start), rest: text.slice(all.length) }
  }

  function run(flux: string): string {
    if (flux.startsWith('data = ')) {
      const { tables, start, rest } = source(flux.slice('data = '.length))
      return rest
        .split('\n')
        .map((line) => fold(tables, start, line))
        .join('\r\n')
    }
    const { tables, rest } = source(flux)
    if (rest.includes('pivot')) return csv('_result', dirtyMarks(tables))
    let rows = tables.map((table) => table.rows)
    for (const step of rest.split('\n').filter(Boolean)) {
      const limit = /^ {2}\|> limit\(n: (\d+)\)$/.exec(step)
      const edge = /^ {2}\|> (first|last)\(\)$/.exec(step)
      const extreme = /^ {2}\|> (min|max)\((column: "_time")?\)$/.exec(step)
      if (limit) rows = rows.map((each) => each.slice(0, Number(limit[1])))
      else if (edge) rows = rows.map((each) => each.slice(...(edge[1] === 'first' ? [0, 1] : [-1])))
      else if (step === '  |> group()') rows = [rows.flat()]
      else if (extreme) {
        const by = (row: Row) => (extreme[1] === 'min' ? 1 : -1) * (extreme[2] ? row.at : row.value)
        rows = rows.map((each) => each.toSorted((a, b) => by(a) - by(b)).slice(0, 1))
      } else throw new Error(`unknown step ${step}`)
    }
    return csv('_result', rows.flat())
  }

  function fold(tables: readonly Table[], start: number, line: string): string {
    const found = new RegExp(
      `^data(?: \\|> filter\\(fn: \\(r\\) => (.*?)\\))? \\|> aggregateWindow\\(every: (\\d+)ms, offset: (\\d+)ms, fn: (\\w+), createEmpty: false, timeSrc: "_start"\\)` +
        `(?: \\|> map\\(fn: \\(r\\) => \\(\\{r with _field: r\\._field \\+ "\\.(\\w+)"\\}\\)\\) \\|> to\\(bucket: ${STRING}, org: ${STRING}\\) \\|> group\\(\\) \\|> count\\(\\))? \\|> yield\\(name: "(\\w+)"\\)$`,
    ).exec(line)
    if (!found) throw new Error(`unknown fold ${line}`)
    const [, filter, every, offset, name, suffix, into, , result] = found as unknown as string[]
    const wanted = filter === undefined ? null : strings(filter, '_field')
    const folded = tables
      .filter(({ field }) => !wanted || wanted.includes(field))
      .map((table) => foldTable(table, start, Number(every), Number(offset), name as string))
    if (into === undefined)
      return csv(
        result as string,
        folded.flatMap(({ rows }) => rows),
      )
    const target = buckets.get(unquoted(into))
    if (!target) throw new Error('no such bucket')
    for (const { measurement, tags, field, rows } of folded)
      for (const { at, value } of rows) keep(target.series, { measurement, tags, field: `${field}.${suffix}` }, at, value)
    return csv(result as string, [])
  }

  return serve(answer)
}

function foldTable(table: Table, start: number, every: number, offset: number, name: string): Table {
  const windows = Map.groupBy(table.rows, ({ at }) => Math.floor((at - offset) / every) * every + offset)
  const rows = [...windows].map(([window, inside]) => {
    const values = inside.map(({ value }) => value)
    const folds: Record<string, number> = {
      min: Math.min(...values),
      max: Math.max(...values),
      sum: values.reduce((sum, value) => sum + value, 0),
      count: values.length,
      last: values.at(-1) as number,
    }
    // Windows are cut off where the range begins.
    return { tags: table.tags, field: table.field, at: Math.max(window, start), value: folds[name] as number }
  })
  return { ...table, rows }
}

function dirtyMarks(tables: readonly Table[]): Row[] {
  const value = (field: string, kind: string | undefined, at: number) =>
    tables.find((table) => table.field === field && table.tags.kind === kind)?.rows.find((row) => row.at === at)?.value ?? Number.NaN
  const touched = tables.filter(({ field }) => field === 'touched').flatMap(({ rows }) => rows)
  return touched.filter(({ tags, at, value: generation }) => generation > value('folded', tags.kind, at))
}

function keepLine(series: Map<string, Series>, line: string): void {
  const [, head = '', fields = '', time] = /^((?:\\[,= ]|[^ ])+) ((?:\\[,= ]|[^ ])+) (\d+)$/.exec(line) ?? []
  const parts = (text: string) => (text.match(/(?:\\[,= ]|[^,])+/g) ?? []) as string[]
  const pair = (text: string) => (/^((?:\\[,= ]|[^=])+)=(.*)$/.exec(text)?.slice(1) ?? []) as [string, string]
  const [measurement = '', ...tags] = parts(head)
  for (const each of parts(fields)) {
    const [field, value] = pair(each)
    const named = Object.fromEntries(tags.map(pair).map(([key, tag]) => [key, unescaped(tag)]))
    keep(series, { measurement: unescaped(measurement), tags: named, field: unescaped(field) }, Number(time), Number(value))
  }
}

function keep(series: Map<string, Series>, one: Omit<Series, 'values'>, at: number, value: number): void {
  const key = JSON.stringify(one)
  const known = series.get(key) ?? { ...one, values: new Map() }
  known.values.set(at, value)
  series.set(key, known)
}

const quoted = (text: string) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)

/** Rows as an annotated table of numbers. */
function csv(result: string, rows: readonly Row[]): string {
  if (rows.length === 0) return ''
  const head = [
    '#datatype,string,long,dateTime:RFC3339,double,string,string,string',
    '#group,false,false,false,false,true,true,true',
    `#default,${result},,,,,,`,
    ',result,table,_time,_value,_field,facility,kind',
  ]
  const lines = rows.map(({ at, value, field, tags }, i) =>
    ['', '', String(i), new Date(at).toISOString(), String(value), quoted(field), quoted(tags.facility ?? ''), tags.kind ?? ''].join(','),
  )
  return `${[...head, ...lines].join('\r\n')}\r\n`
}
