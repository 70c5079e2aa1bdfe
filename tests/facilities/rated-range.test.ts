import { describe, expect, test } from 'vitest'
import type { FacilityKind } from '../../src/facilities/facility-kind.ts'
import { facilityKinds, kindByKey } from '../../src/facilities/index.ts'
import { Plant } from '../../src/facilities/plant.ts'
import { ratedLimitProblems } from '../../src/facilities/plausible-limit.ts'
import { ratedRangeProblems } from '../../src/facilities/rated-range.ts'
import { checkRegistrations } from '../../src/facilities/registration.ts'

type Rated = Readonly<Record<string, number>>

const problems = (kind: FacilityKind, rated: Rated, known?: Rated) =>
  ratedRangeProblems(kind, rated, known).map(({ name, value, least, greatest }) => `${name} ${value} of ${least} to ${greatest}`)

describe.each(facilityKinds.map((kind) => [kind.key, kind] as const))('%s', (_, kind) => {
  test('says of each rated value what it can be, and why; what it comes with is that', () => {
    expect(Object.keys(kind.ratedRanges).sort()).toEqual(Object.keys(kind.rated).sort())
    for (const [name, { why }] of Object.entries(kind.ratedRanges)) expect(why.length, name).toBeGreaterThan(10)
    for (const rated of [{}, ...Object.values(kind.variants).map((variant) => variant.rated)]) expect(problems(kind, rated)).toEqual([])
  })

  test.each(Object.keys(kind.rated))('refuses a %s beyond either end, and takes the ends', (name) => {
    const found = (value: number) => ratedRangeProblems(kind, { [name]: value }).find((problem) => problem.name === name)
    const { least, greatest } = found(-1)!
    expect(least).toBeLessThan(greatest)
    for (const value of [least - 0.001 * Math.max(1, least), greatest * 1.001, 1e12])
      expect(found(value), `${value}`).toMatchObject({ value, least, greatest })
    for (const value of [least, greatest]) {
      expect(found(value), `${value}`).toBeUndefined()
      expect(ratedLimitProblems(kind, { [name]: value }), `${value}`).toEqual([])
    }
  })
})

const gas = kindByKey.get('gas-station')!

describe('the rated values of a gas station', () => {
  test.each<[rated: Rated, problems: string[]]>([
    [{ 'shut-off': 2.4 }, ['shut-off 2.4 of 0.26 to 0.364']],
    [{ 'shut-off': 0.35 }, []],
    [{ 'shut-off': 0.25, 'outlet-high': 0.24 }, []],
    [{ 'outlet-high': 0.2 }, ['shut-off 0.3 of 0.2 to 0.28']],
    [{ 'outlet-high': 2.3, 'shut-off': 2.4 }, ['outlet-low 0.18 of 1.15 to 2.3', 'outlet-high 2.3 of 0.1 to 0.5']],
    [{ 'report-interval': 86_400 }, ['report-interval 86400 of 1 to 60']],
    [{ 'outlet-low': 0.05 }, ['outlet-low 0.05 of 0.13 to 0.26']],
    [{ flow: 1e9 }, ['flow 1000000000 of 100 to 8000']],
    [{ tank: 0.5 }, ['tank 0.5 of 0 to 1']],
  ])('%j', (rated, expected) => expect(problems(gas, rated)).toEqual(expected))

  test('keep what protects lives near what its variants come with', () => {
    const limits = (rated: Rated, key: string) => gas.rules.find((rule) => rule.key === key)!.ratedParameters({ ...gas.rated, ...rated })
    expect(problems(gas, { 'outlet-high': 0.5, 'shut-off': 0.7, 'outlet-low': 0.25, 'report-interval': 60 })).toEqual([])
    expect(limits({ 'report-interval': 60 }, 'communication-loss').period).toBeLessThan(
      60_000 * gas.rules.find(({ key }) => key === 'communication-loss')!.timeToAct,
    )
  })

  test('that lie outside since before are no obstacle to another change, as long as they stay', () => {
    const known = { 'shut-off': 1.2, 'report-interval': 600 }
    expect(problems(gas, known, known)).toEqual([])
    expect(problems(gas, { ...known, flow: 6000 }, known)).toEqual([])
    expect(problems(gas, { ...known, 'report-interval': 300 }, known)).toEqual(['report-interval 300 of 1 to 60'])
    expect(problems(gas, { ...known, 'outlet-high': 0.3 }, known)).toEqual(['shut-off 1.2 of 0.3 to 0.42'])
    expect(problems(gas, { 'report-interval': 600 }, known)).toEqual([])
  })

  test('are refused at registration in words', () => {
    const rated = { 'shut-off': 2.4, 'report-interval': 86_400 }
    const found = checkRegistrations([{ id: 'G-1', kind: 'gas-station', rated }], new Plant(), kindByKey)
    expect(found.problems.map(({ problem }) => problem)).toEqual([
      expect.stringMatching(/^rated shut-off is 2.4; a gas-station has 0.26 to 0.364: .*outlet-high/),
      expect.stringMatching(/^rated report-interval is 86400; a gas-station has 1 to 60: .*/),
    ])
  })
})
