import type { Text } from '../telemetry/point.ts'

/** What some repairs need of whoever does them. */
export const skills = {
  electrical: { zh: '电工', en: 'Electrical' },
  'high-voltage': { zh: '高压电工', en: 'High voltage' },
  'at-height': { zh: '高处作业', en: 'Work at height' },
  mechanical: { zh: '机械', en: 'Mechanical' },
  gas: { zh: '燃气', en: 'Gas' },
  'confined-space': { zh: '有限空间作业', en: 'Confined spaces' },
  instruments: { zh: '仪表', en: 'Instruments' },
  network: { zh: '通信', en: 'Communication' },
} as const satisfies Record<string, Text>
export type Skill = keyof typeof skills

/** People who drive out together. */
export interface Crew {
  id: string
  name: string
  /** Districts and domains it works in. */
  districts: 'all' | readonly string[]
  domains: 'all' | readonly string[]
  vehicle: string
  /** Accounts of its people. */
  members: readonly string[]
  /** WGS84 longitude and latitude where it starts from; null: nobody knows. */
  base: readonly [number, number] | null
  disabled: boolean
}

/** What the roster knows of a person besides the account. */
export interface CrewPerson {
  account: string
  skills: readonly Skill[]
  phone: string
  email: string
}

/** Whether one of its districts or domains is among those it works in. */
export const worksIn = (list: 'all' | readonly string[], one: string): boolean => list === 'all' || list.includes(one)

/** Whether the people of a crew together have what a repair needs. */
export function hasSkills(crew: Crew, needed: readonly Skill[], people: ReadonlyMap<string, CrewPerson>): boolean {
  return needed.every((skill) => crew.members.some((account) => people.get(account)?.skills.includes(skill)))
}
