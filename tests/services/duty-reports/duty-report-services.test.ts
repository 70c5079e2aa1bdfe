import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { ReportPart } from '../../../src/operations/duty-report.ts'
import { type DutyReportParts, dutyReportServices } from '../../../src/services/duty-reports/duty-report-services.ts'
import { openStateStore } from '../../../src/storage/embedded/state-store.ts'
import type { StateStore } from '../../../src/storage/state-store.ts'

const HOUR = 3_600_000
const PATIENCE = { timeout: 15_000 }
let state: StateStore
let at = Date.parse('2026-11-24T12:00Z')
const running: { close(): void }[] = []

beforeEach(() => {
  state = openStateStore(':memory:')
})
afterEach(() => {
  for (const one of running.splice(0)) one.close()
  state.close()
})

/** The service as it is made at a start of the program. */
function start(parts: ReportPart[]) {
  const none = { note: () => {}, flush: () => {}, reload: () => {} }
  const services = dutyReportServices({
    ...{ state, pipeline: { position: -1 }, utcOffset: () => 0, timeZone: 'UTC', now: () => at, lateData: none, parts },
    notifying: { notifier: { keep: () => ({ begin: () => {} }) } },
  } as unknown as DutyReportParts)
  running.push(services)
  return services
}
const quick: ReportPart = { key: 'quick', company: 'all', tables: async () => [] }

test('what the calendar asked for and what a person asked for is made after a restart, each once', async () => {
  let isAsked = false
  const endless: ReportPart = {
    ...{ key: 'endless', company: 'all' },
    tables: () => {
      isAsked = true
      return new Promise(() => {})
    },
  }
  const first = start([endless])
  first.tick()
  at += 24 * HOUR
  const { id } = first.make({ company: 'gas', period: 'day', at: at - HOUR }, 'Otto')
  await vi.waitUntil(() => {
    first.tick()
    return isAsked
  }, PATIENCE)
  first.close()
  expect(state.dutyReports.report(id)?.state).toBe('waiting')
  const second = start([quick])
  second.tick()
  await vi.waitUntil(() => state.dutyReports.nextWaiting() === undefined, PATIENCE)
  expect(second.report(id)).toMatchObject({ state: 'made', askedBy: 'Otto', isIntact: true })
  const made = second.list({ companies: ['bureau'], limit: 10 }).items
  expect(made.map(({ period, askedBy, to }) => [period, askedBy, new Date(to).toISOString()])).toEqual([
    ['day', null, '2026-11-25T00:00:00.000Z'],
  ])
  second.tick()
  start([quick]).tick()
  await vi.waitUntil(() => state.dutyReports.nextWaiting() === undefined, PATIENCE)
  expect(second.list({ companies: ['bureau'], limit: 10 }).items).toHaveLength(1)
})

test('one that cannot be kept waits and is tried again', async () => {
  const services = start([quick])
  vi.spyOn(state.dutyReports, 'made').mockImplementationOnce(() => {
    throw new Error('the disk is full')
  })
  vi.spyOn(state.dutyReports, 'failed').mockImplementationOnce(() => {
    throw new Error('the disk is full')
  })
  const { id } = services.make({ company: 'gas', period: 'day', at: at - 24 * HOUR }, 'Otto')
  await vi.waitUntil(() => vi.mocked(state.dutyReports.failed).mock.calls.length > 0, PATIENCE)
  expect(services.report(id).state).toBe('waiting')
  await vi.waitUntil(() => {
    services.tick()
    return services.report(id).state === 'made'
  }, PATIENCE)
})

test('as many as can wait are asked for by people, and no more', () => {
  const services = start([{ ...quick, tables: () => new Promise(() => {}) }])
  const ask = () => services.make({ company: 'gas', period: 'day', at: at - HOUR }, 'Otto')
  for (let i = 0; i < 20; i++) ask()
  expect(ask).toThrow('20 reports are being made already')
})
