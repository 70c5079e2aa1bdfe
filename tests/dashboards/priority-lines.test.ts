import { expect, test } from 'vitest'
import { linesOf, readLines } from '../../dashboards/console/src/channels/priority-lines.ts'

test('what values of a severity mean is written as lines, and read again', () => {
  const mapping = { critical: 'critical', 'p 2': 'high', quiet: 'none' } as const
  expect(readLines(linesOf(mapping))).toEqual({ mapping })
  expect(readLines('\n  P1=Critical \n\n')).toEqual({ mapping: { p1: 'critical' } })
  expect(readLines('')).toEqual({ mapping: {} })
})

test.each(['fatal', 'fatal = urgent', '= high', 'fatal ='])('%s says nothing', (line) =>
  expect(readLines(`p1 = high\n${line}`)).toEqual({ wrong: line }),
)
