import { describe, expect, test } from 'vitest'
import { minutes, seconds } from '../../src/telemetry/duration.ts'
import { detectorWith, texts } from './fixtures.ts'

const options = { ...texts, priority: 'high' } as const
const start = () => detectorWith((build) => ({ silence: build.silence({ ...options, period: minutes(3) }) }))
const at = minutes(10)

describe('silence of three minutes', () => {
  test('a report just then is in time, one after it is not', () => {
    const inTime = start()
    inTime.report(at, { level: 1 })
    inTime.report(at + minutes(3), { level: 1 })
    expect(inTime.take()).toEqual([])
    const late = start()
    late.report(at, { level: 1 })
    late.report(at + minutes(3) + 1, { level: 1 })
    expect(late.take()).toEqual([`silence+ ${at + minutes(3)}`, `silence- ${at + minutes(3) + 1}`])
  })

  test('any report ends it, were it empty', () => {
    const { report, tick, take } = start()
    report(at, { level: 1 })
    tick(at + minutes(5))
    report(at + minutes(6), {})
    expect(take()).toEqual([`silence+ ${at + minutes(3)}`, `silence- ${at + minutes(6)}`])
  })

  test('the patience may follow from rated values', () => {
    const { report, tick, take } = detectorWith((build) => ({ silence: build.silence({ ...options, period: ({ flow }) => flow * 1000 }) }))
    report(at, { level: 1 })
    tick(at + minutes(2))
    expect(take()).toEqual([`silence+ ${at + seconds(50)}`])
  })
})

describe('a link that breaks', () => {
  test('is known after half a minute', () => {
    const { report, link, tick, take } = start()
    report(at, { level: 1 })
    link(at + seconds(10), false)
    tick(at + seconds(40))
    expect(take()).toEqual([])
    tick(at + seconds(41))
    expect(take()).toEqual([`silence+ ${at + seconds(40)}`])
  })

  test('when nothing was heard for nearly the whole time makes it no longer', () => {
    const { report, link, tick, take } = start()
    report(at, { level: 1 })
    link(at + minutes(3) - seconds(1), false)
    tick(at + minutes(4))
    expect(take()).toEqual([`silence+ ${at + minutes(3)}`])
  })

  test('is whole again with the next report, were there no greeting', () => {
    const { report, link, tick, take } = start()
    report(at, { level: 1 })
    link(at + seconds(10), false)
    report(at + seconds(20), { level: 1 })
    tick(at + seconds(20) + minutes(3))
    expect(take()).toEqual([])
    tick(at + seconds(21) + minutes(3))
    expect(take()).toEqual([`silence+ ${at + seconds(20) + minutes(3)}`])
  })

  test('and breaks again counts from the last time, said twice from the first', () => {
    const again = start()
    again.report(at, { level: 1 })
    again.link(at + seconds(10), false)
    again.link(at + seconds(35), true)
    again.link(at + seconds(36), false)
    again.tick(at + minutes(2))
    expect(again.take()).toEqual([`silence+ ${at + seconds(66)}`])
    const twice = start()
    twice.report(at, { level: 1 })
    twice.link(at + seconds(10), false)
    twice.link(at + seconds(20), false)
    twice.tick(at + minutes(2))
    expect(twice.take()).toEqual([`silence+ ${at + seconds(40)}`])
  })

  test('before it ever reported is not judged', () => {
    const { link, tick, take } = start()
    link(at, false)
    tick(at + minutes(60))
    expect(take()).toEqual([])
  })
})
