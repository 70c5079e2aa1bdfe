import { relative } from 'node:path'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

const kindOf = ({ moduleId, project }: TestSpecification): 'waits' | 'browser' | 'short' => {
  const path = relative(project.config.root, moduleId).replaceAll('\\', '/')
  if (/^tests\/(acceptance|chaos)\//.test(path)) return 'waits'
  return path.startsWith('tests/browser/') ? 'browser' : 'short'
}

/**
 * The long files first, so that none of them is left over at the end: those that wait most of the time for real servers and faults evenly
 * among those that keep a processor busy with a browser, then all others.
 */
export default class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    const ofKind = (kind: string) => sorted.filter((file) => kindOf(file) === kind)
    return [...spread(ofKind('waits'), ofKind('browser')), ...ofKind('short')]
  }
}

/** Both lists in their order, each spread over the whole length. */
function spread<T>(...lists: readonly T[][]): T[] {
  const placed = lists.flatMap((list) => list.map((one, i) => ({ one, at: (i + 0.5) / list.length })))
  return placed.sort((a, b) => a.at - b.at).map(({ one }) => one)
}
