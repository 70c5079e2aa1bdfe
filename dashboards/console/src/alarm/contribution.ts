import type { AlarmView } from '../../../../src/edges/http/schemas.ts'

export interface Contribution {
  point: string
  /** How far it deviates, in its own usual scatter; negative: below what is usual. */
  sigmas: number
  expected: number | undefined
  /** What it read; absent where that is not known. */
  value?: AlarmView['evidence']['values'][string] | undefined
}

const SIGMAS = '.sigmas'
const EXPECTED = '.expected'

/** The figures of single points, like `flow.sigmas`, most deviating first. */
export function contributionsOf({ figures, values }: Pick<AlarmView['evidence'], 'figures' | 'values'>): Contribution[] {
  return Object.entries(figures)
    .filter(([name]) => name.endsWith(SIGMAS))
    .map(([name, sigmas]) => {
      const point = name.slice(0, -SIGMAS.length)
      return { point, sigmas, expected: figures[point + EXPECTED], value: values[point] }
    })
    .sort((left, right) => Math.abs(right.sigmas) - Math.abs(left.sigmas))
}

export const isOfOnePoint = (figure: string): boolean => figure.endsWith(SIGMAS) || figure.endsWith(EXPECTED)
