import { isInScope, type Scope, scopeKey } from '../access/scope.ts'
import type { Alarm } from '../alarms/alarm.ts'
import { lightingProgrammes } from '../control/lighting-programme.ts'
import { askedAt } from '../detection/expected.ts'
import { type Detection, facilityTime } from '../detection/state.ts'
import { fedFrom } from '../detection/supply.ts'
import type { CircuitState, FedCircuit, LampGrouping, LampOnPage, LampOnRates, LampOnRow } from '../edges/lamp-on-rates.ts'
import type { FacilityKind } from '../facilities/facility-kind.ts'
import { type Facility, hasController, type Plant, type RoadClass } from '../facilities/plant.ts'
import {
  type Integrity,
  integrityOf,
  type LampPlace,
  type LightFigures,
  lightFigures,
  noLight,
  placeKey,
} from '../operations/lamp-history.ts'
import {
  addTally,
  type CircuitLamps,
  countLamp,
  emptyTally,
  estimatedShare,
  type LampFinding,
  type LampTally,
  lampFinding,
  lampFindings,
  lampOnRate,
  targetOf,
} from '../operations/lamp-on-rate.ts'
import { minutes, seconds } from '../telemetry/duration.ts'
import type { ServiceParts } from './parts.ts'

type Parts = Pick<ServiceParts, 'plant' | 'detector' | 'pipeline' | 'register' | 'now'>

/** All lamps are looked at again when somebody asks and the last look is older, ms: 100 consoles cost as much as one. */
const LOOK_AGE = seconds(5)
/** A report from shortly before the cabinet told that the circuit is on was sent after it was, ms at most. */
const LONGEST_LAG = minutes(5)
/** Answers kept of one look, for consoles of one scope. */
const KEPT_PAGES = 16

/** Lamps, or cabinets, that differ in nothing that rates are told by. */
interface Cell {
  readonly sample: Facility
  readonly place: LampPlace
  readonly members: Facility[]
  tally: LampTally
  light: LightFigures
}

/** What was known of all lamps at one moment. */
interface Look {
  at: number
  revision: number
  /** By facility number, index into `lampFindings`. */
  findings: Uint8Array
  /** By facility number, the lit part of its circuit's estimated lamps. */
  shares: Float32Array
  pages: Map<string, Rows>
}

interface Rows {
  total: LampOnRow
  rows: readonly LampOnRow[]
}

type Programme = ReturnType<typeof lightingProgrammes>

/** Estimated and other lamps of one circuit. */
interface Circuit extends CircuitLamps {
  counted: { drawing: number; missing: number }
  lamps: Facility[]
}

/** Counts lit lamps for whoever asks, all at once and now and then. */
export function lampOnRates(parts: Parts): LampOnRates {
  const { plant, now } = parts
  /** Whatever the programme is, its savings are told against the whole night. */
  const byTheSun = lightingProgrammes()
  let cells: Cell[] = []
  let look: Look | undefined

  function current(): Look {
    const at = now()
    if (look && look.revision === plant.revision && Math.abs(at - look.at) < LOOK_AGE) return look
    if (look?.revision !== plant.revision) cells = cellsOf(plant)
    look = lookAt(parts, cells, byTheSun, at)
    return look
  }

  function rowsOf({ pages }: Look, by: LampGrouping, scope: Scope): Rows {
    const key = `${by}\n${scopeKey(scope)}`
    const known = pages.get(key)
    if (known) return known
    const own = cells.filter(({ sample }) => isInScope(scope, sample))
    const found = { rows: group(own, by), total: rowOfCells('', own) }
    pages.set(key, found)
    if (pages.size > KEPT_PAGES) pages.delete(pages.keys().next().value as string)
    return found
  }

  return {
    places() {
      current()
      return cells.map(({ place, light }) => ({ place, light }))
    },
    rates(by, scope, after, limit): LampOnPage {
      const seen = current()
      const { rows: all, total } = rowsOf(seen, by, scope)
      const from = after === undefined ? 0 : all.findIndex(({ key }) => key > after)
      const rows = from < 0 ? [] : all.slice(from, from + limit)
      const isLast = from < 0 || from + limit >= all.length
      return { at: seen.at, total, rows, next: isLast ? null : (rows.at(-1)?.key ?? null) }
    },
    ofLamps,
    circuits(feeder, scope): FedCircuit[] {
      const fed = [...plant.fedBy(feeder.id)].filter((facility) => isInScope(scope, facility))
      const byCircuit = Map.groupBy(fed, ({ circuit }) => circuit)
      return [...byCircuit]
        .sort(([a], [b]) => (a ?? Number.POSITIVE_INFINITY) - (b ?? Number.POSITIVE_INFINITY))
        .map(([circuit, facilities]) => {
          const alarm = unfedBy(facilities[0] as Facility, parts)
          const state = alarm ? 'dead' : circuitState(feeder, circuit, parts, now())
          const cause = alarm && plant.get(alarm.facility)
          return {
            circuit,
            state,
            alarm: alarm && cause && isInScope(scope, cause) ? alarm.id : null,
            facilities: facilities.length,
            row: ofLamps(facilities).row,
          }
        })
    },
  }

  function ofLamps(facilities: Iterable<Facility>): ReturnType<LampOnRates['ofLamps']> {
    const { at, findings: found, shares } = current()
    const tally = emptyTally()
    const findings: [Facility, LampFinding][] = []
    const classes = new Set<RoadClass | null>()
    for (const facility of facilities) {
      if (!facility.kind.light) continue
      const finding = lampFindings[found[facility.number] as number] as LampFinding
      countLamp(tally, finding, targetOf(facility.roadClass), shares[facility.number])
      classes.add(facility.roadClass)
      findings.push([facility, finding])
    }
    return { at, row: rowOf('', classes, tally, null), findings }
  }
}

/** Cabinets are counted for the integrity of what is fed by them. */
const isGear = ({ domain }: FacilityKind) => domain === 'cabinets'

function cellsOf(plant: Plant): Cell[] {
  const cells = new Map<string, Cell>()
  for (const facility of plant) {
    const { id, kind, district, road, roadClass, keyArea, fedBy } = facility
    if (!kind.light && !isGear(kind)) continue
    const place: LampPlace = { district, road, roadClass, keyArea, feeder: isGear(kind) ? id : (fedBy ?? '') }
    const key = `${kind.key}\n${placeKey(place)}`
    const known = cells.get(key)
    if (known) known.members.push(facility)
    else cells.set(key, { sample: facility, place, members: [facility], tally: emptyTally(), light: noLight() })
  }
  return [...cells.values()]
}

const rowOf = (key: string, classes: ReadonlySet<RoadClass | null>, tally: LampTally, integrity: Integrity | null): LampOnRow => ({
  key,
  roadClass: classes.size === 1 ? ([...classes][0] ?? null) : null,
  tally,
  rate: lampOnRate(tally),
  integrity,
})

const groupKey: Readonly<Record<LampGrouping, (facility: Facility) => string>> = {
  road: ({ road }) => road,
  district: ({ district }) => district,
  class: ({ roadClass }) => roadClass ?? '',
  'key-area': ({ keyArea }) => (keyArea ? 'yes' : 'no'),
}

/** A road on which nothing but a cabinet stands has no rate. */
function group(cells: readonly Cell[], by: LampGrouping): LampOnRow[] {
  const groups = Map.groupBy(cells, ({ sample }) => groupKey[by](sample))
  const lit = [...groups].filter(([, own]) => own.some(isOfLamps))
  return lit.map(([key, own]) => rowOfCells(key, own)).sort((a, b) => (a.key < b.key ? -1 : 1))
}

const isOfLamps = ({ sample }: Cell) => sample.kind.light !== null

function rowOfCells(key: string, all: readonly Cell[]): LampOnRow {
  const ofLamps = all.filter(isOfLamps)
  const tally = emptyTally()
  for (const cell of ofLamps) addTally(tally, cell.tally)
  return rowOf(key, new Set(ofLamps.map(({ sample }) => sample.roadClass)), tally, integrityOf(all))
}

function lookAt(parts: Parts, cells: readonly Cell[], byTheSun: Programme, at: number): Look {
  const { plant, register } = parts
  let highest = 0
  for (const { members } of cells) highest = Math.max(highest, members.at(-1)?.number ?? 0)
  const findings = new Uint8Array(highest + 1)
  const shares = new Float32Array(highest + 1)
  const levels = new Float32Array(highest + 1)
  const circuits = new Circuits(parts, at)
  const isNightAt = (lamp: Facility) => (byTheSun((lamp.fedBy !== null && plant.get(lamp.fedBy)) || lamp, at)?.level ?? 0) > 0
  const broken = new Set([...register.live()].filter(isFault).map(({ facility }) => facility))
  for (const cell of cells) {
    const { members, light } = cell
    for (const key of lightFigures) light[key] = 0
    light.facilities = members.length
    for (const { id, mode } of members) if (mode === 'auto' && !broken.has(id)) light.intact++
    if (!isOfLamps(cell)) continue
    for (const lamp of members) {
      const circuit = hasController(lamp) ? undefined : circuits.of(lamp)
      const { finding, drawn, level } = seenLamp(lamp, circuit !== undefined, parts, at)
      findings[lamp.number] = lampFindings.indexOf(finding)
      if (finding === 'estimated') circuit?.lamps.push(lamp)
      levels[lamp.number] = level
      countPower(light, lamp, { finding, drawn, level, isNight: isNightAt(lamp) })
    }
  }
  for (const circuit of circuits.estimated()) {
    for (const lamp of plant.fedBy(circuit.feeder)) {
      const finding = lamp.circuit === circuit.number && lamp.kind.light ? lampFindings[findings[lamp.number] as number] : undefined
      if (finding === 'lit' || finding === 'dark' || finding === 'unknown' || finding === 'estimated') circuit[finding]++
    }
    const share = estimatedShare(circuit, circuit.counted)
    for (const { number } of circuit.lamps) shares[number] = share
  }
  for (const cell of cells) {
    if (!isOfLamps(cell)) continue
    cell.tally = emptyTally()
    const target = targetOf(cell.sample.roadClass)
    for (const lamp of cell.members) {
      const finding = lampFindings[findings[lamp.number] as number] as LampFinding
      const share = shares[lamp.number] as number
      countLamp(cell.tally, finding, target, share)
      if (finding === 'estimated') countGuess(cell.light, lamp, share, levels[lamp.number] as number)
    }
    const { lit, dark, unknown, estimated, estimatedLit } = cell.tally
    Object.assign(cell.light, { lit, dark, unknown, estimated, estimatedLit })
  }
  return { at, revision: plant.revision, findings, shares, pages: new Map() }
}

/** What somebody else's fault does to a facility is no fault of its own. */
const isFault = ({ active, suppressed }: Alarm) => active && suppressed === null

/** Circuits whose lamps are counted by their current, as far as somebody hangs on them who has no controller. */
class Circuits {
  readonly #known = new Map<string, (Circuit & { feeder: string; number: number }) | undefined>()
  readonly #parts: Parts
  readonly #at: number

  constructor(parts: Parts, at: number) {
    this.#parts = parts
    this.#at = at
  }

  of({ fedBy, circuit }: Facility): Circuit | undefined {
    if (fedBy === null || circuit === null) return undefined
    const key = `${circuit}\n${fedBy}`
    if (this.#known.has(key)) return this.#known.get(key)
    const counted = this.#count(fedBy, circuit)
    const found = counted && { counted, feeder: fedBy, number: circuit, lamps: [], lit: 0, dark: 0, unknown: 0, estimated: 0 }
    this.#known.set(key, found)
    return found
  }

  *estimated() {
    for (const circuit of this.#known.values()) if (circuit && circuit.lamps.length > 0) yield circuit
  }

  /** Undefined where the cabinet has said nothing for too long, or does not count. */
  #count(feeder: string, circuit: number): Circuit['counted'] | undefined {
    const facility = this.#parts.plant.get(feeder)
    const state = facility && this.#parts.detector.state(facility.number)
    if (!facility || !state || !isFresh(state, state.lastReport, this.#at)) return undefined
    const { layout, settings, values } = state
    const rule = facility.kind.rules.findIndex(({ lamps }) => lamps?.circuit === circuit)
    const setting = settings[rule]
    if (!setting) return undefined
    return facility.kind.rules[rule]?.lamps?.count(state, setting.parameters, values, layout.memories[rule] as number)
  }
}

/** By its own clock where that is right, whatever the program was not running for. */
const isFresh = (state: Detection, reported: number, at: number) => at - state.trueTime(reported) <= state.patience

/** What is known of a lamp, and its power. */
interface Lamp {
  finding: LampFinding
  /** W that it says it draws; NaN where it says nothing that is new enough. */
  drawn: number
  /** Light that is asked of it, of full light. */
  level: number
}

function seenLamp(lamp: Facility, isCounted: boolean, parts: Parts, at: number): Lamp {
  const state = parts.detector.state(lamp.number)
  const { light, expected } = lamp.kind
  const isInService = lamp.mode === 'auto'
  if (!state || !light || !isInService) return { finding: isInService ? 'unknown' : 'exempt', drawn: Number.NaN, level: Number.NaN }
  const time = Number.isNaN(state.lastReport) ? at : facilityTime(state, at)
  const ofLevel = expected.get(light.command)
  // By our clock: the facility's own stands still where it was silent while the program did not run, maybe over dawn.
  const asked = ofLevel && askedAt(state, light.command, at - (state.trueTime(at) - at), ofLevel)
  const level = asked ? asked.value / ofLevel(1, state.rated) : Number.NaN
  const dueSince = asked && (asked.value > 0 ? (asked.step?.litFrom ?? asked.step?.from ?? Number.NEGATIVE_INFINITY) : null)
  const shown = state.values[light.shows] as number
  const isKnown = !Number.isNaN(shown) && !state.bad?.has(light.shows)
  const report = isKnown ? { at: state.trueTime(state.times[light.shows] as number), isLit: light.isLit(shown, state.rated) } : null
  // The rest is looked up only where it matters.
  if (typeof dueSince !== 'number') {
    const known = { isInService, dueSince, freshFrom: at, report: null, unfedAt: Number.NaN, hasController: true, isCounted }
    // What it said before its circuit was switched off it does not draw any more.
    const isBurning =
      report?.isLit &&
      report.at >= at - state.patience &&
      !(unfedAt(lamp, fedFrom(state, time) > time ? state.feeder : null, parts, at) >= report.at)
    return { finding: lampFinding(known), drawn: isBurning ? shown : Number.NaN, level }
  }
  const fed = fedFrom(state, time)
  const sinceFed = Number.isFinite(fed) && fed <= time ? at - (time - fed) - lagOf(state.feeder) : Number.NEGATIVE_INFINITY
  const finding = lampFinding({
    isInService,
    dueSince,
    freshFrom: Math.max(at - state.patience, sinceFed),
    report,
    unfedAt: unfedAt(lamp, fed > time ? state.feeder : null, parts, at),
    hasController: hasController(lamp),
    isCounted,
  })
  return { finding, drawn: finding === 'lit' ? shown : Number.NaN, level }
}

const isDue = (finding: LampFinding) => finding === 'lit' || finding === 'dark' || finding === 'unknown' || finding === 'estimated'

/** What a lamp draws, and what it would draw at full light now and from dusk to dawn. */
function countPower(light: LightFigures, lamp: Facility, { finding, drawn, isNight }: Lamp & { isNight: boolean }): void {
  const full = fullPower(lamp)
  if (finding === 'lit') {
    light.drawn += drawn
    light.full += full
  }
  if (finding === 'not-due' && !Number.isNaN(drawn)) light.wasted += drawn
  if (isDue(finding)) light.due += full
  if (isNight && finding !== 'exempt' && finding !== 'unscheduled') light.night += full
}

/** W at full light. */
const fullPower = ({ kind, rated }: Facility): number => kind.light?.full({ ...kind.rated, ...rated }) ?? 0

/** Of a lamp of which only its circuit tells: `share` of it is lit. */
function countGuess(light: LightFigures, lamp: Facility, share: number, level: number): void {
  const full = fullPower(lamp) * share
  light.guessedFull += full
  light.guessed += full * Math.min(1, level)
}

const lagOf = (feeder: Detection | null) => Math.min(LONGEST_LAG, feeder && feeder.usualInterval > 0 ? feeder.usualInterval : 0)

/** When it was known last that nothing feeds it: by an alarm of what feeds it, or by `feeder`, which said that the circuit is off. */
function unfedAt(lamp: Facility, feeder: Detection | null, parts: Parts, at: number): number {
  if (lamp.fedBy === null) return Number.NaN
  const told = feeder && isFresh(feeder, feeder.lastReport, at) ? feeder.trueTime(feeder.lastReport) : Number.NaN
  const alarm = unfedBy(lamp, parts)
  if (!alarm) return told
  return Number.isNaN(told) ? alarm.activated : Math.max(told, alarm.activated)
}

/** The alarm by which nothing feeds a facility. */
export function unfedBy(facility: Facility, { plant, pipeline }: Pick<Parts, 'plant' | 'pipeline'>): Alarm | undefined {
  const alarm = pipeline.cutOffBy(facility)
  const rules = alarm && plant.get(alarm.facility)?.kind.rules
  return rules?.find(({ key }) => key === alarm?.rule)?.deprives?.of.includes('supply') ? alarm : undefined
}

function circuitState(feeder: Facility, circuit: number | null, { detector }: Parts, at: number): CircuitState {
  const state = detector.state(feeder.number)
  const count = feeder.kind.circuits.length
  if (!state || circuit === null || circuit > count || !isFresh(state, state.lastReport, at)) return 'unknown'
  const since = state.values[state.layout.circuits + circuit - 1] as number
  return Number.isNaN(since) ? 'unknown' : Number.isFinite(since) ? 'on' : 'off'
}
