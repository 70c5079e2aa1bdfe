import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { type Role, roles } from '../../../../src/access/permissions.ts'
import { formatFull } from '../format.ts'
import { serverNow } from '../live/live.ts'
import { say, t } from '../settings.ts'
import { Dialog } from '../shell/dialog.tsx'
import { act } from '../shell/notice.tsx'
import { q } from '../texts/people.ts'
import { type KeyView, revokeKey } from './people-api.ts'
import { scopeText } from './scope-fields.tsx'

interface KeyListProps {
  /** Null for one's own. */
  of: string | null
  keys: readonly KeyView[]
  onChange: () => void
  children?: ComponentChildren
}

export function KeyList({ of, keys, onChange, children }: KeyListProps) {
  const [revoking, revoke] = useState<KeyView | null>(null)
  return (
    <section class="panel" aria-labelledby="keys-title">
      <div class="list-bar">
        <h2 id="keys-title">{q().keys}</h2>
        <span class="grow" />
        {children}
      </div>
      {of === null && <p class="muted small">{q().keyAbout}</p>}
      {keys.length === 0 && <p class="muted">{q().noKeys}</p>}
      <ul class="alarm-lines">
        {keys.map((key) => (
          <li key={key.id}>
            <b>{key.name}</b>
            <span>{say(roles[key.role as Role])}</span>
            <span class="muted">{scopeText(key.scope)}</span>
            <span>{key.expires <= serverNow.peek() ? q().keyExpired : q().keyEnds(formatFull(key.expires))}</span>
            <span class="muted">{key.lastUsed === null ? q().keyUnused : q().keyUsed(formatFull(key.lastUsed))}</span>
            <span class="grow" />
            <button type="button" class="button" aria-label={`${q().revoke}: ${key.name}`} onClick={() => revoke(key)}>
              {q().revoke}…
            </button>
          </li>
        ))}
      </ul>
      {revoking && (
        <Dialog
          title={`${q().revoke}: ${revoking.name}`}
          confirm={q().revoke}
          onClose={() => revoke(null)}
          onConfirm={async () => {
            const done = await act(() => revokeKey(of, revoking.id), t().done)
            if (done) onChange()
            return done
          }}
        >
          <p>{q().revokeMeans}</p>
        </Dialog>
      )}
    </section>
  )
}
