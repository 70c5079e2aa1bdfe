import { describe, expect, test } from 'vitest'
import { usualAlertSource } from '../../src/facilities/external-system/alert-source.ts'
import type { AlertSourceStore, StoredAlertSource } from '../../src/storage/alert-source-store.ts'

const source = (id: string, more: Partial<StoredAlertSource> = {}): StoredAlertSource => ({
  ...{ ...usualAlertSource, id, name: '机房监控', token: null },
  ...more,
})

/** What every store of systems that send their alerts must do; `sources` gives the empty one of a test. */
export function describeAlertSources(sources: () => AlertSourceStore): void {
  describe('alert sources', () => {
    test('are kept whole, changed, and removed', () => {
      const token = { hash: 'a1', since: 1.5, by: 'Eva' }
      sources().put(source('racks'))
      sources().put(source('grid', { heartbeat: null, token }))
      expect(sources().all()).toEqual([source('grid', { heartbeat: null, token }), source('racks')])
      sources().put(source('grid', { most: 7 }))
      expect(sources().get('grid')).toEqual(source('grid', { most: 7 }))
      sources().remove('grid')
      expect([sources().get('grid'), sources().all().length]).toEqual([undefined, 1])
    })
  })
}
