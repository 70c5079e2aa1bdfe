import type { ProgrammeOverride, ProgrammeSet } from '../../control/programme-set.ts'
import type { ProgrammeDownload, ProgrammeStore } from '../programme-store.ts'
import type { Statements } from './statements.ts'

interface VersionRow {
  id: number
  at: number
  by: string
  body: string
}

type OverrideRow = Omit<ProgrammeOverride, 'from' | 'until' | 'endedBy'> & { begins: number; ends: number; ended_by: string | null }
type DownloadRow = Omit<ProgrammeDownload, 'table' | 'until'> & { fingerprint: number; ends: number }

/** Lighting programmes in the state database. */
export function sqliteProgrammeStore(sql: Statements): ProgrammeStore {
  return {
    versions: () =>
      sql
        .all<VersionRow>('SELECT id, at, by, body FROM programme_version ORDER BY at, id')
        .map(({ body, ...row }) => ({ ...(JSON.parse(body) as ProgrammeSet), ...row })),
    addVersion(set, at, by) {
      const { programmes, calendars, assignments, conditions, holidays } = set
      const body = { programmes, calendars, assignments, conditions, holidays }
      const { id } = sql.one<{ id: number }>(
        'INSERT INTO programme_version (at, by, body) VALUES (?, ?, ?) RETURNING id',
        at,
        by,
        JSON.stringify(body),
      )
      return { ...body, id, at, by }
    },
    overrides: () =>
      sql
        .all<OverrideRow>(
          `SELECT id, query, level, programme, begins, ends, reason, by, made, ended, ended_by, plan, condition
           FROM programme_override ORDER BY id`,
        )
        .map(({ begins, ends, ended_by, ...rest }) => ({ ...rest, from: begins, until: ends, endedBy: ended_by })),
    addOverride: ({ query, level, programme, from, until, reason, by, made, ended, endedBy, plan, condition }) =>
      sql.one<{ id: number }>(
        `INSERT INTO programme_override (query, level, programme, begins, ends, reason, by, made, ended, ended_by, plan, condition)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`,
        ...[query, level, programme, from, until, reason, by, made, ended, endedBy, plan, condition],
      ).id,
    endOverride: (id, at, by) =>
      sql.run('UPDATE programme_override SET ended = ?, ended_by = ? WHERE id = ? AND ended IS NULL', at, by, id),
    downloads: () =>
      sql
        .all<DownloadRow>('SELECT facility, fingerprint, ends, at, sent, attempts FROM programme_download ORDER BY facility')
        .map(({ fingerprint, ends, ...rest }) => ({ ...rest, table: fingerprint, until: ends })),
    putDownload: ({ facility, table, until, at, sent, attempts }) =>
      sql.run(
        `INSERT INTO programme_download (facility, fingerprint, ends, at, sent, attempts) VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT (facility) DO UPDATE SET fingerprint = excluded.fingerprint, ends = excluded.ends, at = excluded.at,
           sent = excluded.sent, attempts = excluded.attempts`,
        ...[facility, table, until, at, sent, attempts],
      ),
    removeDownload: (facility) => sql.run('DELETE FROM programme_download WHERE facility = ?', facility),
    wanted: (from = 0) =>
      sql
        .all<{ facility: string; at: number; fingerprint: number }>(
          'SELECT facility, at, fingerprint FROM programme_wanted WHERE replaced IS NULL OR replaced > ? ORDER BY at, rowid',
          from,
        )
        .map(({ facility, at, fingerprint }) => ({ facility, at, table: fingerprint })),
    addWanted(facility, at, table) {
      sql.run('UPDATE programme_wanted SET replaced = ? WHERE facility = ? AND replaced IS NULL', at, facility)
      sql.run('INSERT INTO programme_wanted (facility, at, fingerprint) VALUES (?, ?, ?)', facility, at, table)
    },
    prune(before, limit) {
      sql.run('DELETE FROM programme_override WHERE id IN (SELECT id FROM programme_override WHERE ends < ? LIMIT ?)', before, limit)
      // The newest of before is what was in force then.
      sql.run(
        `DELETE FROM programme_version WHERE id IN (SELECT id FROM programme_version
         WHERE at < (SELECT max(at) FROM programme_version WHERE at < ?) LIMIT ?)`,
        ...[before, limit],
      )
      sql.run(
        'DELETE FROM programme_wanted WHERE rowid IN (SELECT rowid FROM programme_wanted WHERE replaced < ? ORDER BY replaced LIMIT ?)',
        ...[before, limit],
      )
    },
  }
}
