import type { LightArmingView, LightChangeView } from '../../../../src/edges/http/light-change-schemas.ts'
import { nameOf } from '../facility/name-of.ts'
import { formatDateTime, formatNumber } from '../format.ts'
import { li } from '../texts/light-changes.ts'

type Change = LightChangeView['change']

const percent = (level: number): string => `${formatNumber(level, Number.isInteger(level) ? 0 : 1)} %`

/** What is asked for, in a few words. */
export function changeWords(change: Change): string {
  switch (change.type) {
    case 'override': {
      const { level, programme } = change.override
      return li().override(level === null ? (programme ?? '') : percent(level))
    }
    case 'end-override':
      return li().endOverride(change.override)
    case 'assignments':
      return li().assignments
    case 'remove-condition':
      return li().removeCondition(change.condition)
    case 'programme':
      return li().programme(nameOf(change.programme))
    case 'calendar':
      return li().calendar(nameOf(change.calendar))
    case 'condition':
      return li().condition(nameOf(change.condition))
  }
}

/** Whose light it is, counted. */
export function whomWords({ lamps, cabinets }: Pick<LightChangeView['counts'], 'lamps' | 'cabinets'>): string {
  const parts = [lamps > 0 && li().lamps(formatNumber(lamps), lamps), cabinets > 0 && li().cabinets(formatNumber(cabinets), cabinets)]
  return parts.filter(Boolean).join(' · ') || li().nobody
}

export const differenceWords = ({ at, before, after, ...whom }: LightArmingView['differences'][number]): string =>
  li().difference(whomWords(whom), percent(before), percent(after), formatDateTime(at))
