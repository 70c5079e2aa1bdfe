import type { GroupInput } from '../edges/http/rule-schemas.ts'
import { LamplighterError } from '../errors.ts'
import { exactValue, formatFacilityQuery, parseFacilityQuery } from '../facilities/facility-query.ts'
import type { Facility } from '../facilities/plant.ts'
import type { RuleBook } from '../facilities/rule-book.ts'
import type { FacilityGroup } from '../facilities/rule-settings.ts'
import type { ServiceParts } from './parts.ts'
import { changeRules } from './rule-change.ts'

const MAX_GROUPS = 200

const refuse = (message: string): never => {
  throw new LamplighterError('invalid-request', message)
}

export function knownGroup(rules: RuleBook, name: string): FacilityGroup {
  const group = rules.groups.find((each) => each.name === name)
  if (!group) throw new LamplighterError('not-found', `There is no group ${JSON.stringify(name)}; /api/groups lists them.`)
  return group
}

/** What engineers do with groups of facilities. */
export function groupServices(parts: ServiceParts) {
  const { kinds, plant, rules, state, now } = parts

  const concernedByGroup = (name: string): Facility[] => {
    const ofKinds = new Set(rules.overrides.filter(({ group }) => group === name).map(({ kind }) => kind))
    return ofKinds.size === 0 ? [] : [...plant].filter(({ kind }) => ofKinds.has(kind.key))
  }

  function checkGroup({ query: text }: GroupInput, isNew: boolean): string {
    const query = parseFacilityQuery(text)
    const kind = exactValue(query, 'kind')
    if (kind !== undefined && !kinds.has(kind)) refuse(`There is no kind ${kind}; there are ${[...kinds.keys()].join(', ')}.`)
    if (query.conditions.length === 0)
      refuse('A group needs a query with at least one condition; for all of a kind change its rules themselves.')
    if (isNew && rules.groups.length >= MAX_GROUPS)
      refuse(`There are ${MAX_GROUPS} groups already. Remove one, or let one group do for several.`)
    return formatFacilityQuery(query)
  }

  return {
    groups: () => rules.groups,
    group: (name: string) => knownGroup(rules, name),
    putGroup(name: string, input: GroupInput, by: string): FacilityGroup {
      const known = rules.groups.find((group) => group.name === name)
      const { rank, reason } = input
      const group: FacilityGroup = { name, rank, query: checkGroup(input, !known), reason, by, at: now() }
      if (known && known.rank === rank && known.query === group.query) return known
      const detail = `${known ? `${describe(known)} -> ` : ''}${describe(group)}: ${reason}`
      changeRules(parts, { by, action: 'put-group', subject: `group ${name}`, detail }, () => {
        state.rules.putGroup(group)
        return { groups: state.rules.groups(), overrides: rules.overrides, concerned: concernedByGroup(name) }
      })
      return group
    },
    removeGroup(name: string, reason: string, by: string): void {
      const group = knownGroup(rules, name)
      const count = rules.overrides.filter((override) => override.group === name).length
      if (count > 0) {
        throw new LamplighterError(
          'action-refused',
          `${count} ${count === 1 ? 'override is' : 'overrides are'} made for group ${name}. Remove them first: /api/overrides?group=${encodeURIComponent(name)} lists them.`,
        )
      }
      changeRules(parts, { by, action: 'remove-group', subject: `group ${name}`, detail: `${describe(group)}: ${reason}` }, () => {
        state.rules.removeGroup(name)
        return { groups: state.rules.groups(), overrides: rules.overrides, concerned: [] }
      })
    },
  }
}

const describe = ({ rank, query }: FacilityGroup) => `rank ${rank}, ${query}`
