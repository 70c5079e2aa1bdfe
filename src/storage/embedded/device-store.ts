import type { Device } from '../../access/device.ts'
import type { ClaimCode, DeviceStore, StoredCredential } from '../device-store.ts'
import type { Statements } from './statements.ts'

interface DeviceRow extends Omit<Device, 'topics' | 'subscriptions' | 'limits' | 'disabled'> {
  topics: string
  subscriptions: string
  limits: string | null
  disabled: number
}
interface CredentialRow extends Omit<StoredCredential, 'lastUsed'> {
  last_used: number | null
}
interface ClaimRow extends Omit<ClaimCode, 'devices' | 'claimed'> {
  devices: string
  claimed: string
}

const toDevice = ({ topics, subscriptions, limits, disabled, ...row }: DeviceRow): Device => ({
  ...row,
  topics: JSON.parse(topics),
  subscriptions: JSON.parse(subscriptions),
  limits: limits === null ? null : JSON.parse(limits),
  disabled: disabled === 1,
})
const toCredential = ({ last_used, ...row }: CredentialRow): StoredCredential => ({ ...row, lastUsed: last_used })
const toClaim = ({ devices, claimed, ...row }: ClaimRow): ClaimCode => ({
  ...row,
  devices: JSON.parse(devices),
  claimed: JSON.parse(claimed),
})

export function sqliteDeviceStore(sql: Statements): DeviceStore {
  return {
    devices: () => sql.all<DeviceRow>('SELECT * FROM device ORDER BY id').map(toDevice),
    credentials: () => sql.all<CredentialRow>('SELECT * FROM device_credential ORDER BY id').map(toCredential),
    putDevice({ id, sort, topics, subscriptions, limits, disabled, note, created }) {
      sql.run(
        `INSERT INTO device (id, sort, topics, subscriptions, limits, disabled, note, created) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET sort = excluded.sort, topics = excluded.topics, subscriptions = excluded.subscriptions,
         limits = excluded.limits, disabled = excluded.disabled, note = excluded.note`,
        ...[
          id,
          sort,
          JSON.stringify(topics),
          JSON.stringify(subscriptions),
          limits && JSON.stringify(limits),
          disabled ? 1 : 0,
          note,
          created,
        ],
      )
    },
    removeDevice: (id) => sql.run('DELETE FROM device WHERE id = ?', id),
    addCredential({ device, type, label, created, expires, lastUsed, fingerprint, salt, hash }) {
      const { id } = sql.one<{ id: number }>(
        `INSERT INTO device_credential (device, type, label, created, expires, last_used, fingerprint, salt, hash)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`,
        ...[device, type, label, created, expires, lastUsed, fingerprint, salt, hash],
      )
      return id
    },
    setExpiry: (id, expires) => sql.run('UPDATE device_credential SET expires = ? WHERE id = ?', expires, id),
    noteUse: (id, at) => sql.run('UPDATE device_credential SET last_used = ? WHERE id = ?', at, id),
    removeCredential: (id) => sql.run('DELETE FROM device_credential WHERE id = ?', id),
    claimCodes: () => sql.all<ClaimRow>('SELECT * FROM claim_code ORDER BY id DESC').map(toClaim),
    addClaimCode({ hash, devices, claimed, expires, created, by }) {
      const { id } = sql.one<{ id: number }>(
        'INSERT INTO claim_code (hash, devices, claimed, expires, created, by) VALUES (?, ?, ?, ?, ?, ?) RETURNING id',
        ...[hash, JSON.stringify(devices), JSON.stringify(claimed), expires, created, by],
      )
      return id
    },
    setDevices: (id, devices, claimed) =>
      sql.run('UPDATE claim_code SET devices = ?, claimed = ? WHERE id = ?', JSON.stringify(devices), JSON.stringify(claimed), id),
    removeClaimCode: (id) => sql.run('DELETE FROM claim_code WHERE id = ?', id),
  }
}
