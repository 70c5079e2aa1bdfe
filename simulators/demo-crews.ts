import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Role } from '../src/access/permissions.ts'
import { addDays, dateOf } from '../src/control/calendar-day.ts'
import type { Crew, Skill } from '../src/dispatch/crew.ts'
import type { Rotation } from '../src/dispatch/duty.ts'

export interface DemoPerson {
  account: string
  name: string
  role: Role
  skills: readonly Skill[]
}

const crewPerson = (account: string, name: string, skills: readonly Skill[]): DemoPerson => ({ account, name, role: 'crew', skills })
const lights = ['electrical', 'at-height'] as const
const pipes = ['mechanical', 'gas', 'confined-space', 'instruments'] as const

export const demoPeople: readonly DemoPerson[] = [
  { account: 'dora', name: '杜敏 Dora', role: 'dispatcher', skills: [] },
  crewPerson('anna', '安娜 Anna', lights),
  crewPerson('bao', '包强 Bao', lights),
  crewPerson('chen', '陈波 Chen', lights),
  crewPerson('dan', '邓安 Dan', lights),
  crewPerson('eva', '叶华 Eva', lights),
  crewPerson('feng', '冯军 Feng', lights),
  crewPerson('gao', '高亮 Gao', pipes),
  crewPerson('hu', '胡静 Hu', [...pipes, 'electrical']),
]

const crew = (id: string, name: string, members: readonly string[], domains: Crew['domains'], vehicle: string): Crew => ({
  ...{ id, name, members, domains, vehicle, districts: 'all', base: null, disabled: false },
})
const street = ['lighting', 'cabinets', 'network'] as const

/** The crew that waits for whoever looks at the demo: nobody plays it. */
export const VISITORS_CREW = 'lights-1'

export const demoCrews: readonly Crew[] = [
  crew(VISITORS_CREW, '路灯一班 Lights 1', ['anna', 'bao'], street, '冀A·L1001'),
  crew('lights-2', '路灯二班 Lights 2', ['chen', 'dan'], street, '冀A·L1002'),
  crew('lights-3', '路灯三班 Lights 3', ['eva', 'feng'], street, '冀A·L1003'),
  crew('pipes-1', '管网抢修班 Pipes', ['gao', 'hu'], ['water', 'gas', 'sewage', 'waste'], '冀A·G2001'),
]

const teamOf = ({ id, name, members }: Crew) => ({ key: id, name, crew: id, people: members })
const crewOf = (id: string): Crew => demoCrews.find((one) => one.id === id) as Crew
const twelveHours = [
  { key: 'day', name: '白班 Day', from: 7 * 60, to: 19 * 60 },
  { key: 'night', name: '夜班 Night', from: 19 * 60, to: 7 * 60 },
]
const week = <T>(one: T): T[] => Array.from({ length: 7 }, () => one)

/** Somebody of each field is on duty at any moment; the rotations began a fortnight before `at`, ms. */
export function demoRotations(at: number, utcOffset: (at: number) => number): Rotation[] {
  const start = addDays(dateOf(at, utcOffset), -14)
  return [
    {
      ...{ id: 'standby', name: '全天值守 Around the clock', start, shifts: [{ key: 'all', name: '全天 All day', from: 0, to: 1440 }] },
      teams: [teamOf(crewOf(VISITORS_CREW)), teamOf(crewOf('pipes-1'))],
      cycle: { [VISITORS_CREW]: ['all'], 'pipes-1': ['all'] },
    },
    {
      ...{ id: 'lights', name: '路灯轮班 Street lights', start, shifts: twelveHours },
      teams: [teamOf(crewOf('lights-2')), teamOf(crewOf('lights-3'))],
      cycle: { 'lights-2': [...week('day'), ...week('night')], 'lights-3': [...week('night'), ...week('day')] },
    },
    {
      ...{ id: 'desk', name: '调度值班 Control room', start, shifts: twelveHours },
      teams: [
        { key: 'desk-1', name: '甲班 Desk A', crew: null, people: ['dora'] },
        { key: 'desk-2', name: '乙班 Desk B', crew: null, people: ['admin'] },
      ],
      cycle: { 'desk-1': ['day'], 'desk-2': ['night'] },
    },
  ]
}

export interface DemoAccess {
  /** Passwords by account; that of the administrator only when it is the first start. */
  passwords: ReadonlyMap<string, string>
}

const secretsFile = (folder: string) => join(folder, 'people-secrets.json')

/** Passwords of the people of a demo, where its folder has lived before. */
export function demoPasswords(folder: string): DemoAccess | null {
  const file = secretsFile(folder)
  if (!existsSync(file)) return null
  return { passwords: new Map(Object.entries(JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>)) }
}

/** Keeps them for later starts, readable by whoever runs the demo only. */
export const keepPasswords = (folder: string, passwords: ReadonlyMap<string, string>): void =>
  writeFileSync(secretsFile(folder), `${JSON.stringify(Object.fromEntries(passwords), null, 2)}\n`, { mode: 0o600 })
