import { expect, test } from 'vitest'
import { WHOLE_CITY } from '../../../src/access/scope.ts'
import type { ProgrammeOverride } from '../../../src/control/programme-set.ts'
import type { Programmes } from '../../../src/edges/programmes.ts'
import { programmeReportPart } from '../../../src/services/programmes/programme-report.ts'

const override = (id: number, more: Partial<ProgrammeOverride>): ProgrammeOverride => ({
  ...{ id, query: 'road=A', level: 80, programme: null, from: 100, until: 200, reason: 'fog', by: 'otto', made: 50 },
  ...{ ended: null, endedBy: null, plan: null, condition: null, ...more },
})
const lamp = { id: 'SL-1', name: '灯', nameEn: '', district: 'A', kind: { domain: 'lighting' } }
const programmes = {
  // Newest first.
  overrides: () => [
    override(4, { from: 300, until: 400 }),
    override(3, { ended: 50 }),
    override(2, { condition: 'mist', by: 'clock', ended: 150 }),
    override(1, { level: null, programme: 'whole-night' }),
  ],
  devices: () => [
    { facility: lamp, since: 120 },
    { facility: lamp, since: null },
  ],
} as unknown as Programmes

test('a report tells what was otherwise in its time, in order, and who does not follow', async () => {
  const scope = { ...WHOLE_CITY, company: 'lighting' as const }
  const [overrides, differing] = await programmeReportPart({ programmes }).tables({ period: 'shift', from: 100, to: 250 }, scope)
  expect(overrides?.rows).toEqual([
    [100, 200, 'road=A', 'whole-night', 'fog', 'otto'],
    [100, 150, 'road=A', '≥ 80 %', 'fog', { en: 'sensor', zh: '传感器' }],
  ])
  expect(differing?.rows).toEqual([['SL-1', { en: '灯', zh: '灯' }, 120]])
})
