/** Side of the squares of the screen that a text takes, pixels. */
const SQUARE = 8

/** Where texts stand already, so that none is written over another. */
export class LabelGrid {
  readonly #taken = new Set<number>()

  /** Takes a rectangle, pixels; false when some of it is taken. */
  take(x: number, y: number, width: number, height: number): boolean {
    const squares: number[] = []
    for (let row = Math.floor(y / SQUARE); row <= Math.floor((y + height) / SQUARE); row++) {
      for (let column = Math.floor(x / SQUARE); column <= Math.floor((x + width) / SQUARE); column++) {
        const key = row * 100_000 + column
        if (this.#taken.has(key)) return false
        squares.push(key)
      }
    }
    for (const key of squares) this.#taken.add(key)
    return true
  }
}
