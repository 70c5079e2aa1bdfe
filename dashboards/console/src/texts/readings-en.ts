/** Texts of the page of a facility's readings, loaded with it. */
export const readingsEn = {
  title: 'Readings',
  time: 'Time shown',
  spans: { day: '24 h', week: '7 days', month: '30 days', year: '1 year' },
  earlier: 'Earlier',
  later: 'Later',
  now: 'Up to now',
  from: 'From',
  to: 'to',
  show: 'Show',
  points: 'Points',
  addPoint: 'Add a point…',
  removePoint: (name: string) => `Remove ${name}`,
  mostPoints: (count: string) => `At most ${count} points.`,
  key: (length: string) =>
    `Line: mean of ${length}; shade: lowest to highest of it; an interrupted line: nothing was received. Arrow keys go from value to value.`,
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
