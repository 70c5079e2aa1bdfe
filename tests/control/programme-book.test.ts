import { describe, expect, test } from 'vitest'
import { duskAndDawn, nightOf } from '../../src/control/control-programme.ts'
import { duskToDawn } from '../../src/control/lighting-programme.ts'
import { utcOffsets } from '../../src/control/local-time.ts'
import { ProgrammeBook, type Programmed } from '../../src/control/programme-book.ts'
import { nothingConfigured, type ProgrammeOverride, type ProgrammeVersion } from '../../src/control/programme-set.ts'
import { lightCabinet } from '../../src/facilities/light-cabinet/index.ts'
import { streetLight } from '../../src/facilities/street-light/index.ts'
import { hours, minutes, seconds } from '../../src/telemetry/duration.ts'

const utcOffset = utcOffsets('Asia/Shanghai')
const place = [114.6, 37.9] as const
const at = (text: string) => Date.parse(`2026-12-${text}+08:00`)

const facility = (id: string, more: object = {}): Programmed & { id: string } =>
  ({
    ...{ id, kind: streetLight, name: id, nameEn: '', district: 'North', road: 'Yuhua Road', roadClass: 'main', keyArea: false, owner: '' },
    ...{ position: place, fedBy: null, circuit: null, gateway: null, labels: {}, rated: {}, mode: 'auto', ...more },
  }) as never

const dimmed: Omit<ProgrammeVersion, 'id' | 'at' | 'by'> = {
  ...nothingConfigured,
  programmes: [
    {
      ...{ id: 'dimmed', name: 'Dimmed', nameEn: '' },
      steps: [
        { anchor: 'dusk', minutes: 0, level: 100 },
        { anchor: 'clock', minutes: 23 * 60, level: 50 },
        { anchor: 'dawn', minutes: 0, level: 0 },
      ],
    },
    {
      id: 'festive',
      name: 'Festive',
      nameEn: '',
      steps: [
        { anchor: 'dusk', minutes: -30, level: 100 },
        { anchor: 'dawn', minutes: 0, level: 0 },
      ],
    },
  ],
  calendars: [{ id: 'roads', name: 'Roads', nameEn: '', lines: [{ on: 'holidays', programme: 'festive' }], usual: 'dimmed' }],
  assignments: [{ id: 'main', name: 'Main roads', nameEn: '', query: 'roadClass=main', calendar: 'roads' }],
  holidays: ['2026-12-12'],
}
const version = (id: number, from: number, more: Partial<ProgrammeVersion> = {}): ProgrammeVersion => ({
  ...dimmed,
  ...more,
  id,
  at: from,
  by: 'test',
})
const override = (id: number, more: Partial<ProgrammeOverride>): ProgrammeOverride => ({
  ...{ id, query: 'road="Yuhua Road"', level: 80, programme: null, from: at('10T20:00'), until: at('10T22:00'), reason: 'fog', by: 'test' },
  ...{ made: at('10T19:00'), ended: null, endedBy: null, plan: null, condition: null, ...more },
})
const book = (
  versions: ProgrammeVersion[] = [],
  overrides: ProgrammeOverride[] = [],
  plant?: ConstructorParameters<typeof ProgrammeBook>[0]['plant'],
) => new ProgrammeBook({ utcOffset, ...(plant && { plant }) }, { versions, overrides })

test('facilities of one light share one list of changes, each span its own', () => {
  const lit = book([version(1, at('01T00:00'))])
  const [one, other] = [facility('SL-1'), facility('SL-2')]
  const night = lit.changes(one, at('10T12:00'), at('11T12:00'))
  expect(lit.changes(other, at('10T12:00'), at('11T12:00'))).toBe(night)
  expect(lit.changes(one, at('10T23:30'), at('11T12:00')).map(({ at: time, level }) => [time, level])).toEqual([
    [at('10T23:30'), 0.5],
    [night.at(-1)?.at, 0],
  ])
  expect(lit.changes(one, at('10T12:00'), at('11T12:00'))).toEqual(night)
})

describe('where nothing is configured', () => {
  test('it is full light from dusk to dawn, to the millisecond', () => {
    const ask = book().reader()
    for (const time of ['10T03:00', '10T12:30', '10T18:00']) expect(ask({ position: place }, at(time))).toEqual(duskToDawn(place, at(time)))
    expect(ask({ position: null }, at('10T18:00'))).toBeUndefined()
  })

  test('so it is for a facility that no assignment finds', () => {
    const branch = facility('SL-2', { roadClass: 'branch' })
    expect(book([version(1, at('01T00:00'))]).step(branch, at('10T23:30'))).toEqual(duskToDawn(place, at('10T23:30')))
  })
})

describe('an assignment', () => {
  test('gives the control programme of the night', () => {
    const ask = book([version(1, at('01T00:00'))]).reader()
    const lamp = facility('SL-1')
    const { dusk } = duskAndDawn(nightOf(at('10T20:00'), utcOffset), place)
    const evening = ask(lamp, at('10T20:00'))
    expect(evening).toMatchObject({ level: 1, until: at('10T23:00'), isOwn: true })
    expect(Math.abs((evening?.from as number) - dusk)).toBeLessThan(seconds(3))
    // Dimmed, it has been lit since dusk: a lamp need not say again that it burns.
    expect(ask(lamp, at('10T23:30'))).toMatchObject({ level: 0.5, from: at('10T23:00'), litFrom: evening?.from })
    expect(evening).not.toHaveProperty('litFrom')
    expect(ask(lamp, at('11T12:30'))?.level).toBe(0)
  })

  test('a holiday begins and ends with its night', () => {
    const ask = book([version(1, at('01T00:00'))]).reader()
    const lamp = facility('SL-1')
    expect(ask(lamp, at('12T23:30'))?.level).toBe(1)
    expect(ask(lamp, at('13T02:00'))?.level).toBe(1)
    expect(ask(lamp, at('13T23:30'))?.level).toBe(0.5)
    const eve = ask(lamp, at('12T12:30'))
    const { dusk } = duskAndDawn(nightOf(at('12T20:00'), utcOffset), place)
    // Dark is dark: that another control programme counts from noon is no change of the light.
    expect(eve?.from).toBeLessThan(at('12T12:00'))
    expect(Math.abs((eve?.until as number) - (dusk - minutes(30)))).toBeLessThan(seconds(3))
  })

  test('the first in the list counts', () => {
    const first = { id: 'key', name: 'Key areas', nameEn: '', query: 'keyArea=yes', calendar: 'festive' }
    const calendars = [...dimmed.calendars, { id: 'festive', name: 'F', nameEn: '', lines: [], usual: 'festive' }]
    const both = book([version(1, at('01T00:00'), { calendars, assignments: [first, ...dimmed.assignments] })])
    expect(both.step(facility('SL-1', { keyArea: true }), at('10T23:30'))?.level).toBe(1)
    expect(both.step(facility('SL-2'), at('10T23:30'))?.level).toBe(0.5)
  })
})

describe('the past', () => {
  test('is judged by the version that was in force', () => {
    const later = version(2, at('10T23:30'), { assignments: [] })
    const ask = book([version(1, at('10T21:00')), later]).reader()
    const lamp = facility('SL-1')
    expect(ask(lamp, at('10T20:00'))?.level).toBe(1)
    expect(ask(lamp, at('10T23:10'))).toMatchObject({ level: 0.5, until: at('10T23:30') })
    expect(ask(lamp, at('10T23:40'))).toMatchObject({ level: 1, from: at('10T23:30') })
    // Back again, as somebody asks who reads a day once more.
    expect(ask(lamp, at('10T23:10'))?.level).toBe(0.5)
  })

  test('a change that leaves the light as it is does not begin it anew', () => {
    const ask = book([version(1, at('01T00:00')), version(2, at('11T01:00'))]).reader()
    expect(ask(facility('SL-1'), at('11T02:00'))).toMatchObject({ level: 0.5, from: at('10T23:00') })
  })
})

describe('an override', () => {
  test('counts from its beginning to its end, and no longer than until it was ended', () => {
    const lamp = facility('SL-1')
    expect(book([], [override(1, {})]).step(lamp, at('10T21:00'))).toMatchObject({
      level: 0.8,
      from: at('10T20:00'),
      until: at('10T22:00'),
    })
    const ended = book([], [override(1, { ended: at('10T20:30') })])
    expect(ended.step(lamp, at('10T20:15'))?.level).toBe(0.8)
    expect(ended.step(lamp, at('10T21:00'))?.level).toBe(1)
    // What is made afterwards changes nothing of what was.
    expect(book([], [override(1, { made: at('10T21:00') })]).step(lamp, at('10T20:30'))?.level).toBe(1)
  })

  test('lights the day too, and takes a control programme', () => {
    const lamp = facility('SL-1')
    const day = override(1, { from: at('10T10:00'), until: at('10T15:00'), made: at('10T09:00') })
    expect(book([], [day]).step(lamp, at('10T13:00'))).toMatchObject({ level: 0.8, from: at('10T10:00'), until: at('10T15:00') })
    const festive = override(1, { level: null, programme: 'festive', until: at('11T06:00') })
    expect(book([version(1, at('01T00:00'))], [festive]).step(lamp, at('10T23:30'))?.level).toBe(1)
  })

  test('of two the newest counts, by hand before a sensor, which only asks for more', () => {
    const lamp = facility('SL-1')
    const level = (...overrides: ProgrammeOverride[]) => book([version(1, at('01T00:00'))], overrides).step(lamp, at('10T21:00'))?.level
    const sensor = override(3, { level: 60, condition: 'fog' })
    expect(level(override(1, { level: 30 }), override(2, { level: 40 }), sensor)).toBe(0.4)
    expect(level(sensor)).toBe(1)
    const night = override(3, { level: 90, condition: 'fog', until: at('11T02:00') })
    expect(book([version(1, at('01T00:00'))], [night]).step(lamp, at('11T01:00'))?.level).toBe(0.9)
    // What asks for less takes nothing from one that asks for more.
    const weak = override(4, { level: 1, condition: 'rain', until: at('11T02:00') })
    expect(book([version(1, at('01T00:00'))], [night, weak]).step(lamp, at('11T01:00'))?.level).toBe(0.9)
  })
})

describe('what feeds lamps', () => {
  const lamp = facility('SL-1', { fedBy: 'LC-1' })
  const cabinet = facility('LC-1', { kind: lightCabinet, road: 'Other', roadClass: null })
  const plant = { revision: 1, fedBy: (id: string) => (id === 'LC-1' ? [lamp] : []) }

  test('is on while one of them should burn', () => {
    const day = override(1, { from: at('10T10:00'), until: at('10T15:00'), made: at('10T09:00') })
    const ask = book([], [day], plant).reader()
    expect(ask(cabinet, at('10T09:30'))?.level).toBe(0)
    expect(ask(cabinet, at('10T13:00'))).toMatchObject({ level: 0.8, from: at('10T10:00'), until: at('10T15:00') })
    expect(ask(cabinet, at('10T21:00'))?.level).toBe(1)
  })

  test('does not go dark with them', () => {
    const dark = override(1, { level: 0 })
    expect(book([], [dark], plant).step(cabinet, at('10T21:00'))?.level).toBe(1)
    expect(book([], [dark], plant).step(lamp, at('10T21:00'))).toMatchObject({ level: 0, isOwn: true })
  })
})

test('a change of the book counts at once for whoever asks', () => {
  const own = book()
  const ask = own.reader()
  const lamp = facility('SL-1')
  expect(ask(lamp, at('10T23:30'))?.level).toBe(1)
  own.set({ versions: [version(1, at('10T23:00'))], overrides: [] })
  expect(ask(lamp, at('10T23:31'))?.level).toBe(0.5)
})

test('the changes of a span begin at its beginning and say why', () => {
  const changes = book([version(1, at('01T00:00'))], [override(7, {})]).changes(facility('SL-1'), at('10T19:00'), at('11T01:00'))
  expect(changes.map(({ at: begin, level, programme, override: by }) => [begin, level, programme, by?.id ?? null])).toEqual([
    [at('10T19:00'), 1, 'dimmed', null],
    [at('10T20:00'), 0.8, null, 7],
    [at('10T22:00'), 1, 'dimmed', null],
    [at('10T23:00'), 0.5, 'dimmed', null],
  ])
  expect(changes.every(({ at: begin }) => begin < at('11T01:00') + hours(1))).toBe(true)
})
