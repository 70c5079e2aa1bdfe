/** Texts of the page of a facility's readings, loaded with it. */
export const readingsEn = {
  title: 'Readings',
  points: 'Points',
  addPoint: 'Add a point…',
  removePoint: (name: string) => `Remove ${name}`,
  mostPoints: (count: string) => `At most ${count} points.`,
  byDay: 'By day',
  csv: 'CSV of what is shown',
  day: 'Day',
  figures: { increase: 'Increase', integral: 'Total', mean: 'Mean' },
  lowToHigh: 'Lowest to highest',
  last: 'Last',
  received: 'Received',
  receivedOf: (received: string, expected: string) => `${received} of ${expected}`,
  incomplete: 'INCOMPLETE',
  nothingExpected: 'nothing expected',
  allDays: 'All days',
  dayKey:
    'A figure covers what was received: where less than 95 % was, it says so. Expected is what the usual interval asks for, behind a switched circuit only while it should be on. More than expected is possible, since devices also report at once on a change; it makes up for nothing.',
}

export type ReadingsTexts = typeof readingsEn
