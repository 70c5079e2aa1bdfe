import { describe, expect, it } from 'vitest'
import { CLUSTER_CELL, ClusterGrid, worstOf } from '../../../dashboards/console/src/map/clusters.ts'
import { LabelGrid } from '../../../dashboards/console/src/map/label-grid.ts'

describe('clusters', () => {
  it('sum up what lies in one square, by state, in the middle of its members', () => {
    const grid = new ClusterGrid(3)
    grid.add(7, 2, 2, 1)
    grid.add(8, 4, 2, 1)
    grid.add(9, 6, 4, 2)
    grid.add(10, 8, 4, 1)
    const { clusters, single } = grid.finish()
    expect(single).toEqual([])
    expect(clusters).toEqual([{ x: 5, y: 3, counts: Uint32Array.of(0, 3, 1), total: 4 }])
  })

  it('leave a few singly, and keep squares apart on both sides of the corner of the world', () => {
    const grid = new ClusterGrid(2)
    for (const [i, x] of [-1, 1, CLUSTER_CELL + 1].entries()) grid.add(i, x, 1, 1)
    for (let i = 3; i < 7; i++) grid.add(i, -CLUSTER_CELL - i, -5, 1)
    const { clusters, single } = grid.finish()
    expect(single.sort()).toEqual([0, 1, 2])
    expect(clusters).toHaveLength(1)
    expect(clusters[0]?.total).toBe(4)
  })

  it('tell the worst state by its count, and how many beside', () => {
    expect(worstOf({ counts: Uint32Array.of(0, 5, 2), total: 7 }, [2, 1, 0])).toEqual({ state: 2, count: 2, others: 5 })
    expect(worstOf({ counts: Uint32Array.of(0, 5, 0), total: 5 }, [2, 1, 0])).toEqual({ state: 1, count: 5, others: 0 })
  })
})

describe('labels', () => {
  it('are never written over each other', () => {
    const grid = new LabelGrid()
    expect(grid.take(10, 10, 60, 14)).toBe(true)
    expect(grid.take(50, 15, 60, 14)).toBe(false)
    expect(grid.take(90, 10, 60, 14)).toBe(true)
    expect(grid.take(10, 40, 60, 14)).toBe(true)
    // What found no place has taken none.
    expect(grid.take(10, 60, 30, 14)).toBe(true)
  })
})
