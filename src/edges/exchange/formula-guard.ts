/** A spreadsheet takes a cell that begins so as a formula, also in the full-width forms. */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/

/**
 * A text that a spreadsheet would run gets an apostrophe in front (OWASP, CSV injection). One that begins with an apostrophe and could be
 * mistaken for a guarded one gets one too, so that taking the guard off always gives the text back.
 */
export function guardFormula(text: string): string {
  return FORMULA.test(text) || isGuarded(text) ? `'${text}` : text
}

export function unguardFormula(cell: string): string {
  return isGuarded(cell) ? cell.slice(1) : cell
}

/** Apostrophes and then a formula. */
const isGuarded = (text: string) => text.startsWith("'") && FORMULA.test(text.replace(/^'+/, ''))
