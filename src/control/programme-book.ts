import type { ProgrammeStep } from '../detection/expected.ts'
import { type FacilityQuery, matchesFacility, parseFacilityQuery, type QueriedFacility } from '../facilities/facility-query.ts'
import { makeRoom } from '../telemetry/make-room.ts'
import type { Position } from './astronomical-clock.ts'
import { type ControlProgramme, type LevelChange, type Night, nightChanges, nightOf } from './control-programme.ts'
import { duskToDawn } from './lighting-programme.ts'
import { programmeOn } from './programme-calendar.ts'
import { type ProgrammeOverride, type ProgrammeVersion, spanOf } from './programme-set.ts'

/** Degrees of one cell; what lies in one switches together, some seconds from the sun's own time. */
const CELLS_PER_DEGREE = 100
/** Spans of nights that are remembered with what is in force in them. */
const MOST_WINDOWS = 60

/** Full light from dusk to dawn. */
const usual: Pick<ControlProgramme, 'steps'> = {
  steps: [
    { anchor: 'dusk', minutes: 0, level: 100 },
    { anchor: 'dawn', minutes: 0, level: 0 },
  ],
}

/** A facility as far as its programme depends on it; what a query looks at is looked for where there is one. */
export interface Programmed {
  readonly id?: string
  readonly position?: Position | null
  readonly kind?: { readonly circuits?: readonly number[] }
}

/** What made a light: `own` is false where nothing that is configured is for the facility itself. */
export interface BookedChange extends LevelChange {
  own: boolean
  override: ProgrammeOverride | null
  version: ProgrammeVersion | null
  assignment: string | null
  /** Id of the control programme; null for the usual one from dusk to dawn, and for a plain level. */
  programme: string | null
}

export interface ProgrammeHistory {
  /** In order of time. */
  versions: readonly ProgrammeVersion[]
  /** In order of their making. */
  overrides: readonly ProgrammeOverride[]
}

export interface ProgrammeBookParts {
  utcOffset: (at: number) => number
  /** What a facility feeds, and a number that changes with it. */
  plant?: { fedBy(feeder: string): Iterable<Programmed>; readonly revision: number }
}

interface Version extends ProgrammeVersion {
  assigned: readonly { id: string; query: FacilityQuery; calendar: string }[]
  programmesById: ReadonlyMap<string, ControlProgramme>
  holidayDates: ReadonlySet<string>
}

interface Override {
  override: ProgrammeOverride
  from: number
  until: number
  query: FacilityQuery
}

/** What may be in force between two moments. */
interface Window {
  from: number
  until: number
  versions: readonly Version[]
  overrides: readonly Override[]
}

/** A step, and until when that is all there is to say of it. */
interface Present {
  step: ProgrammeStep
  until: number
}

/** A window with what was found in it. */
interface KnownWindow extends Window {
  timelines: Map<string, readonly BookedChange[]>
  found: WeakMap<object, { plant: number; changes: readonly BookedChange[] }>
  /** By timeline: the part of it that was asked for last, which many facilities share. */
  cuts: WeakMap<readonly BookedChange[], { from: number; until: number; cut: readonly BookedChange[] }>
  /** By timeline: the step looked up last, and from when on it is all there is to say. */
  present: WeakMap<readonly BookedChange[], Present & { since: number }>
}

/** The part of a window that is for one facility. */
interface Profile {
  assignments: readonly (Version['assigned'][number] | null)[]
  overrides: readonly Override[]
}

/** Which light each facility should give at any time, by what was configured and overridden then; full light from dusk to dawn where nothing was. */
export class ProgrammeBook {
  readonly #parts: ProgrammeBookParts
  #versions: readonly Version[] = []
  #overrides: readonly Override[] = []
  #windows = new Map<string, KnownWindow>()
  /** The night asked for last, for which many ask. */
  #night: { from: number; until: number; window: KnownWindow } | null = null
  /** The span whose changes were asked for last. */
  #span: { from: number; until: number; window: KnownWindow } | null = null
  #revision = 0

  constructor(parts: ProgrammeBookParts, history: ProgrammeHistory = { versions: [], overrides: [] }) {
    this.#parts = parts
    this.set(history)
  }

  /** Counts the changes of the book. */
  get revision(): number {
    return this.#revision
  }

  set({ versions, overrides }: ProgrammeHistory): void {
    this.#versions = versions.map(readVersion)
    this.#overrides = overrides.flatMap((override) => {
      const { from, until } = spanOf(override)
      return until > from ? [{ override, from, until, query: parseFacilityQuery(override.query) }] : []
    })
    this.#windows.clear()
    this.#night = null
    this.#span = null
    this.#revision++
  }

  /** One who asks for one time after another: it remembers the present step of each facility, undefined for one without a place. */
  reader(): (facility: Programmed, at: number) => ProgrammeStep | undefined {
    const known = new WeakMap<object, { revision: number; plant: number; found: Present }>()
    return (facility, at) => {
      const { position } = facility
      if (!position) return undefined
      // Facilities of one place share what the sun says alone.
      const key = this.#isEmpty ? position : facility
      const plant = this.#plantRevision(facility)
      const before = known.get(key)
      if (before && before.revision === this.#revision && before.plant === plant) {
        const { step, until } = before.found
        if (at >= step.from && at < until) return step
      }
      const found = this.#present(facility, position, at)
      known.set(key, { revision: this.#revision, plant, found })
      return found.step
    }
  }

  /** What is asked of a facility at a moment, ms since 1970; undefined without a place. */
  step(facility: Programmed, at: number): ProgrammeStep | undefined {
    return facility.position ? this.#present(facility, facility.position, at).step : undefined
  }

  #present(facility: Programmed, position: Position, at: number): Present {
    const window = this.#windowAt(at)
    const changes = window ? this.#changesOf(facility, position, window) : []
    if (!window || !changes.some(({ own }) => own)) {
      const step = duskToDawn(position, at)
      return { step, until: Math.min(step.until, window?.until ?? step.until) }
    }
    // What stands in one place of the city is at one step at a time.
    const known = window.present.get(changes)
    if (known && at >= known.since && at < known.until) return known
    const found = {
      since: (changes.findLast((change) => change.at <= at) ?? changes[0])?.at ?? window.from,
      ...presentOf(changes, at, window.until),
    }
    window.present.set(changes, found)
    return found
  }

  /** The changes of a facility's light between two moments, the first one at `from`; empty without a place. Facilities of one light get one list. */
  changes(facility: Programmed, from: number, until: number): readonly BookedChange[] {
    const { position } = facility
    if (!position) return []
    const window = this.#windowOf(from, until)
    const changes = this.#changesOf(facility, position, window)
    const known = window.cuts.get(changes)
    if (known && known.from === from && known.until === until) return known.cut
    const first = changes.findLastIndex(({ at }) => at <= from)
    const cut = changes
      .slice(Math.max(0, first))
      .filter(({ at }) => at < until)
      .map((change, i) => (i === 0 ? { ...change, at: from } : change))
    window.cuts.set(changes, { from, until, cut })
    return cut
  }

  /** The nights of a span; many facilities are asked for one. */
  #windowOf(from: number, until: number): KnownWindow {
    if (this.#span?.from === from && this.#span.until === until) return this.#span.window
    const { utcOffset } = this.#parts
    const window = this.#known(nightOf(from, utcOffset).from, nightOf(until - 1, utcOffset).until)
    this.#span = { from, until, window }
    return window
  }

  get isConfigured(): boolean {
    return !this.#isEmpty
  }

  get #isEmpty(): boolean {
    return this.#versions.length === 0 && this.#overrides.length === 0
  }

  #plantRevision({ kind }: Programmed): number {
    return kind?.circuits?.length ? (this.#parts.plant?.revision ?? 0) : 0
  }

  /** The night of a moment with those beside it; undefined where nothing is configured in it. */
  #windowAt(at: number): KnownWindow | undefined {
    if (this.#isEmpty) return undefined
    const { utcOffset } = this.#parts
    if (!this.#night || at < this.#night.from || at >= this.#night.until) {
      const { from, until } = nightOf(at, utcOffset)
      this.#night = { from, until, window: this.#known(nightOf(from - 1, utcOffset).from, nightOf(until, utcOffset).until) }
    }
    const { window } = this.#night
    return window.versions.length > 0 || window.overrides.length > 0 ? window : undefined
  }

  #known(from: number, until: number): KnownWindow {
    const key = `${from} ${until}`
    const known = this.#windows.get(key)
    if (known) return known
    const window = { ...this.#window(from, until), timelines: new Map(), found: new WeakMap(), cuts: new WeakMap(), present: new WeakMap() }
    this.#windows.set(key, window)
    makeRoom(this.#windows, MOST_WINDOWS)
    return window
  }

  #window(from: number, until: number): Window {
    const begun = this.#versions.findLastIndex((version) => version.at <= from)
    const versions = this.#versions.filter((version, i) => i === begun || (version.at > from && version.at < until))
    return { from, until, versions, overrides: this.#overrides.filter((one) => one.from < until && one.until > from) }
  }

  #changesOf(facility: Programmed, position: Position, window: KnownWindow): readonly BookedChange[] {
    const plant = this.#plantRevision(facility)
    const known = window.found.get(facility)
    if (known && known.plant === plant) return known.changes
    let changes = this.#timelineOf(facility, position, window)
    if (facility.id !== undefined && facility.kind?.circuits?.length) {
      const fed = new Set<readonly BookedChange[]>()
      for (const one of this.#parts.plant?.fedBy(facility.id) ?? []) {
        const lamp = one.position && this.#timelineOf(one, one.position, window)
        if (lamp?.some(({ own }) => own)) fed.add(lamp)
      }
      changes = liftedBy(changes, fed)
    }
    window.found.set(facility, { plant, changes })
    return changes
  }

  #timelineOf(facility: Programmed, position: Position, window: KnownWindow): readonly BookedChange[] {
    const profile = profileOf(facility, window)
    const cell = position.map((degrees) => Math.round(degrees * CELLS_PER_DEGREE) / CELLS_PER_DEGREE) as [number, number]
    const key = [
      ...profile.assignments.map((assignment) => assignment?.id ?? ''),
      ...profile.overrides.map(({ override }) => `#${override.id}`),
      ...cell,
    ].join(' ')
    const known = window.timelines.get(key)
    if (known) return known
    const timeline = this.#timeline(profile, cell, window)
    window.timelines.set(key, timeline)
    return timeline
  }

  #timeline({ assignments, overrides }: Profile, position: Position, window: Window): readonly BookedChange[] {
    const { utcOffset } = this.#parts
    const nights: Night[] = []
    for (let at = window.from; at < window.until; at = nights.at(-1)?.until ?? window.until) nights.push(nightOf(at, utcOffset))
    const known = new Map<string, LevelChange[]>()
    const levelsOf = (programme: Pick<ControlProgramme, 'steps'>, key: string, night: Night): LevelChange[] => {
      const found = known.get(`${key} ${night.date}`) ?? nightChanges(programme, night, position, utcOffset)
      known.set(`${key} ${night.date}`, found)
      return found
    }
    const { versions } = window
    const times = new Set([window.from])
    const add = (at: number) => {
      if (at > window.from && at < window.until) times.add(at)
    }
    for (const { at } of versions) add(at)
    for (const { from, until } of overrides) {
      add(from)
      add(until)
    }
    const base = (
      at: number,
    ): { programme: Pick<ControlProgramme, 'steps'>; id: string | null; key: string; version: number; night: Night } => {
      const night = nights.findLast(({ from }) => from <= at) as Night
      const version = versions.findLastIndex((one) => one.at <= at)
      const assignment = assignments[version]
      const one = versions[version]
      const calendar = assignment && one?.calendars.find(({ id }) => id === assignment.calendar)
      const id = calendar && one ? programmeOn(calendar, night.date, one.holidayDates) : null
      const programme = id === null ? undefined : one?.programmesById.get(id)
      return programme
        ? { programme, id, key: `${version} ${id}`, version, night }
        : { programme: usual, id: null, key: '', version, night }
    }
    const byOverride = (at: number): Override | undefined => {
      const present = overrides.filter(({ from, until }) => from <= at && at < until)
      const most = (some: readonly Override[]) => some.toSorted((a, b) => (a.override.level ?? 0) - (b.override.level ?? 0)).at(-1)
      return present.findLast(({ override }) => override.condition === null) ?? most(present)
    }
    // Every control programme that may count in a night says when something may change.
    for (const night of nights) {
      add(night.from)
      for (const at of [night.from, ...versions.map((one) => one.at)]) {
        if (at < night.from || at >= night.until) continue
        const { programme, key } = base(at)
        for (const change of levelsOf(programme, key, night)) add(change.at)
      }
      for (const { override } of overrides) {
        if (override.programme === null) continue
        for (const [i, { programmesById }] of versions.entries()) {
          const programme = programmesById.get(override.programme)
          if (programme) for (const change of levelsOf(programme, `${i} ${override.programme}`, night)) add(change.at)
        }
      }
    }
    const levelAt = (changes: readonly LevelChange[], at: number) => changes.findLast((change) => change.at <= at)?.level ?? 0
    const found: BookedChange[] = []
    for (const at of [...times].sort((a, b) => a - b)) {
      const { programme, id, key, version, night } = base(at)
      const own = assignments[version] != null
      const planned = levelAt(levelsOf(programme, key, night), at)
      const change: BookedChange = {
        ...{ at, level: planned, own, override: null, programme: id },
        ...{ version: versions[version] ?? null, assignment: assignments[version]?.id ?? null },
      }
      const over = byOverride(at)
      if (over)
        Object.assign(
          change,
          overridden(change, over.override, versions[version], (other) => levelAt(levelsOf(other, `${version} ${other.id}`, night), at)),
        )
      const last = found.at(-1)
      if (last && isSame(last, change)) continue
      found.push(change)
    }
    return found
  }
}

/** Equal light is one step, whatever asks for it; who asks for it may change before it ends. */
function presentOf(changes: readonly BookedChange[], at: number, end: number): Present {
  const place = Math.max(
    0,
    changes.findLastIndex((change) => change.at <= at),
  )
  const { level, own } = changes[place] as BookedChange
  let first = place
  while (first > 0 && changes[first - 1]?.level === level) first--
  const next = changes.find((change) => change.at > at && change.level !== level)
  let lit = first
  while (level > 0 && lit > 0 && (changes[lit - 1] as BookedChange).level > 0) lit--
  const step = {
    ...{ level, from: (changes[first] as BookedChange).at, until: next?.at ?? end },
    ...(lit < first && { litFrom: (changes[lit] as BookedChange).at }),
    ...(own && { isOwn: true }),
  }
  return { step, until: changes[place + 1]?.at ?? end }
}

const isSame = (a: BookedChange, b: BookedChange) =>
  a.level === b.level && a.own === b.own && a.override === b.override && a.assignment === b.assignment && a.programme === b.programme

function overridden(
  planned: BookedChange,
  override: ProgrammeOverride,
  version: Version | undefined,
  levelOf: (programme: ControlProgramme) => number,
): Partial<BookedChange> {
  const programme = override.programme === null ? undefined : version?.programmesById.get(override.programme)
  if (programme) return { level: levelOf(programme), own: true, override, programme: programme.id }
  if (override.level === null) return {}
  const level = override.level / 100
  // A sensor asks for more light, never for less.
  if (override.condition !== null && planned.level >= level) return {}
  return { level, own: true, override, programme: null }
}

function readVersion(version: ProgrammeVersion): Version {
  return {
    ...version,
    assigned: version.assignments.map(({ id, query, calendar }) => ({ id, query: parseFacilityQuery(query), calendar })),
    programmesById: new Map(version.programmes.map((programme) => [programme.id, programme])),
    holidayDates: new Set(version.holidays),
  }
}

function profileOf(facility: Programmed, { versions, overrides }: Window): Profile {
  const queried = facility as unknown as QueriedFacility
  return {
    assignments: versions.map(({ assigned }) => assigned.find(({ query }) => matchesFacility(query, queried)) ?? null),
    overrides: overrides.filter(({ query }) => matchesFacility(query, queried)),
  }
}

/** What feeds lamps carries voltage while any of them should burn by what is configured for itself. */
function liftedBy(changes: readonly BookedChange[], lamps: Iterable<readonly BookedChange[]>): readonly BookedChange[] {
  const timelines = [...lamps]
  if (timelines.length === 0) return changes
  const times = [...new Set([changes, ...timelines].flatMap((one) => one.map(({ at }) => at)))].sort((a, b) => a - b)
  const lifted: BookedChange[] = []
  for (const at of times) {
    let present = changes.findLast((change) => change.at <= at) as BookedChange
    if (present.level === 0) {
      const lit = timelines.map((timeline) => timeline.findLast((change) => change.at <= at)).filter((lamp) => lamp?.own && lamp.level > 0)
      present = lit.sort((a, b) => (b?.level ?? 0) - (a?.level ?? 0))[0] ?? present
    }
    const last = lifted.at(-1)
    if (!last || !isSame(last, present)) lifted.push({ ...present, at })
  }
  return lifted
}
