import type { FacilityGroup, RuleOverride } from '../../facilities/rule-settings.ts'
import type { RuleStore } from '../rule-store.ts'
import type { Statements } from './statements.ts'

interface OverrideRow extends Omit<RuleOverride, 'group' | 'changes'> {
  group_name: string | null
  changes: string
  version: number
}

function toOverride({ group_name, changes, version: _, ...row }: OverrideRow): RuleOverride {
  return { ...row, group: group_name, changes: JSON.parse(changes) }
}

export function sqliteRuleStore(sql: Statements): RuleStore {
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
    putOverride({ kind, group, facility, rule, changes, reason, by, at }) {
      const row = sql.one<{ id: number }>(
        `INSERT INTO rule_override (kind, group_name, facility, rule, changes, reason, by, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (kind, rule, coalesce(group_name, ''), coalesce(facility, ''))
         DO UPDATE SET changes = excluded.changes, reason = excluded.reason, by = excluded.by, at = excluded.at RETURNING id`,
        ...[kind, group, facility, rule, JSON.stringify(changes), reason, by, at],
      )
      return row.id
    },
    removeOverride: (id) => sql.run('DELETE FROM rule_override WHERE id = ?', id),
  }
}
