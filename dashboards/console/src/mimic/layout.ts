import type { MimicElementView, MimicView } from '../../../../src/edges/http/mimic-schemas.ts'
import { isDrawn } from '../../../../src/facilities/mimic.ts'

/** Side of a cell in units of the drawing. */
export const CELL = 20
/** Heights of the title, of the word of a state, and of a value with the bar below it. */
export const TITLE = 15
export const WORD = 16
export const VALUE = 22
/** A symbol that is no vessel is as high as this at most, so that those on one pipe share its middle. */
const SYMBOL = 56
const GAP = 4
/** Sizes of letters in units. */
export const FONT = { title: 12.5, value: 14, small: 11.5 } as const

export interface Box {
  x: number
  y: number
  width: number
  height: number
}

/** Where the parts of an element are drawn, in units. */
export interface ElementLayout {
  box: Box
  symbol: Box
  word: Box | null
  values: readonly Box[]
}

const vessels: ReadonlySet<MimicElementView['symbol']> = new Set(['basin', 'circuit', 'tank', 'well'])

export const hasWord = ({ state, trip }: MimicElementView): boolean => state !== undefined || trip !== undefined

/** Points it shows or follows. */
export const pointsOf = ({ state, command, trip, level, values = [] }: MimicElementView): string[] => [
  ...new Set([state, command, trip, level, ...values.map(({ point }) => point)].filter((point) => point !== undefined)),
]

export function layoutOf(element: MimicElementView): ElementLayout {
  const { at, size, symbol, beside = false, values = [] } = element
  const box = { x: at[0] * CELL, y: at[1] * CELL, width: size[0] * CELL, height: size[1] * CELL }
  const inner = { x: box.x + GAP, width: box.width - 2 * GAP, top: box.y + TITLE, bottom: box.y + box.height - GAP }
  const textHeight = (hasWord(element) ? WORD : 0) + values.length * VALUE
  const symbolWidth = beside ? Math.min(inner.width * 0.36, inner.bottom - inner.top) : inner.width
  const free = inner.bottom - inner.top - (beside ? 0 : textHeight)
  const symbolHeight = vessels.has(symbol) ? free : Math.min(free, SYMBOL)
  const text = beside
    ? { x: inner.x + symbolWidth + GAP, y: inner.top, width: inner.width - symbolWidth - GAP }
    : { x: inner.x, y: inner.top + symbolHeight, width: inner.width }
  const afterWord = text.y + (hasWord(element) ? WORD : 0)
  return {
    box,
    symbol: { x: inner.x, y: inner.top, width: symbolWidth, height: symbolHeight },
    word: hasWord(element) ? { ...text, height: WORD } : null,
    values: values.map((_, i) => ({ ...text, y: afterWord + i * VALUE, height: VALUE })),
  }
}

/** What is drawn of a mimic for a facility with these rated values, and the part of the drawing that it fills. */
export function drawn({ elements, lines }: MimicView, rated: Readonly<Record<string, number>>) {
  const shown = elements.filter(({ only }) => isDrawn(only, rated))
  const right = Math.max(...shown.map(({ at, size }) => at[0] + size[0]))
  const bottom = Math.max(...shown.map(({ at, size }) => at[1] + size[1]))
  return {
    elements: shown,
    lines: lines.filter(({ only }) => isDrawn(only, rated)),
    width: right * CELL,
    height: bottom * CELL,
  }
}
