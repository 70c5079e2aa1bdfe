import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CITY_CENTRE } from '../../simulators/city.ts'
import { simulatedClock, startEndingNow } from '../../simulators/clock.ts'
import { parseFault } from '../../simulators/fault-arguments.ts'
import { Faults } from '../../simulators/faults.ts'
import { Fleet } from '../../simulators/fleet.ts'
import { encodeMessages } from '../../simulators/messages.ts'
import { createWorld } from '../../simulators/world.ts'
import { sunTimes } from '../../src/control/astronomical-clock.ts'
import { isLightingDue } from '../../src/facilities/physics.ts'
import { minutes, seconds } from '../../src/telemetry/duration.ts'
import { tanks } from './fixtures.ts'

const start = Date.parse('2026-03-01T12:00:00Z')
const world = createWorld({ position: CITY_CENTRE, seed: 's' })
const fleetOf = (count: number, more: { seed?: string; gateway?: string; perHour?: number } = {}) =>
  new Fleet({
    facilities: tanks(count, more.gateway ?? null),
    seed: more.seed ?? 's',
    world,
    start,
    ...(more.perHour && { randomFaultsPerHour: more.perHour }),
  })
const plain = (fleet: Fleet, until: number) => fleet.step(until).map(({ facility, at, values }) => ({ id: facility.id, at, values }))

describe('a fleet', () => {
  test('gives the same reports for the same seed, however it is stepped', () => {
    const once = plain(fleetOf(20, { perHour: 100 }), start + minutes(30))
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 400_000 }), { maxLength: 20 }), (lengths) => {
        const fleet = fleetOf(20, { perHour: 100 })
        const reports = []
        let at = start
        for (const length of lengths) {
          at = Math.min(at + length, start + minutes(30))
          reports.push(...plain(fleet, at))
        }
        reports.push(...plain(fleet, start + minutes(30)))
        expect(reports).toEqual(once)
      }),
      { numRuns: 20 },
    )
    expect(plain(fleetOf(20, { seed: 'other', perHour: 100 }), start + minutes(30))).not.toEqual(once)
  })

  test('a device does not depend on the others', () => {
    const many = plain(fleetOf(20), start + minutes(10)).filter(({ id }) => id === 'T-3')
    const few = plain(fleetOf(3), start + minutes(10)).filter(({ id }) => id === 'T-3')
    expect(few).toEqual(many)
  })

  test('everybody says hello soon, then reports are spread over the period', () => {
    const reports = plain(fleetOf(200), start + minutes(5))
    const hello = reports.filter(({ at }) => at < start + seconds(15))
    expect(new Set(hello.map(({ id }) => id)).size).toBe(200)
    const later = reports.filter(({ at }) => at >= start + minutes(2) && at < start + minutes(4))
    const quarters = [0, 0, 0, 0]
    for (const { at } of later) quarters[Math.floor((at - start - minutes(2)) / seconds(30))]! += 1
    expect(later).toHaveLength(400)
    for (const count of quarters) expect(count).toBeGreaterThan(60)
  })

  test('times of one facility rise', () => {
    const last = new Map<string, number>()
    for (const { id, at } of plain(fleetOf(10, { perHour: 500 }), start + minutes(60))) {
      expect(at).toBeGreaterThan(last.get(id) ?? 0)
      last.set(id, at)
    }
  })
})

describe('faults', () => {
  test('appear and vanish at their times, and are reported at once', () => {
    const fleet = fleetOf(3)
    fleet.inject({ where: 'id=T-2', fault: 'overfull', after: seconds(20), for: minutes(2), size: 1 })
    const reports = plain(fleet, start + minutes(5)).filter(({ id }) => id === 'T-2')
    const isFull = (at: number) => at >= start + seconds(20) && at < start + minutes(2) + seconds(20)
    for (const { at, values } of reports) expect((values.level as number) > 4.9).toBe(isFull(at))
    expect(reports.map(({ at }) => at - start)).toEqual(expect.arrayContaining([20_000, 25_000, 140_000]))
    expect(fleet.faults.list()).toEqual([])
  })

  test('only those that can have a fault get it', () => {
    const fleet = fleetOf(2)
    fleet.facilities[1]!.rated = { height: 9 }
    expect(fleet.inject({ where: '', fault: 'high', after: 0, for: null, size: 1 }).map(({ facility }) => facility)).toEqual(['T-2'])
    expect(() => fleet.inject({ where: 'id=T-1', fault: 'high', after: 0, for: null, size: 1 })).toThrow('there are overfull, silent')
  })

  test('a pattern takes all, a silent device sends nothing, removal ends it', () => {
    const fleet = fleetOf(12)
    const records = fleet.inject({ where: 'id=T-1*', fault: 'silent', after: 0, for: null, size: 1 })
    expect(records.map(({ facility }) => facility)).toEqual(['T-1', 'T-10', 'T-11', 'T-12'])
    expect(new Set(plain(fleet, start + minutes(3)).map(({ id }) => id))).not.toContain('T-10')
    expect(fleet.remove(records[1]!.id)).toMatchObject({ facility: 'T-10', end: start + minutes(3) })
    expect(plain(fleet, start + minutes(5)).map(({ id }) => id)).toContain('T-10')
    expect(fleet.remove(999)).toBeUndefined()
    expect(() => fleet.inject({ where: 'id=X', fault: 'silent', after: 0, for: null, size: 1 })).toThrow('no facility matches id=X')
    expect(() => fleet.inject({ where: 'id=T-1', fault: 'x', after: 0, for: null, size: 1 })).toThrow('overfull, silent')
  })

  test('labels say what, where and when', () => {
    const labels: unknown[] = []
    const fleet = new Fleet({ facilities: tanks(1), seed: 's', world, start, faults: new Faults((record) => labels.push(record)) })
    fleet.inject({ where: 'id=T-1', fault: 'overfull', after: 1000, for: 5000, size: 2 })
    fleet.step(start + 3000)
    fleet.faults.endAll(fleet.now)
    const label = {
      id: 1,
      facility: 'T-1',
      kind: 'tank',
      fault: 'overfull',
      size: 2,
      start: start + 1000,
      alarm: 'sensor-fault',
      following: [],
      within: 60_000,
      shows: null,
    }
    expect(labels).toEqual([
      { ...label, end: start + 6000 },
      { ...label, end: start + 3000 },
    ])
  })

  test('the random schedule keeps its rate and never doubles up on a facility', () => {
    const labels: { facility: string; start: number; end: number | null }[] = []
    const faults = new Faults((record) => labels.push(record))
    const fleet = new Fleet({ facilities: tanks(100), seed: 's', world, start, faults, randomFaultsPerHour: 60 })
    for (let minute = 1; minute <= 600; minute++) fleet.step(start + minutes(minute))
    expect(labels.length).toBeGreaterThan(450)
    expect(labels.length).toBeLessThan(650)
    for (const one of labels) {
      const others = labels.filter((other) => other !== one && other.facility === one.facility)
      for (const other of others) expect(other.start >= one.end! || other.end! <= one.start).toBe(true)
    }
  })

  test('are read from the command line', () => {
    expect(parseFault('facility=LC-003,fault=phase-loss,after=20s,for=5min,size=0.5')).toEqual({
      where: 'id="LC-003"',
      fault: 'phase-loss',
      after: 20_000,
      for: 300_000,
      size: 0.5,
    })
    expect(parseFault('facility=LC-*,fault=door')).toMatchObject({ after: 0, for: null, size: 1 })
    expect(parseFault('fault=dark,for=1h where kind=street-light roadClass=main,secondary')).toMatchObject({
      where: 'kind=street-light roadClass=main,secondary',
      fault: 'dark',
      for: 3_600_000,
    })
    expect(parseFault('facility=SL-*,fault=dark where keyArea=yes')).toMatchObject({ where: 'id="SL-*" keyArea=yes' })
    for (const bad of [
      'facility=A',
      'fault=b',
      'fault=b where',
      'facility=A,fault=b,after=5',
      'facility=A,fault=b,size=-1',
      'facility=A,fault=b,when=3',
      'x',
    ]) {
      expect(() => parseFault(bad), bad).toThrow()
    }
  })
})

describe('messages', () => {
  test('a gateway gathers reports of its facilities, in order', () => {
    const reports = fleetOf(20, { gateway: 'G-1' }).step(start + minutes(3))
    const messages = encodeMessages(reports, 'gateways')
    const bodies = messages.flatMap(({ topic, client, payload }) => {
      expect({ topic, client }).toEqual({ topic: 'gateways/G-1/telemetry', client: 'gateway-G-1' })
      return JSON.parse(payload) as { facility: string; at: number }[]
    })
    expect(bodies.map(({ facility, at }) => `${facility} ${at}`)).toEqual(reports.map(({ facility, at }) => `${facility.id} ${at}`))
    for (const { payload } of messages) expect(payload.length).toBeLessThan(65_536)
  })

  test('separate clients use the topics of their facilities', () => {
    const messages = encodeMessages(fleetOf(2, { gateway: 'G-1' }).step(start + seconds(15)), 'separate')
    expect(new Set(messages.map(({ topic }) => topic))).toEqual(new Set(['facilities/tank/T-1/telemetry', 'facilities/tank/T-2/telemetry']))
  })
})

describe('the clock', () => {
  const speeds = fc.double({ min: 1, max: 1000, noNaN: true })

  test('never runs ahead of the wall, and runs at its speed until it has caught up', () => {
    fc.assert(
      fc.property(speeds, fc.nat(1e9), fc.nat(1e9), (speed, back, passed) => {
        const clock = simulatedClock({ start: start - back, wallStart: start, speed })
        const at = clock.at(start + passed)
        expect(at).toBeLessThanOrEqual(start + passed)
        expect(at).toBeCloseTo(Math.min(start - back + passed * speed, start + passed), 0)
      }),
    )
  })

  test('a run that ends now ends now, whatever the speed', () => {
    fc.assert(
      fc.property(speeds, fc.integer({ min: 1, max: 1e9 }), (speed, length) => {
        const begin = startEndingNow(start, length, speed)
        const wallAtEnd = start + length / speed
        expect(begin + length).toBeCloseTo(wallAtEnd, 0)
        expect(begin).toBeLessThanOrEqual(start)
      }),
    )
  })
})

describe('on the way to the server', () => {
  const plainFleet = (more: { gaps?: number; skew?: number }) => new Fleet({ facilities: tanks(50), seed: 's', world, start, ...more })

  test('a share of the messages gets lost, the others say the same', () => {
    const all = plainFleet({}).step(start + minutes(60))
    const some = plainFleet({ gaps: 0.05 }).step(start + minutes(60))
    expect(some.length / all.length).toBeGreaterThan(0.93)
    expect(some.length / all.length).toBeLessThan(0.97)
    const text = (reports: typeof all) => reports.map(({ facility, at, values }) => `${facility.id} ${at} ${values.level}`)
    const known = new Set(text(all))
    expect(text(some).filter((line) => !known.has(line))).toEqual([])
  })

  test('each device has its own constant error of its clock', () => {
    const reports = plainFleet({ skew: seconds(30) }).step(start + minutes(10))
    const errors = new Map<string, Set<number>>()
    for (const { facility, at, sent } of reports) errors.set(facility.id, (errors.get(facility.id) ?? new Set()).add(at - sent))
    const values = [...errors.values()].map((seen) => [...seen])
    for (const seen of values) expect(seen).toHaveLength(1)
    const flat = values.flat()
    expect(Math.min(...flat)).toBeLessThan(-seconds(20))
    expect(Math.max(...flat)).toBeGreaterThan(seconds(20))
    for (const error of flat) expect(Math.abs(error)).toBeLessThanOrEqual(seconds(30))
  })
})

test('the world has nights and days, cold and warm, and demand', () => {
  const winter = Date.parse('2026-01-15T00:00:00+08:00')
  const summer = Date.parse('2026-07-15T00:00:00+08:00')
  const hour = (day: number, h: number) => world(day + h * 3_600_000)
  expect(hour(winter, 0).daylight).toBe(0)
  expect(hour(winter, 12).daylight).toBe(1)
  expect(hour(summer, 5).daylight).toBeGreaterThan(hour(winter, 5).daylight)
  expect(hour(summer, 15).temperature).toBeGreaterThan(hour(winter, 15).temperature + 15)
  expect(hour(winter, 19).demand).toBeGreaterThan(2 * hour(winter, 3).demand)
})

test('it rains at times, in spells; cold comes in spells; lighting switches with the sun at four degrees below the horizon', () => {
  const hours = Array.from({ length: 365 * 24 }, (_, hour) => world(Date.parse('2026-01-01T00:00:00+08:00') + hour * 3_600_000))
  const wet = hours.filter(({ rain }) => rain > 0.1).length / hours.length
  expect(wet).toBeGreaterThan(0.02)
  expect(wet).toBeLessThan(0.15)
  for (const { rain } of hours) expect(rain).toBeLessThan(60)
  const mean = (from: number) => hours.slice(from, from + 24).reduce((sum, { temperature }) => sum + temperature / 24, 0)
  const falls = Array.from({ length: 60 }, (_, day) => mean(day * 24) - mean((day + 3) * 24))
  expect(Math.max(...falls)).toBeGreaterThan(5)
  for (const day of ['2026-01-15', '2026-04-01', '2026-06-21', '2026-11-24']) {
    const noon = Date.parse(`${day}T12:00:00+08:00`)
    const wanted = sunTimes(noon, CITY_CENTRE, -4)
    let isOn = false
    for (let at = noon; at < noon + 86_400_000; at += 30_000) {
      const was: boolean = isOn
      isOn = isLightingDue(isOn, world(at).daylight)
      const due = isOn ? wanted.set! : wanted.rise! + 86_400_000
      if (was !== isOn) expect(Math.abs(at - due), day).toBeLessThan(minutes(3))
    }
  }
})
