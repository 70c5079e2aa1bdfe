import { WHOLE_CITY } from '../src/access/scope.ts'
import type { ControlProgramme } from '../src/control/control-programme.ts'
import type { ProgrammeCalendar } from '../src/control/programme-calendar.ts'
import type { ProgrammeAssignment } from '../src/control/programme-set.ts'
import type { Programmes } from '../src/edges/programmes.ts'
import { hours } from '../src/telemetry/duration.ts'

const dusk = (minutes: number, level: number) => ({ anchor: 'dusk' as const, minutes, level })
const dawn = (minutes: number, level: number) => ({ anchor: 'dawn' as const, minutes, level })
const clock = (hour: number, level: number) => ({ anchor: 'clock' as const, minutes: hour * 60, level })

/** The first of them is how devices dim by themselves, so that nothing jumps when they are given their tables. */
export const demoProgrammes: readonly ControlProgramme[] = [
  { id: 'half-night', name: '后半夜调光', nameEn: 'Dimmed after eleven', steps: [dusk(0, 100), clock(23, 70), clock(5, 100), dawn(0, 0)] },
  { id: 'whole-night', name: '全夜灯', nameEn: 'All night', steps: [dusk(0, 100), dawn(0, 0)] },
  { id: 'landscape', name: '景观 22:00 关', nameEn: 'Landscape until ten', steps: [dusk(15, 100), clock(22, 0)] },
  { id: 'festive', name: '节日景观', nameEn: 'Festive', steps: [dusk(-15, 100), clock(1, 40), dawn(0, 0)] },
]

const yearly = (from: string, to: string) => ({ on: 'yearly' as const, from, to, programme: 'festive' })

export const demoCalendars: readonly ProgrammeCalendar[] = [
  {
    ...{ id: 'roads', name: '道路照明', nameEn: 'Roads', usual: 'half-night' },
    lines: [
      { on: 'holidays', programme: 'whole-night' },
      { on: 'yearly', from: '12-31', to: '01-01', programme: 'whole-night' },
    ],
  },
  { ...{ id: 'key-areas', name: '重点区域', nameEn: 'Key areas', usual: 'whole-night' }, lines: [] },
  {
    ...{ id: 'parks', name: '公园景观', nameEn: 'Parks', usual: 'landscape' },
    lines: [yearly('12-31', '01-01'), yearly('10-01', '10-07')],
  },
]

export const demoAssignments: readonly ProgrammeAssignment[] = [
  { id: 'parks', name: '公园与景观', nameEn: 'Parks', query: 'kind=light-cabinet,street-light roadClass=landscape', calendar: 'parks' },
  { id: 'key', name: '医院、广场、路口', nameEn: 'Key areas', query: 'kind=light-cabinet,street-light keyArea=yes', calendar: 'key-areas' },
  { id: 'roads', name: '其余道路', nameEn: 'All other roads', query: 'kind=light-cabinet,street-light', calendar: 'roads' },
]

/** Programmes with dimming, parks that go dark at ten, holidays, and a match that is announced for tomorrow, at `at`, ms. */
export async function configureLighting(programmes: Programmes, by: string, at: number): Promise<void> {
  for (const programme of demoProgrammes) programmes.putProgramme(programme, by)
  for (const calendar of demoCalendars) programmes.putCalendar(calendar, by)
  programmes.setAssignments(demoAssignments, by)
  const { from } = await programmes.nightOn(undefined)
  // From 22:00 to 24:00 of the coming night.
  const ten = from + hours(10) > at ? from + hours(10) : from + hours(34)
  const match = { query: 'roadClass=landscape', level: 100, programme: null, from: ten, until: ten + hours(2) }
  programmes.addOverride({ ...match, reason: '体育中心晚场比赛散场 Late match at the stadium' }, by, WHOLE_CITY)
}
