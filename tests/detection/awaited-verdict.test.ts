import { describe, expect, test } from 'vitest'
import { ruleBuilders } from '../../src/detection/builders.ts'
import type { DetectedFacility } from '../../src/detection/detected-facility.ts'
import { Detector } from '../../src/detection/detector.ts'
import type { Surroundings } from '../../src/detection/expected.ts'
import { is } from '../../src/detection/expression.ts'
import type { Deprivation, RuleOptions } from '../../src/detection/rule.ts'
import type { Detection } from '../../src/detection/state.ts'
import { noteCircuits } from '../../src/detection/supply.ts'
import { minutes } from '../../src/telemetry/duration.ts'
import { digital, text } from '../../src/telemetry/point.ts'
import { kindOf, texts } from './fixtures.ts'

const build = ruleBuilders<string, never>()
const onOff = digital(text('x', 'x'), text('off', '关'), text('on', '开'))
const silence = (onDelay = 0, more: Partial<RuleOptions> = {}) =>
  build.silence({ ...texts, priority: 'medium', period: minutes(9), onDelay, ...more })
const lampKind = kindOf('lamp', { lit: onOff }, { silence: silence() })
const cabinetKind = { ...kindOf('cabinet', { first: onOff, second: onOff }, { silence: silence() }), circuits: [0, 1] }
const patientKind = kindOf('patient', { lit: onOff }, { silence: silence(minutes(3)) })
const muteKind = kindOf('mute', { lit: onOff }, {})

type Plant = Record<string, Partial<DetectedFacility>>

/** Facilities that all reported in minute 1, and what a detector tells of them: "id+ minute" and seconds beyond it. */
function plant(facilities: Plant, surroundings: Surroundings = {}) {
  const detector = new Detector(surroundings)
  const all = Object.entries(facilities).map(
    ([id, more], i): DetectedFacility => ({
      id,
      number: i + 1,
      kind: lampKind,
      gateway: null,
      rated: {},
      ...more,
    }),
  )
  for (const one of all) detector.put(one)
  const changes: string[] = []
  const emit = ({ facility, active, at }: { facility: DetectedFacility; active: boolean; at: number }) => {
    changes.push(
      `${facility.id}${active ? '+' : '-'} ${Math.floor(at / minutes(1))}${at % minutes(1) ? ` ${(at % minutes(1)) / 1000}` : ''}`,
    )
  }
  const report = (id: string, minute: number, ...values: (number | null)[]) => {
    const facility = all.find((one) => one.id === id)!
    const at = minutes(minute)
    detector.advance(at, emit)
    const readings = (values.length > 0 ? values : [1]).flatMap((value, point) =>
      value === null ? [] : [{ point, value, quality: 'good' as const }],
    )
    detector.report({ facility, at, received: at, readings }, emit)
  }
  return {
    report,
    link(id: string, minute: number, online: boolean) {
      detector.advance(minutes(minute), emit)
      detector.link({ facility: all.find((one) => one.id === id)!, online, received: minutes(minute) }, emit)
    },
    state: (id: string) => detector.state(all.findIndex((one) => one.id === id) + 1) as Detection,
    until(minute: number) {
      detector.advance(minutes(minute), emit)
      return changes.splice(0)
    },
  }
}

describe('who went quiet together', () => {
  /** When each is told silent after all reported in minute 1 and nobody since. */
  function silences(facilities: Plant) {
    const city = plant(facilities)
    for (const id of Object.keys(facilities)) city.report(id, 1)
    return city.until(60)
  }

  test.each<[string, Plant, string[]]>([
    ['a lamp that stands alone waits for nobody', { L: {} }, ['L+ 10']],
    ['a lamp waits for what feeds it', { L: { fedBy: 'C' }, C: {} }, ['C+ 10', 'L+ 10 2']],
    ['and for what reports for it', { L: { gateway: 'G' }, G: {} }, ['G+ 10', 'L+ 10 2']],
    ['for one that is both only once', { L: { fedBy: 'C', gateway: 'C' }, C: {} }, ['C+ 10', 'L+ 10 2']],
    ['for the later one of two', { L: { fedBy: 'C', gateway: 'G' }, C: {}, G: { kind: patientKind } }, ['C+ 10', 'G+ 13', 'L+ 13 2']],
    ['whichever that is', { L: { fedBy: 'C', gateway: 'G' }, C: { kind: patientKind }, G: {} }, ['G+ 10', 'C+ 13', 'L+ 13 2']],
    ['down a chain', { L: { gateway: 'G' }, G: { fedBy: 'C' }, C: {} }, ['C+ 10', 'G+ 10 2', 'L+ 10 4']],
    ['for nobody who is not registered', { L: { fedBy: 'nobody', gateway: 'nobody' } }, ['L+ 10']],
    ['for nobody who is never judged silent', { L: { fedBy: 'C' }, C: { kind: muteKind } }, ['L+ 10']],
  ])('%s', (_, facilities, expected) => {
    expect(silences(facilities)).toEqual(expected)
  })

  test.each<[string, Plant]>([
    ['a gateway fed by the cabinet it reports for', { C: { gateway: 'G' }, G: { fedBy: 'C' } }],
    ['one fed by a neighbour of that cabinet', { C: { gateway: 'G' }, G: { gateway: 'D' }, D: { fedBy: 'C' } }],
    ['a ring of four', { A: { fedBy: 'B' }, B: { gateway: 'C' }, C: { fedBy: 'D' }, D: { gateway: 'A' } }],
    ['what feeds itself', { A: { fedBy: 'A' } }],
  ])('in a ring nobody waits: %s', (_, facilities) => {
    expect(silences(facilities)).toEqual(Object.keys(facilities).map((id) => `${id}+ 10`))
  })
})

test('a parent that is heard a report later than the child lives, and the child waits no longer than it has to', () => {
  const told = (heard: number) => {
    const city = plant({ L: { fedBy: 'C' }, C: {} })
    city.report('L', 1)
    city.report('C', heard)
    return city.until(11)
  }
  // A report is due every three minutes.
  expect(told(4)).toEqual([])
  expect(told(4.1)).toEqual(['L+ 10'])
})

test('which proves nothing where the child usually reports more rarely than that', () => {
  const city = plant({ L: { fedBy: 'C' }, C: {} })
  for (let minute = 1; minute <= 121; minute += 6) {
    city.report('C', minute)
    city.report('L', minute)
  }
  city.report('C', 125)
  expect(city.until(200).map((change) => change.slice(0, 2))).toEqual(['C+', 'L+'])
})

test('one that is already known to be silent is not awaited', () => {
  const city = plant({ L: { fedBy: 'C' }, C: {} })
  city.report('C', 1)
  expect(city.until(20)).toEqual(['C+ 10'])
  city.report('L', 21)
  expect(city.until(40)).toEqual(['L+ 30'])
})

test('one whose silence chatters takes longer to be judged, and is awaited as long', () => {
  const city = plant({ L: { gateway: 'G' }, G: {} })
  city.report('G', 1)
  // Four times silent, two minutes apart: from then on its alarms wait for four minutes.
  for (const minute of [2, 4, 6, 8]) {
    city.link('G', minute, false)
    city.link('G', minute + 1, true)
  }
  city.report('G', 9)
  city.report('L', 9)
  expect(city.until(9).at(-1)).toBe('G+ 8 30')
  expect(city.until(60)).toEqual(['G- 13', 'G+ 22', 'L+ 22 2'])
})

describe('a silent lamp waits for what its cabinet says of itself', () => {
  const cabinet = (deprives: Deprivation, onDelay = minutes(4)) =>
    kindOf(
      'cabinet',
      { powered: onOff },
      { silence: silence(), dead: build.condition({ ...texts, priority: 'high', when: is('powered', 0), onDelay, deprives }) },
    )
  const ofCircuit = cabinet({ of: ['supply'], circuits: [1] })
  const ofAll = cabinet({ of: ['supply'] })
  const selfFedKind = kindOf('self-fed', { lit: onOff }, { silence: silence(0, { needs: ['link'] }) })

  test.each<[string, number, DetectedFacility['kind'], Partial<DetectedFacility>, string[]]>([
    ['dead since before the lamp is missed', 8, ofAll, {}, ['C+ 12', 'L+ 12 2']],
    ['or since just then', 10, ofAll, {}, ['C+ 14', 'L+ 14 2']],
    ['but not later', 11, ofAll, {}, ['L+ 10', 'C+ 15']],
    ['and no longer than until it is known', 2, ofAll, {}, ['C+ 6', 'L+ 10']],
    ['of the circuit of the lamp', 8, ofCircuit, { circuit: 1 }, ['C+ 12', 'L+ 12 2']],
    ['and of no other', 8, ofCircuit, { circuit: 2 }, ['L+ 10', 'C+ 12']],
    ['nor of any when nobody knows on which it is', 8, ofCircuit, {}, ['L+ 10', 'C+ 12']],
    ['of what the lamp has from it', 8, cabinet({ of: ['link'] }), {}, ['L+ 10', 'C+ 12']],
    ['and cannot do without', 8, ofAll, { kind: selfFedKind }, ['L+ 10', 'C+ 12']],
  ])('%s', (_, deadFrom, kind, lamp, expected) => {
    const city = plant({ C: { kind }, L: { fedBy: 'C', ...lamp } })
    city.report('L', 1)
    for (let minute = 1; minute <= 20; minute++) city.report('C', minute, minute < deadFrom ? 1 : 0)
    expect(city.until(20)).toEqual(expected)
  })

  test('and not for one that began when it was missing already, though it has waited for another', () => {
    const city = plant({ C: { kind: ofAll }, L: { fedBy: 'C' } })
    city.report('L', 1)
    for (let minute = 1; minute <= 20; minute++) city.report('C', minute, minute < 9 || minute === 12 ? 1 : 0)
    expect(city.until(20)).toEqual(['L+ 13 2', 'C+ 17'])
  })

  test('and for nothing more once it has said what explains the silence', () => {
    const deprives: Deprivation = { of: ['supply'] }
    const condition = (onDelay: number) => build.condition({ ...texts, priority: 'high', when: is('powered', 0), onDelay, deprives })
    const kind = kindOf('cabinet', { powered: onOff }, { dead: condition(0), worse: condition(minutes(8)) })
    const city = plant({ C: { kind }, L: { fedBy: 'C' } })
    city.report('L', 1)
    for (let minute = 1; minute <= 20; minute++) city.report('C', minute, minute < 8 ? 1 : 0)
    expect(city.until(20)).toEqual(['C+ 8', 'L+ 10', 'C+ 16'])
  })

  test('and not for a delay that stands still, since the cabinet has gone quiet too', () => {
    const city = plant({ C: { kind: cabinet({ of: ['supply'] }, minutes(12)) }, L: { fedBy: 'C' } })
    city.report('L', 2)
    city.report('C', 3, 0)
    expect(city.until(30)).toEqual(['C+ 12', 'L+ 12 2'])
  })
})

test('what may explain the silence of a facility that protects lives is not awaited', () => {
  const safeKind = kindOf('safe', { lit: onOff }, { silence: silence(0, { shelvable: false }) })
  const city = plant({ S: { kind: safeKind, gateway: 'G' }, G: {} })
  for (const id of ['S', 'G']) city.report(id, 1)
  expect(city.until(60)).toEqual(['S+ 10', 'G+ 10'])
})

describe('a lamp is fed', () => {
  const lamp = (more: Partial<DetectedFacility>, surroundings: Surroundings = {}) => {
    const city = plant({ C: { kind: cabinetKind }, L: { fedBy: 'C', ...more } }, surroundings)
    /** When it is told silent, having reported in minute 1 and its cabinet always: what that says each minute. */
    return (circuits: (minute: number) => [number | null, number | null]) => {
      city.report('C', 1, ...circuits(1))
      city.report('L', 1)
      for (let minute = 2; minute <= 40; minute++) city.report('C', minute, ...circuits(minute))
      return city.until(40).filter((change) => change.startsWith('L'))
    }
  }
  test.each<[string, Partial<DetectedFacility>, (minute: number) => [number | null, number | null], string[]]>([
    ['by its own circuit', { circuit: 2 }, (minute) => [0, minute < 5 || minute >= 20 ? 1 : 0], ['L+ 29']],
    ['and by no other', { circuit: 1 }, (minute) => [0, minute < 5 || minute >= 20 ? 1 : 0], []],
    ['by one that always was on', { circuit: 2 }, () => [0, 1], ['L+ 10']],
    ['by one that is told now and then', { circuit: 2 }, (minute) => (minute % 4 === 1 ? [0, 1] : [0, null]), ['L+ 10']],
    ['by any, when nobody knows which', {}, (minute) => [0, minute >= 20 ? 1 : 0], ['L+ 29']],
    ['by the one that is on longest', {}, (minute) => [minute >= 20 ? 1 : 0, minute >= 15 ? 1 : 0], ['L+ 24']],
    ['by whichever is left', {}, (minute) => [minute < 15 ? 1 : 0, minute >= 5 ? 1 : 0], ['L+ 10']],
    ['by none while all are off', {}, () => [0, 0], []],
    ['always, when its circuit is none its cabinet has', { circuit: 3 }, () => [0, 0], ['L+ 10']],
    ['always, when its cabinet never tells', { circuit: 1 }, () => [null, null], ['L+ 10']],
  ])('%s', (_, more, circuits, expected) => {
    expect(lamp(more)(circuits)).toEqual(expected)
  })

  const dark: Surroundings = { programme: () => ({ level: 0, from: 0, until: minutes(25) }) }
  const lit: Surroundings = { programme: () => ({ level: 1, from: minutes(15), until: minutes(90) }) }
  test('by its programme when its cabinet never tells', () => {
    expect(lamp({ circuit: 1 }, dark)(() => [null, null])).toEqual(['L+ 34'])
    expect(lamp({ circuit: 1 }, lit)(() => [null, null])).toEqual(['L+ 24'])
  })

  test('as its cabinet tells, whatever the programme says', () => {
    expect(lamp({ circuit: 1 }, dark)(() => [1, 0])).toEqual(['L+ 10'])
    expect(lamp({ circuit: 1 }, lit)(() => [0, 0])).toEqual([])
  })

  test('always by what switches nothing', () => {
    const city = plant({ P: { kind: muteKind }, L: { fedBy: 'P' } }, dark)
    city.report('L', 1)
    expect(city.until(20)).toEqual(['L+ 10'])
  })
})

test('only circuits that changed are told, by their numbers', () => {
  const city = plant({ C: { kind: cabinetKind } })
  const state = city.state('C')
  const note = (first: number, second: number) => {
    state.values.set([first, second])
    return noteCircuits(state, 7)
  }
  const told = () => [...state.values.subarray(state.layout.circuits)]
  expect([note(1, Number.NaN), told()]).toEqual([[1], [7, Number.NaN]])
  expect([note(1, 0), told()]).toEqual([[2], [7, Number.POSITIVE_INFINITY]])
  expect(note(1, 0)).toEqual([])
  expect([note(0, 1), told()]).toEqual([
    [1, 2],
    [Number.POSITIVE_INFINITY, 7],
  ])
  expect(note(Number.NaN, Number.NaN)).toEqual([])
  expect(noteCircuits(plant({ L: {} }).state('L'), 7)).toEqual([])
})
