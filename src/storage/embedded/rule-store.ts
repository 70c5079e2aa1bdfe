import type { FacilityGroup, RuleChanges, RuleOverride, RuleScope } from '../../facilities/rule-settings.ts'
import type { RuleVersion } from '../../facilities/rule-version.ts'
import type { RuleStore } from '../rule-store.ts'
import { page } from './page.ts'
import { type Condition, facilityIn } from './scope-sql.ts'
import { matching, type Statements } from './statements.ts'

interface OverrideRow extends Omit<RuleOverride, 'group' | 'changes'> {
  group_name: string | null
  changes: string
}

interface VersionRow extends Omit<RuleVersion, 'group' | 'before' | 'after' | 'revertsTo'> {
  group_name: string | null
  changes_before: string | null
  changes_after: string | null
  reverts_to: number | null
}

const json = (changes: RuleChanges | null) => changes && JSON.stringify(changes)
const parsed = (changes: string | null): RuleChanges | null => (changes === null ? null : JSON.parse(changes))

function toOverride({ group_name, changes, ...row }: OverrideRow): RuleOverride {
  return { ...row, group: group_name, changes: JSON.parse(changes) }
}

function toVersion({ group_name, changes_before, changes_after, reverts_to, ...row }: VersionRow): RuleVersion {
  return { ...row, group: group_name, before: parsed(changes_before), after: parsed(changes_after), revertsTo: reverts_to }
}

/** What is changed for a kind or a group is of no facility. */
const orOfNone = ([condition, values]: Condition): Condition => [`(facility IS NULL OR ${condition})`, values]

export function sqliteRuleStore(sql: Statements): RuleStore {
  const overrideOf = ({ kind, group, facility, rule }: RuleScope & { rule: string }) => {
    const row = sql.get<OverrideRow>(
      'SELECT * FROM rule_override WHERE kind = ? AND group_name IS ? AND facility IS ? AND rule = ?',
      ...[kind, group, facility, rule],
    )
    return row ? toOverride(row) : null
  }
  return {
    groups: () => sql.all<FacilityGroup>('SELECT name, rank, query, reason, by, at FROM facility_group ORDER BY name'),
    putGroup({ name, rank, query, reason, by, at }) {
      sql.run(
        `INSERT INTO facility_group (name, rank, query, reason, by, at) VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT (name) DO UPDATE SET rank = excluded.rank, query = excluded.query, reason = excluded.reason, by = excluded.by, at = excluded.at`,
        ...[name, rank, query, reason, by, at],
      )
    },
    removeGroup: (name) => sql.run('DELETE FROM facility_group WHERE name = ?', name),
    overrides: () => sql.all<OverrideRow>('SELECT * FROM rule_override ORDER BY id').map(toOverride),
    override(id) {
      const row = sql.get<OverrideRow>('SELECT * FROM rule_override WHERE id = ?', id)
      return row && toOverride(row)
    },
    change(change) {
      const known = overrideOf(change)
      const { kind, group, facility, rule, action, after, revertsTo, reason, by, at } = change
      const { id } = sql.one<{ id: number }>(
        `INSERT INTO rule_version (kind, group_name, facility, rule, action, changes_before, changes_after, reverts_to, reason, by, at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`,
        ...[kind, group, facility, rule, action, json(known?.changes ?? null), json(after), revertsTo, reason, by, at],
      )
      const version = { ...change, id, before: known?.changes ?? null }
      if (after === null) {
        if (known) sql.run('DELETE FROM rule_override WHERE id = ?', known.id)
        return { version, override: null }
      }
      const row = sql.one<OverrideRow>(
        `INSERT INTO rule_override (version, kind, group_name, facility, rule, changes, reason, by, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (kind, rule, coalesce(group_name, ''), coalesce(facility, '')) DO UPDATE SET version = excluded.version,
         changes = excluded.changes, reason = excluded.reason, by = excluded.by, at = excluded.at RETURNING *`,
        ...[id, kind, group, facility, rule, json(after), reason, by, at],
      )
      return { version, override: toOverride(row) }
    },
    version(id) {
      const row = sql.get<VersionRow>('SELECT * FROM rule_version WHERE id = ?', id)
      return row && toVersion(row)
    },
    versions({ kind, rule, group, facility, within, before, limit }) {
      const given = matching([
        ['kind = ?', kind],
        ['rule = ?', rule],
        ['group_name = ?', group],
        ['facility = ?', facility],
        ['id < ?', before],
        ...(within ? [orOfNone(facilityIn(within))] : []),
      ])
      const rows = sql.all<VersionRow>(`SELECT * FROM rule_version ${given.where} ORDER BY id DESC LIMIT ?`, ...given.values, limit + 1)
      return page(rows.map(toVersion), limit)
    },
  }
}
