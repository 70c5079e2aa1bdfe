import type { VersionFilter } from './rules-api.ts'

type Narrowed = { [K in keyof VersionFilter]: VersionFilter[K] | null }

/** The list of what was changed, narrowed down to a rule or place; from version `from` on when one is named. */
export function versionsPath({ kind, rule, group, facility }: Narrowed = {}, from?: number): string {
  const given = Object.entries({ kind, rule, group, facility, from }).filter(([, value]) => value != null)
  return given.length === 0
    ? '/rule-versions'
    : `/rule-versions?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}`
}

/** The newest change of engineers in a rule's version, which stands behind a plus sign: 12 of `1+12` and of `1+12^3`, which an emergency plan raised; null when there was none. */
export function changeOf(version: string): number | null {
  const [, change] = (version.split('^')[0] ?? '').split('+')
  return change && /^\d+$/.test(change) ? Number(change) : null
}
