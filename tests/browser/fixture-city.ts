import type { Snapshot } from '../../src/edges/http/live-schemas.ts'
import type { SeriesView } from '../../src/edges/http/reading-schemas.ts'
import type { AlarmView, FacilityState, FacilityView, KindView, PointView, RuleView } from '../../src/edges/http/schemas.ts'
import { kindView } from '../../src/edges/http/views.ts'
import { lightCabinet } from '../../src/facilities/light-cabinet/index.ts'
import { streetLight } from '../../src/facilities/street-light/index.ts'
import { type Text, text } from '../../src/telemetry/point.ts'

/** A made-up city for looking at the console in states a real one seldom shows. Seeded: the same each time but for the clock. */
export type Scenario = 'normal' | 'flood' | 'empty'

export interface City {
  kinds: KindView[]
  facilities: FacilityView[]
  states: Map<number, FacilityState>
  alarms: Map<number, AlarmView>
  timeline: Snapshot['timeline']
  nextAlarm: number
}

const minute = 60_000
const hour = 60 * minute
const quarter = 15 * minute

export function seeded(seed: number): () => number {
  let s = seed
  return () => {
    s = (s * 1_664_525 + 1_013_904_223) >>> 0
    return s / 2 ** 32
  }
}

const districts = ['主城区', '滨河', '江北', '城东']
const roads = ['人民路', '解放路', '滨江大道', '东风路', '建设路', '中山路']

function numberPoint(key: string, title: Text, unit: string, plausible: [number, number], normal: [number, number], digits = 1): PointView {
  return { key, title, unit, type: 'number', digits, plausible, normal, states: [], daily: { figure: 'mean', unit } }
}

function limitRule(
  key: string,
  title: Text,
  priority: RuleView['priority'],
  point: string,
  high: number,
  more: Partial<RuleView> = {},
): RuleView {
  return {
    key,
    version: 1,
    type: 'limit',
    title,
    priority,
    points: [point],
    parameters: { high, deadband: high / 20 },
    ratedParameters: {},
    onDelay: 10_000,
    offDelay: 30_000,
    latching: false,
    shelvable: true,
    modes: null,
    hours: null,
    condition: null,
    only: null,
    timeToAct: priority === 'critical' ? 5 : 60,
    response: [
      text('Clear people from the site and close the upstream valve.', '通知现场人员撤离并关闭上游阀。'),
      text('Dispatch the crew and re-check within 10 minutes.', '派抢修班，10 分钟内复测。'),
    ],
    cause: text('Worn gasket or a failed regulator seal.', '法兰垫片老化或调压器密封失效。'),
    consequence: text('Danger to people nearby; supply interrupted.', '危及周边人员，供应中断。'),
    deprives: [],
    ...more,
  }
}

const silence: RuleView = limitRule('silence', text('No reports', '无上报'), 'high', '', 0, {
  type: 'silence',
  points: [],
  parameters: { period: 3 * minute },
})

const gasStation: KindView = {
  key: 'gas-station',
  domain: 'gas',
  title: text('Gas station', '燃气场站'),
  rated: {},
  variants: [],
  circuits: 0,
  light: false,
  points: [
    numberPoint('ch4', text('Methane', '甲烷浓度'), '%LEL', [0, 100], [0, 10]),
    numberPoint('outlet-pressure', text('Outlet pressure', '出口压力'), 'MPa', [0, 0.6], [0.18, 0.25], 3),
    {
      key: 'shut-off',
      title: text('Shut-off valve', '切断阀'),
      unit: '',
      type: 'boolean',
      daily: { figure: 'mean', unit: '' },
      digits: 0,
      plausible: null,
      normal: null,
      states: [
        { key: 'false', title: text('open', '开启') },
        { key: 'true', title: text('closed', '关闭') },
      ],
    },
  ],
  rules: [
    limitRule('ch4-20', text('Methane above 20 % LEL', '燃气浓度达 20% LEL'), 'critical', 'ch4', 20, {
      latching: true,
      shelvable: false,
      onDelay: 2000,
    }),
    limitRule('outlet-high', text('Outlet pressure above its band', '出口压力超上限'), 'high', 'outlet-pressure', 0.26),
    silence,
  ],
  panel: { gauges: ['ch4', 'outlet-pressure'], trends: [['ch4'], ['outlet-pressure'], ['shut-off']], headline: 'ch4' },
}

const pumpStation: KindView = {
  key: 'pump-station',
  domain: 'water',
  title: text('Pump station', '泵站'),
  rated: {},
  variants: [],
  circuits: 0,
  light: false,
  points: [
    numberPoint('level', text('Wet-well level', '集水池液位'), 'm', [0, 6], [0.8, 3.5], 2),
    numberPoint('flow', text('Flow', '流量'), 'm³/h', [0, 2000], [200, 900], 0),
    numberPoint('motor-current', text('Motor current', '电机电流'), 'A', [0, 200], [30, 85]),
    {
      key: 'mode',
      title: text('Mode', '运行模式'),
      unit: '',
      type: 'state',
      daily: { figure: 'mean', unit: '' },
      digits: 0,
      plausible: null,
      normal: null,
      states: [
        { key: 'auto', title: text('automatic', '自动') },
        { key: 'manual', title: text('manual', '手动') },
      ],
    },
  ],
  rules: [
    limitRule('overflow', text('Wet well about to overflow', '集水池液位超高高限'), 'critical', 'level', 4.2),
    limitRule('overload', text('Pump overloaded', '水泵过载'), 'high', 'motor-current', 90),
    limitRule('level-high', text('Wet-well level high', '集水池液位高'), 'medium', 'level', 3.7),
    silence,
  ],
  panel: { gauges: ['level', 'flow', 'motor-current'], trends: [['level'], ['flow', 'motor-current'], ['mode']], headline: 'level' },
}

interface Fault {
  facility: FacilityView
  rule: RuleView
}

/** A city of `lamps` lamps, their cabinets, and some stations. */
export function buildCity(scenario: Scenario, lamps: number, now: number): City {
  const kinds = [kindView(streetLight), kindView(lightCabinet), pumpStation, gasStation]
  const city: City = { kinds, facilities: [], states: new Map(), alarms: new Map(), timeline: emptyTimeline(now), nextAlarm: 1 }
  if (scenario === 'empty') return city
  const random = seeded(7)
  placeLamps(city, lamps, random)
  placeStations(city, random)
  for (const { number } of city.facilities) city.states.set(number, random() < 0.008 ? 'no-report' : 'normal')
  raiseSome(city, scenario, now, random)
  for (const entry of city.timeline) {
    entry.medium += Math.floor(random() * 3)
    entry.low += Math.floor(random() * 4)
    if (random() < 0.2) entry.high++
  }
  return city
}

function add(
  city: City,
  kind: string,
  id: string,
  name: string,
  position: [number, number],
  more: Partial<FacilityView> = {},
): FacilityView {
  const facility: FacilityView = {
    number: city.facilities.length,
    id,
    kind,
    name,
    district: districts[Math.floor((position[0] - 114.2) * 20) & 3] as string,
    nameEn: '',
    roadClass: null,
    keyArea: false,
    owner: '',
    road: roads[city.facilities.length % roads.length] as string,
    position,
    fedBy: null,
    circuit: null,
    gateway: null,
    labels: {},
    rated: {},
    mode: 'auto',
    ...more,
  }
  city.facilities.push(facility)
  return facility
}

function placeLamps(city: City, lamps: number, random: () => number): void {
  const streets = Math.max(4, Math.round(Math.sqrt(lamps / 12)))
  const cabinets = Math.max(2, Math.round(lamps / 50))
  for (let i = 0; i < lamps; i++) {
    const street = i % (streets * 2)
    const along = Math.floor(i / (streets * 2)) / Math.ceil(lamps / (streets * 2))
    const across = ((street >> 1) + 0.5) / streets
    const bend = Math.sin(along * 9 + street) * 0.004
    const [u, v] = street & 1 ? [along, across + bend] : [across + bend, along]
    add(city, 'street-light', `LAMP-${String(i).padStart(5, '0')}`, '', [114.2 + u * 0.24, 30.5 + v * 0.16], {
      fedBy: `CAB-${String(i % cabinets).padStart(3, '0')}`,
    })
  }
  for (let i = 0; i < cabinets; i++) {
    add(city, 'light-cabinet', `CAB-${String(i).padStart(3, '0')}`, `${roads[i % roads.length]}控制柜`, [
      114.2 + random() * 0.24,
      30.5 + random() * 0.16,
    ])
  }
}

function placeStations(city: City, random: () => number): void {
  for (let i = 1; i <= 12; i++) {
    add(city, 'pump-station', `PMP-${String(i).padStart(2, '0')}`, `${districts[i & 3]}泵站`, [
      114.2 + random() * 0.24,
      30.5 + random() * 0.16,
    ])
  }
  for (let i = 1; i <= 4; i++) {
    add(city, 'gas-station', `GAS-${String(i).padStart(2, '0')}`, `${districts[i & 3]}门站`, [
      114.2 + random() * 0.24,
      30.5 + random() * 0.16,
    ])
  }
}

function raiseSome(city: City, scenario: Scenario, now: number, random: () => number): void {
  const pick = (kind: string): Fault => {
    const all = city.facilities.filter((facility) => facility.kind === kind)
    const facility = all[Math.floor(random() * all.length)] as FacilityView
    const rules = city.kinds.find(({ key }) => key === kind)?.rules ?? []
    return { facility, rule: rules[Math.floor(random() * rules.length)] as RuleView }
  }
  const wanted: [string, number][] = [
    ['gas-station', 3],
    ['pump-station', 9],
    ['light-cabinet', 12],
    ['street-light', 26],
  ]
  let n = 0
  for (const [kind, count] of wanted) {
    for (let i = 0; i < count; i++) {
      const { facility, rule } = pick(kind)
      if ([...city.alarms.values()].some((alarm) => alarm.facility === facility.id && alarm.rule === rule.key)) continue
      const alarm = raiseAlarm(city, facility, rule, now - Math.floor(random() ** 3 * 20 * hour))
      const turn = n++ % 9
      if (turn % 3 === 1) alarm.acknowledged = { at: alarm.activated + minute, by: 'admin', comment: '' }
      if (turn === 5) Object.assign(alarm, { active: false, returned: alarm.activated + 5 * minute })
      if (turn === 8 && rule.shelvable) alarm.shelved = { at: now - hour, by: 'admin', until: now + hour, reason: '正在检修' }
      settle(city, alarm)
    }
  }
  if (scenario === 'flood') {
    for (let i = 0; i < 150; i++) {
      const { facility, rule } = pick(i % 3 ? 'street-light' : 'light-cabinet')
      settle(city, raiseAlarm(city, facility, rule, now - Math.floor(random() * 8 * minute)))
    }
  }
}

/** Adds an alarm to the city and counts it; `settle` derives what follows from it. */
export function raiseAlarm(city: City, facility: FacilityView, rule: RuleView, at: number): AlarmView {
  const points = city.kinds.find(({ key }) => key === facility.kind)?.points ?? []
  const alarm: AlarmView = {
    id: city.nextAlarm++,
    facility: facility.id,
    kind: facility.kind,
    rule: rule.key,
    priority: rule.priority,
    basePriority: rule.priority,
    escalated: null,
    reminders: null,
    actBy: at + rule.timeToAct * minute,
    state: 'unacknowledged',
    active: true,
    latched: rule.latching,
    shelvable: rule.shelvable,
    resetRequest: null,
    chattering: null,
    historical: false,
    acknowledged: null,
    shelved: null,
    outOfService: false,
    suppressed: null,
    affects: 0,
    raised: at,
    activated: at,
    returned: null,
    ended: null,
    occurrences: [
      { started: at - 2 * hour, ended: at - 2 * hour + 4 * minute },
      { started: at, ended: null },
    ],
    occurrenceCount: 2,
    comments: [],
    commentCount: 0,
    evidence: {
      figures: {},
      ruleType: rule.type,
      ruleVersion: '1',
      parameters: rule.parameters,
      onDelay: rule.onDelay,
      offDelay: rule.offDelay,
      values: Object.fromEntries(
        rule.points.map((key) => [
          key,
          alarmingValue(
            points.find((point) => point.key === key),
            rule,
          ),
        ]),
      ),
      mode: facility.mode,
    },
    texts: null,
    version: 1,
  }
  city.alarms.set(alarm.id, alarm)
  const entry = city.timeline.find((candidate) => candidate.at === Math.floor(at / quarter) * quarter)
  if (entry) entry[alarm.priority]++
  return alarm
}

function alarmingValue(point: PointView | undefined, rule: RuleView): number | boolean | string | null {
  if (!point) return null
  if (point.type === 'boolean') return true
  if (point.type === 'state') return point.states[0]?.key ?? null
  return rule.parameters.high !== undefined ? rule.parameters.high * 1.1 : (rule.parameters.low ?? point.normal?.[0] ?? 10) * 0.9
}

/** Derives the alarm's state and the state of its facility. */
export function settle(city: City, alarm: AlarmView): void {
  alarm.state = alarm.outOfService
    ? 'out-of-service'
    : alarm.suppressed
      ? 'suppressed-by-design'
      : alarm.shelved
        ? 'shelved'
        : alarm.active
          ? alarm.acknowledged
            ? 'acknowledged'
            : 'unacknowledged'
          : alarm.acknowledged
            ? alarm.latched
              ? 'latched'
              : 'normal'
            : 'rtn-unacknowledged'
  const facility = city.facilities.find(({ id }) => id === alarm.facility)
  if (!facility) return
  const own = [...city.alarms.values()].filter((one) => one.facility === facility.id && one.active && !one.shelved)
  const worst = (['critical', 'high', 'medium', 'low'] as const).find((priority) => own.some((one) => one.priority === priority))
  const silent = own.some(({ rule }) => rule === 'silence')
  city.states.set(
    facility.number,
    facility.mode === 'out-of-service' ? 'out-of-service' : silent && worst !== 'critical' ? 'no-report' : (worst ?? 'normal'),
  )
}

function emptyTimeline(now: number): Snapshot['timeline'] {
  const last = Math.floor(now / quarter) * quarter
  return Array.from({ length: 96 }, (_, i) => ({ at: last - (95 - i) * quarter, critical: 0, high: 0, medium: 0, low: 0 }))
}

/** The fake value of a point at a time: inside its normal band, but past its limit while one of its alarms stands. */
export function valueAt(city: City, facility: FacilityView, point: PointView, at: number): number | boolean | string {
  if (point.type === 'boolean') return Math.floor(at / hour) % 5 === 0
  if (point.type === 'state') return point.states[Math.floor(at / (3 * hour)) % point.states.length]?.key ?? ''
  const [low, high] = point.normal ?? point.plausible ?? [0, 1]
  const wave = 0.5 + 0.22 * Math.sin(at / (20 * minute) + facility.number) + 0.08 * Math.sin(at / 7000 + point.key.length)
  const alarm = [...city.alarms.values()].find((one) => one.facility === facility.id && one.evidence.values[point.key] !== undefined)
  const healthy = low + (high - low) * wave * (point.normal ? 1 : 0.02)
  const proof = alarm?.evidence.values[point.key]
  return alarm && typeof proof === 'number' && at > alarm.activated - 2 * minute ? proof * (1 + 0.04 * Math.sin(at / 9000)) : healthy
}

/** A down-sampled series with an hour without reports in it when it is long enough. */
export function seriesOf(city: City, facility: FacilityView, point: PointView, from: number, to: number, buckets: number): SeriesView {
  const step = Math.max(1, (to - from) / buckets)
  const series = {
    point: point.key,
    at: [] as number[],
    min: [] as number[],
    max: [] as number[],
    mean: [] as number[],
    last: [] as number[],
    count: [] as number[],
  }
  for (let i = 0; i < buckets; i++) {
    const at = from + i * step
    if (i > buckets * 0.4 && i < buckets * 0.46 && to - from > hour) continue
    const raw = valueAt(city, facility, point, at)
    const value = typeof raw === 'number' ? raw : typeof raw === 'boolean' ? Number(raw) : point.states.findIndex(({ key }) => key === raw)
    const spread = point.type === 'number' ? Math.abs(value) * 0.03 * Math.min(1, step / minute) : 0
    series.at.push(at)
    series.mean.push(value)
    series.last.push(value)
    series.min.push(value - spread)
    series.max.push(value + spread)
    series.count.push(5)
  }
  return series
}
