import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import type { RunScore, TotalScore } from '../../simulators/scoring.ts'

const root = join(import.meta.dirname, '..', '..')
const runs = join(root, '..', 'shared', 'data', 'skab')
const run = promisify(execFile)
const few = ['--match', 'valve2', '--match', 'other/3', '--match', 'other/14', '--match', 'clean']
/** Some thousand messages one after the other, each on disk before the next. */
const TIMEOUT = 240_000

async function score(...args: string[]): Promise<{ scores: RunScore[]; total: TotalScore }> {
  const command = [join(root, 'simulators', 'score.ts'), runs, '--json', ...args]
  const { stdout } = await run(process.execPath, command, { maxBuffer: 1e7 }).catch((error: { stdout: string }) => error)
  return JSON.parse(stdout).learned
}

describe.skipIf(!existsSync(runs))('a real pump loop, each run played through MQTT into a server that has learned nothing', () => {
  test.each([
    ['as recorded', []],
    ['cut anywhere and in any unit', ['--crop', 'a', '--units', 'a']],
  ])(
    '%s: rules that learn find its faults with few false alarms',
    async (_, args) => {
      const { scores, total } = await score(...few, ...args)
      expect(scores).toHaveLength(5)
      expect(total).toMatchObject({ runs: 4, found: 4 })
      expect(total.f1).toBeGreaterThanOrEqual(0.8)
      expect(total.falseAlarmRate).toBeLessThanOrEqual(0.12)
      expect(total.healthyEpisodes).toBeLessThanOrEqual(2)
    },
    TIMEOUT,
  )
})
