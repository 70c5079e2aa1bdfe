import type { CommandMapping } from '../../telemetry/command-mapping.ts'
import type { TopicMapping } from '../../telemetry/device-profile.ts'
import type { BindingKey, ProfileStore, StoredBinding, StoredProfile } from '../profile-store.ts'
import { page } from './page.ts'
import { matching, type Statements } from './statements.ts'

interface ProfileRow extends Omit<StoredProfile, 'fields' | 'topics' | 'commands'> {
  fields: string
  topics: string | null
  commands: string | null
}

const BINDINGS_PER_PART = 1000

function toProfile({ fields, topics, commands, ...row }: ProfileRow): StoredProfile {
  return {
    ...{ ...row, fields: JSON.parse(fields) },
    ...(topics !== null && { topics: JSON.parse(topics) as TopicMapping }),
    ...(commands !== null && { commands: JSON.parse(commands) as CommandMapping[] }),
  }
}

/** As the unique index has it. */
const OF_KEY = "dialect = ? AND address = ? AND iif(dialect = 'mapped', profile, '') = ?"
const keyOf = ({ dialect, address, profile }: BindingKey) => [dialect, address, dialect === 'mapped' ? profile : '']

export function sqliteProfileStore(sql: Statements): ProfileStore {
  return {
    profiles: () => sql.all<ProfileRow>('SELECT * FROM device_profile ORDER BY id').map(toProfile),
    putProfile({ id, title, dialect, kind, codec, fields, topics, commands, by, at }) {
      sql.run(
        `INSERT INTO device_profile (id, title, dialect, kind, codec, fields, topics, commands, by, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET title = excluded.title, dialect = excluded.dialect, kind = excluded.kind, codec = excluded.codec,
         fields = excluded.fields, topics = excluded.topics, commands = excluded.commands, by = excluded.by, at = excluded.at`,
        ...[
          id,
          title,
          dialect,
          kind,
          codec,
          JSON.stringify(fields),
          ...[topics, commands].map((part) => (part ? JSON.stringify(part) : null)),
          by,
          at,
        ],
      )
    },
    removeProfile: (id) => sql.run('DELETE FROM device_profile WHERE id = ?', id),

    *bindings() {
      for (let last = 0; ; ) {
        const rows = sql.all<StoredBinding>('SELECT * FROM device_binding WHERE id > ? ORDER BY id LIMIT ?', last, BINDINGS_PER_PART)
        yield* rows
        const end = rows.at(-1)
        if (!end) return
        last = end.id
      }
    },
    binding: (key) => sql.get<StoredBinding>(`SELECT * FROM device_binding WHERE ${OF_KEY}`, ...keyOf(key)),
    findBindings({ dialect, profile, facility, words, before, limit }) {
      const given = matching([
        ['dialect = ?', dialect],
        ['profile = ?', profile],
        ['facility = ?', facility],
        ["instr(lower(address || ' ' || facility), lower(?)) > 0", words || undefined],
        ['id < ?', before],
      ])
      return page(
        sql.all<StoredBinding>(`SELECT * FROM device_binding ${given.where} ORDER BY id DESC LIMIT ?`, ...given.values, limit + 1),
        limit,
      )
    },
    bindingsOf: (profile) => sql.one<{ count: number }>('SELECT count(*) AS count FROM device_binding WHERE profile = ?', profile).count,
    putBinding({ dialect, address, facility, profile, by, at }) {
      sql.run(
        `INSERT INTO device_binding (dialect, address, facility, profile, by, at) VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT (dialect, address, iif(dialect = 'mapped', profile, '')) DO UPDATE SET facility = excluded.facility,
         profile = excluded.profile, by = excluded.by, at = excluded.at`,
        ...[dialect, address, facility, profile, by, at],
      )
    },
    removeBinding: (key) => sql.run(`DELETE FROM device_binding WHERE ${OF_KEY}`, ...keyOf(key)),
  }
}
