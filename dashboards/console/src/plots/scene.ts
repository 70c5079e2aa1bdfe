import { signal } from '@preact/signals'
import type { Priority } from '../../../../src/detection/rule.ts'
import type { PointView } from '../../../../src/edges/http/schemas.ts'
import { type Palette, palettes } from '../../../shared/palette.ts'

export interface PlotLimit {
  value: number
  /** null: no limit but what should be. */
  priority: Priority | null
  point: string
  /** Of which line's facility; of all when absent. */
  facility?: string
  /** Since when it was what, ms since 1970, null while it was none; `value` all the time when absent. */
  steps?: readonly { at: number; value: number | null }[]
}

/** The moment something happened, and how long it had to last before, ms. */
export interface PlotMark {
  at: number
  delay: number
}

/** A time in which an alarm was active, ms since 1970; null: still is. */
export interface PlotBand {
  priority: Priority
  started: number
  ended: number | null
}

/** What a plot draws beside its curves; it may change without the plot being made anew. */
export interface Scene {
  /** Ms since 1970. */
  from: number
  to: number
  limits: readonly PlotLimit[]
  mark?: PlotMark | undefined
  bands?: readonly PlotBand[]
  /** Moments at which the mode of a facility was changed, ms since 1970. */
  changes?: readonly number[]
  /** Times in which nothing came, and those of which nothing can be there. */
  silences?: readonly { from: number; to: number; words: string }[]
  /** Names at the ends of the lines; none where there is one line. */
  labels?: readonly string[]
  hidden?: ReadonlySet<number>
}

/** Two lines differ by dash, and by the letter that stands on them, not by colour, which is kept for what is abnormal. */
export const dashes: readonly number[][] = [[], [6, 4], [2, 3], [10, 3, 2, 3], [1, 5], [12, 6]]
export const dashOf = (line: number): number[] => dashes[line % dashes.length] as number[]
export const letterOf = (line: number): string => String.fromCharCode(65 + line)

/** Points that are on or off, or in a state, have an axis each. */
export const scaleOf = (point: PointView): string => (point.type === 'number' ? point.unit : `${point.type} ${point.key}`)

/** Where the crosshair of the page stands, ms since 1970; null when it is nowhere. */
export const cursorAt = signal<number | null>(null)

/** While the page is printed: plots are drawn on white and as wide as a sheet of A4. */
export const printing = signal(false)
export const PAPER_WIDTH = 680
export const paper: Palette = { ...palettes.light, ground: '#ffffff', panel: '#ffffff' }
