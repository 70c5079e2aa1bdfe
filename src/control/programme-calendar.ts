/** Which nights a line of a calendar is for, by the date on which they begin. */
export type NightChoice =
  /** YYYY-MM-DD, both inclusive. */
  | { on: 'dates'; from: string; to: string }
  /** MM-DD of every year, both inclusive; over the turn of the year where `to` comes before `from`. */
  | { on: 'yearly'; from: string; to: string }
  /** 1 Monday to 7 Sunday. */
  | { on: 'weekdays'; weekdays: number[] }
  /** Of the city's calendar of holidays. */
  | { on: 'holidays' }

/** `programme`: id of a control programme. */
export type CalendarLine = NightChoice & { programme: string }

/** Which control programme is for which night: the first line that fits, else the usual one. */
export interface ProgrammeCalendar {
  id: string
  name: string
  nameEn: string
  lines: CalendarLine[]
  /** Id of the control programme of all other nights. */
  usual: string
}

function fits(line: NightChoice, date: string, holidays: ReadonlySet<string>): boolean {
  switch (line.on) {
    case 'dates':
      return date >= line.from && date <= line.to
    case 'yearly': {
      const day = date.slice(5)
      return line.from <= line.to ? day >= line.from && day <= line.to : day >= line.from || day <= line.to
    }
    case 'weekdays':
      return line.weekdays.includes(new Date(`${date}T00:00:00Z`).getUTCDay() || 7)
    case 'holidays':
      return holidays.has(date)
  }
}

/** Id of the control programme for the night that begins on a date, YYYY-MM-DD. */
export function programmeOn({ lines, usual }: ProgrammeCalendar, date: string, holidays: ReadonlySet<string>): string {
  return lines.find((line) => fits(line, date, holidays))?.programme ?? usual
}
