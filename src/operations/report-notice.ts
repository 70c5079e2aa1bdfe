import type { Text } from '../telemetry/point.ts'
import { companies } from './company.ts'
import { figuresByPart, partTitle, type ReportFigure, reportPeriods } from './duty-report.ts'
import { cellText, isMissed, type ReportClock, spanText } from './report-words.ts'

/** Kinds of messages by which reports are sent, and what they are called. */
export const reportNoticeTitles: Readonly<Record<string, Text>> = Object.fromEntries(
  Object.entries(reportPeriods).map(([period, title]) => [`duty-report.${period}`, title]),
)

/** Figures in one message; a report of the bureau has some forty. */
const MOST_FIGURES = 80

interface Sent {
  company: keyof typeof companies
  period: keyof typeof reportPeriods
  from: number
  to: number
  shiftName: string
  figures: readonly ReportFigure[]
}

/** What people read of a report that is sent: its figures by part, those that miss their target marked and once more on top. */
export function reportNotice(report: Sent, clock: ReportClock): { title: Text; text: Text } {
  const { company, period, figures } = report
  const both = (write: (language: 'zh' | 'en') => string): Text => ({ zh: write('zh'), en: write('en') })
  const line = (figure: ReportFigure, language: 'zh' | 'en') => {
    const { title, value, unit, ...column } = figure
    const words = cellText(value, { ...column, title }, { ...clock, language })
    const missed = isMissed(figure) ? (language === 'zh' ? '（未达标）' : ' (target missed)') : ''
    return `${title[language]}${language === 'zh' ? '：' : ': '}${words}${unit && value !== null ? ` ${unit}` : ''}${missed}`
  }
  return {
    title: both(
      (language) =>
        `${companies[company][language]}${language === 'zh' ? '' : ': '}${reportPeriods[period][language]} ${spanText(report, { ...clock, language })}`,
    ),
    text: both((language) => {
      const missed = figures.filter(isMissed).map((figure) => line(figure, language))
      const head = (words: string) => (language === 'zh' ? `【${words}】` : `${words}:`)
      const groups = figuresByPart(figures.slice(0, MOST_FIGURES)).map(({ part, figures: own }) =>
        [head(partTitle(part)[language]), ...own.map((figure) => line(figure, language))].join('\n'),
      )
      const first = missed.length > 0 ? [[head(language === 'zh' ? '未达标' : 'Targets missed'), ...missed].join('\n')] : []
      return [...first, ...groups].join('\n\n')
    }),
  }
}
