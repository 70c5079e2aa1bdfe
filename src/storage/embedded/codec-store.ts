import type { CodecStore, CodecVersion, StoredCodec } from '../codec-store.ts'
import { page } from './page.ts'
import { matching, type Statements } from './statements.ts'

interface Row extends Omit<CodecVersion, 'version' | 'samples' | 'isForced'> {
  id: number
  samples: string
  forced: number
}

function toVersion({ id, samples, forced, ...row }: Row): CodecVersion {
  return { version: id, ...row, samples: JSON.parse(samples), isForced: forced === 1 }
}

const IN_FORCE = 'SELECT v.* FROM vendor_codec c JOIN vendor_codec_version v ON v.id = c.version'

export function sqliteCodecStore(sql: Statements): CodecStore {
  return {
    codecs: (after, limit) =>
      sql.all<Row>(`${IN_FORCE} WHERE c.id > ? ORDER BY c.id LIMIT ?`, after, limit).map((row) => toVersion(row) as StoredCodec),
    codec(id) {
      const row = sql.get<Row>(`${IN_FORCE} WHERE c.id = ?`, id)
      return row && (toVersion(row) as StoredCodec)
    },
    change({ codec, title, source, samples, isForced, reason, by, at }) {
      const { id } = sql.one<{ id: number }>(
        'INSERT INTO vendor_codec_version (codec, title, source, samples, forced, reason, by, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING id',
        ...[codec, title, source, JSON.stringify(samples), Number(isForced), reason, by, at],
      )
      if (source === null) sql.run('DELETE FROM vendor_codec WHERE id = ?', codec)
      else
        sql.run('INSERT INTO vendor_codec (id, version) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET version = excluded.version', codec, id)
      return id
    },
    version(version) {
      const row = sql.get<Row>('SELECT * FROM vendor_codec_version WHERE id = ?', version)
      return row && toVersion(row)
    },
    versions(codec, before, limit) {
      const given = matching([
        ['codec = ?', codec],
        ['id < ?', before],
      ])
      const rows = sql.all<Row>(`SELECT * FROM vendor_codec_version ${given.where} ORDER BY id DESC LIMIT ?`, ...given.values, limit + 1)
      const { items, next } = page(rows, limit)
      return { items: items.map(toVersion), next }
    },
  }
}
