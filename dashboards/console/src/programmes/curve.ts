import { hours } from '../../../../src/telemetry/duration.ts'

/** Light from a moment on, 0 (off) to 1. */
export interface Level {
  at: number
  level: number
}

export interface Stretch {
  from: number
  until: number
  level: number
}

/** Times in ms since 1970. */
export interface Span {
  from: number
  until: number
}

/** The stretches of one light between two moments; dark before the first change. */
export function stretchesOf(changes: readonly Level[], { from, until }: Span): Stretch[] {
  const before = changes.findLast(({ at }) => at <= from)?.level ?? 0
  const inside = changes.filter(({ at }) => at > from && at < until)
  const stretches: Stretch[] = []
  for (const { at, level } of [{ at: from, level: before }, ...inside]) {
    const last = stretches.at(-1)
    if (last?.level === level) continue
    if (last) last.until = at
    stretches.push({ from: at, until, level })
  }
  return stretches
}

/** The outline of stretches over a box of some width and height, as an SVG path from its foot to its foot. */
export function curvePath(stretches: readonly Stretch[], { from, until }: Span, width: number, height: number): string {
  const x = (at: number) => round(((at - from) / (until - from)) * width)
  const y = (level: number) => round(height - level * height)
  const steps = stretches.map((one) => `L${x(one.from)} ${y(one.level)}L${x(one.until)} ${y(one.level)}`)
  return `M0 ${height}${steps.join('')}L${width} ${height}Z`
}

const round = (n: number): number => Math.round(n * 100) / 100

/** Full hours of the local time, every `every`th of the day, between two moments. `utcOffset`: what local time is ahead of UTC, ms. */
export function hourMarks({ from, until }: Span, every: number, utcOffset: (at: number) => number): number[] {
  const marks: number[] = []
  const step = hours(1)
  const first = Math.ceil((from + utcOffset(from)) / step) * step - utcOffset(from)
  for (let at = first; at <= until; at += step) {
    if (Math.round((at + utcOffset(at)) / step) % every === 0) marks.push(at)
  }
  return marks
}

/** Hours at full light that give as much as the stretches do. */
export const fullHours = (stretches: readonly Stretch[]): number =>
  stretches.reduce((sum, { from, until, level }) => sum + (level * (until - from)) / hours(1), 0)
