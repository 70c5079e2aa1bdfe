import { describe, expect, test } from 'vitest'
import { type Scope, WHOLE_CITY } from '../../src/access/scope.ts'
import { type Facility, Plant } from '../../src/facilities/plant.ts'
import { facilityListing } from '../../src/services/facility-listing.ts'
import { sampleFacility } from '../storage/state-store.contract.ts'
import { tankKind } from '../tank-kind.ts'

function plantOf(size: number): Plant {
  const plant = new Plant()
  for (let number = 1; number <= size; number++) {
    const place = {
      district: `District ${number % 7}`,
      road: `Road ${number % 500}`,
      circuit: (number % 6) + 1,
      fedBy: number > 50 ? `T-${(number % 50) + 1}` : null,
    }
    plant.put({ ...sampleFacility(`T-${number}`, { ...place, gateway: 'G' }), number, kind: tankKind })
  }
  return plant
}
const numbers = (facilities: readonly Facility[]) => facilities.map(({ number }) => number)

describe('the list of facilities', () => {
  const plant = plantOf(1000)
  const listing = facilityListing(plant, () => 'normal')

  test.each([
    [{}, 1000],
    [{ words: 'road 499' }, 2],
    [{ query: 'fedBy=T-3' }, 19],
    [{ query: 'fedBy=T-3 circuit=1' }, 6],
    [{ query: 'gateway=G id=T-1??' }, 100],
    [{ query: 'id=T-7' }, 1],
    [{ query: 'id=T-7 id!=T-7' }, 0],
    [{ query: 'id=T-7', kind: 'castle' }, 0],
    [{ kind: 'tank', district: 'District 3', words: 'T-99' }, 2],
  ])('%j has %d, on whatever pages', (filter, total) => {
    const seen: number[] = []
    for (let after = -1; ; ) {
      const page = listing.listFacilities({ scope: WHOLE_CITY, ...filter }, after, 7)
      expect(page.total).toBe(total)
      seen.push(...numbers(page.items))
      if (page.next === null) break
      after = page.next
    }
    expect(seen).toEqual([...new Set(seen)].sort((a, b) => a - b))
    expect(seen).toHaveLength(total)
  })

  test('limits lists, counts, pages and children to a scope', () => {
    const scope: Scope = { districts: ['District 3'], domains: 'all' }
    const all = [...plant].filter(({ district }) => district === 'District 3').map(({ number }) => number)
    const first = listing.listFacilities({ scope }, -1, 5)
    expect([numbers(first.items), first.total]).toEqual([all.slice(0, 5), all.length])
    const second = listing.listFacilities({ scope }, first.next as number, 1000)
    expect([numbers(second.items), second.next, second.total]).toEqual([all.slice(5), null, all.length])
    expect(listing.listFacilities({ scope, district: 'District 4' }, -1, 5).total).toBe(0)
    expect(listing.listFacilities({ scope: { ...scope, domains: ['gas'] } }, -1, 5).total).toBe(0)
    const feeder = plant.at(3) as Facility
    const children = [...plant.fedBy(feeder.id)].filter(({ district }) => district === 'District 3').length
    expect(listing.childrenOf(feeder, { scope, of: 'supply' }, -1, 5).total).toBe(children)
    expect(children).toBeLessThan(plant.fedBy(feeder.id).size)
  })

  test('sees a change at once', () => {
    const filter = { scope: WHOLE_CITY, query: 'owner=me' }
    expect(listing.listFacilities(filter, -1, 5).total).toBe(0)
    plant.put({ ...(plant.at(9) as Facility), owner: 'me' })
    expect(numbers(listing.listFacilities(filter, -1, 5).items)).toEqual([9])
    plant.remove('T-9')
    expect(listing.listFacilities(filter, -1, 5).total).toBe(0)
  })

  test('lists children by circuit', () => {
    const page = listing.childrenOf(plant.at(3) as Facility, { scope: WHOLE_CITY, of: 'supply', circuit: 3 }, 100, 2)
    expect([numbers(page.items), page.next, page.total]).toEqual([[152, 302], 302, 6])
    expect(listing.childrenOf(plant.at(3) as Facility, { scope: WHOLE_CITY, of: 'link' }, -1, 2)).toEqual({
      items: [],
      next: null,
      total: 0,
    })
  })
})

describe('a list in another order', () => {
  const plant = plantOf(100)
  const worst = new Set([7, 70])
  const listing = facilityListing(plant, ({ number }) => (worst.has(number) ? 'critical' : number > 90 ? 'no-report' : 'normal'))
  const all = { by: null, isDescending: false, states: null } as const
  const filter = { scope: WHOLE_CITY }

  test('is sorted over all pages, equal ones by their number', () => {
    const page = listing.listOrdered(filter, { ...all, by: 'district' }, 12, 4)
    expect(numbers(page.items)).toEqual([91, 98, 1, 8])
    expect([page.next, page.total]).toEqual([16, 100])
    const backwards = listing.listOrdered(filter, { ...all, by: 'district', isDescending: true }, 0, 3)
    expect(numbers(backwards.items)).toEqual([6, 13, 20])
    expect(listing.listOrdered(filter, { ...all, by: 'id' }, 96, 10)).toMatchObject({ next: null, total: 100 })
  })

  test('begins with what is worst by state, and holds only the states that are wanted', () => {
    expect(numbers(listing.listOrdered(filter, { ...all, by: 'state' }, 0, 4).items)).toEqual([7, 70, 91, 92])
    const silent = listing.listOrdered(filter, { ...all, states: new Set(['no-report']) }, 8, 5)
    expect([numbers(silent.items), silent.next, silent.total]).toEqual([[99, 100], null, 10])
  })

  test('is put in order once for all its pages, and anew when the plant changes', () => {
    const small = plantOf(20)
    let read = 0
    const named = (number: number, name: string) =>
      Object.defineProperty({ ...sampleFacility(`N-${number}`), number, kind: tankKind }, 'name', {
        get() {
          read++
          return name
        },
        enumerable: true,
      })
    for (let number = 30; number < 40; number++) small.put(named(number, `${number % 2}`))
    const ofSmall = facilityListing(small, () => 'normal')
    const page = (skip: number) => numbers(ofSmall.listOrdered({ ...filter, query: 'id=N-*' }, { ...all, by: 'name' }, skip, 3).items)
    expect(page(0)).toEqual([30, 32, 34])
    const readFirst = read
    expect(page(3)).toEqual([36, 38, 31])
    expect([readFirst, read]).toEqual([10, 10])
    small.put(named(33, ''))
    expect(page(0)).toEqual([33, 30, 32])
  })

  test('is of what lies in scope and matches', () => {
    const scope: Scope = { districts: ['District 3'], domains: 'all' }
    const page = listing.listOrdered({ scope, words: 'road 1' }, { ...all, by: 'name' }, 0, 50)
    expect(page.items.every(({ district }) => district === 'District 3')).toBe(true)
    expect(page.total).toBe(listing.listFacilities({ scope, words: 'road 1' }, -1, 50).total)
  })
})

test('a page of 100,000 facilities comes in some milliseconds', () => {
  const plant = plantOf(100_000)
  const listing = facilityListing(plant, () => 'normal')
  const time = (work: () => unknown) => {
    const started = performance.now()
    work()
    return performance.now() - started
  }
  /** Half of the times are shorter: a pause of a busy machine says nothing of the list. */
  const usual = (work: (i: number) => unknown) => Array.from({ length: 20 }, (_, i) => time(() => work(i))).sort((a, b) => a - b)[10]
  const scope = WHOLE_CITY
  const query = 'kind=tank road=*499 keyArea=yes'
  listing.listFacilities({ scope, query }, -1, 100)
  expect(usual((i) => listing.listFacilities(i % 2 ? { scope, query } : { scope }, 5000 * i, 100))).toBeLessThan(10)
  expect(usual((i) => listing.listFacilities({ scope, query: `fedBy=T-${i + 1} circuit=2` }, -1, 100))).toBeLessThan(10)
})
