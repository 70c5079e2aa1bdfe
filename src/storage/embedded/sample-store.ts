import { MAX_SAMPLED } from '../../alarms/alarm-samples.ts'
import type { DueSamples, SampleStore } from '../sample-store.ts'
import type { Statements } from './statements.ts'

interface DueRow extends Omit<DueSamples, 'points'> {
  points: string
}

export function sqliteSampleStore(sql: Statements): SampleStore {
  return {
    request({ alarm, activated, points }, due) {
      sql.run(
        'INSERT INTO alarm_samples (alarm, activated, due, points) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
        ...[alarm, activated, due, JSON.stringify(points)],
      )
      sql.run(
        `DELETE FROM alarm_samples WHERE alarm = ?1 AND activated > (SELECT min(activated) FROM alarm_samples WHERE alarm = ?1)
         AND activated <= (SELECT activated FROM alarm_samples WHERE alarm = ?1 ORDER BY activated DESC LIMIT 1 OFFSET ?2)`,
        ...[alarm, MAX_SAMPLED - 1],
      )
    },
    due: (now, limit) =>
      sql
        .all<DueRow>(
          `SELECT s.alarm, s.activated, s.points, s.due, s.tries, a.facility, a.kind FROM alarm_samples s JOIN alarm a ON a.id = s.alarm
           WHERE s.samples IS NULL AND s.due <= ? ORDER BY s.due LIMIT ?`,
          ...[now, limit],
        )
        .map((row) => ({ ...row, points: JSON.parse(row.points) })),
    awaited: () => sql.one<{ count: number }>('SELECT count(*) AS count FROM alarm_samples WHERE samples IS NULL').count,
    postpone: (alarm, activated, due) =>
      sql.run('UPDATE alarm_samples SET tries = tries + 1, due = ? WHERE alarm = ? AND activated = ?', due, alarm, activated),
    keep: (alarm, activated, samples) =>
      sql.run('UPDATE alarm_samples SET samples = ? WHERE alarm = ? AND activated = ?', JSON.stringify(samples), alarm, activated),
    prune: (before, limit) =>
      sql.run(
        'DELETE FROM alarm_samples WHERE rowid IN (SELECT rowid FROM alarm_samples WHERE activated < ? ORDER BY activated LIMIT ?)',
        ...[before, limit],
      ),
    of: (alarm) =>
      sql
        .all<{ activated: number; due: number; tries: number; samples: string | null }>(
          'SELECT activated, due, tries, samples FROM alarm_samples WHERE alarm = ? ORDER BY activated DESC',
          alarm,
        )
        .map(({ samples, ...row }) => ({ ...row, samples: samples === null ? null : JSON.parse(samples) })),
  }
}
