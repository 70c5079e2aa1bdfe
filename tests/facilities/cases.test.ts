import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import type { ConditionChange } from '../../src/detection/detection.ts'
import { Detector } from '../../src/detection/detector.ts'
import { facilityKinds } from '../../src/facilities/index.ts'
import { facilityOf, readingsOf, type SeenChange } from './simulated.ts'

/**
 * Every folder {kind}/{case} is a test: readings.jsonl has lines {at, values} or {at, online}, expected.json the changes
 * of conditions in event time, and rated.json, where present, the rated values. Times are ms.
 */
const root = fileURLToPath(new URL('.', import.meta.url))

interface Line {
  at: number
  values?: Record<string, unknown>
  online?: boolean
}

const readJson = <T>(path: string): T => JSON.parse(readFileSync(path, 'utf8')) as T

describe.each(facilityKinds.map((kind) => [kind.key, kind] as const))('%s', (key, kind) => {
  const folder = `${root}${key}`
  const cases = existsSync(folder) ? readdirSync(folder) : []

  test('has cases', () => expect(cases.length).toBeGreaterThan(0))

  test.each(cases)('%s', (name) => {
    const path = `${folder}/${name}`
    const rated = existsSync(`${path}/rated.json`) ? readJson<Record<string, number>>(`${path}/rated.json`) : {}
    const facility = facilityOf(kind, rated)
    const detector = new Detector()
    detector.put(facility)
    const seen: SeenChange[] = []
    const emit = ({ rule, at, active }: ConditionChange) => seen.push({ rule: rule.key, at, active })
    for (const text of readFileSync(`${path}/readings.jsonl`, 'utf8').trim().split('\n')) {
      const { at, values = {}, online } = JSON.parse(text) as Line
      detector.advance(at, emit)
      if (online === undefined) detector.report({ facility, at, received: at, readings: readingsOf(kind, values) }, emit)
      else detector.link({ facility, online, received: at }, emit)
    }
    expect(seen).toEqual(readJson(`${path}/expected.json`))
  })
})
