import { useState } from 'preact/hooks'
import { formatFull, formatNumber } from '../format.ts'
import { kinds } from '../live/live.ts'
import { say, t } from '../settings.ts'
import { Dialog } from '../shell/dialog.tsx'
import { act } from '../shell/notice.tsx'
import { ScrollTable } from '../shell/scroll-table.tsx'
import { di } from '../texts/dialects.ts'
import { type ProfileView, removeProfile } from './dialects-api.ts'

export const editPath = (profile: string) => `/administration/device-profiles?${new URLSearchParams({ profile })}`

interface ProfileListProps {
  profiles: readonly ProfileView[] | null
  onChanged: () => void
}

export function ProfileList({ profiles, onChanged }: ProfileListProps) {
  const [removing, remove] = useState<string | null>(null)
  const send = async () => {
    const done = await act(() => removeProfile(removing as string), t().done)
    if (done) onChanged()
    return done
  }
  return (
    <section class="panel">
      <div class="list-bar">
        <h1>{di().title}</h1>
        <span class="grow" />
        <a class="button" href="/administration/device-profiles?new=1">
          {di().newProfile}…
        </a>
      </div>
      <p class="hint muted">{di().profilesMean}</p>
      {profiles?.length === 0 && <p class="hint">{di().noProfiles}</p>}
      {profiles && profiles.length > 0 && (
        <ScrollTable label={di().title} titles={di().profileColumns}>
          {profiles.map(({ id, title, dialect, kind, fields, devices, by, at }) => (
            <tr key={id}>
              <th scope="row">
                <a href={editPath(id)}>{title}</a> <code class="muted">{id}</code>
              </th>
              <td>{di().dialects[dialect]}</td>
              <td>{say(kinds.value.get(kind)?.title ?? { en: kind, zh: kind })}</td>
              <td>{formatNumber(fields.length)}</td>
              <td>{formatNumber(devices)}</td>
              <td class="nowrap">
                {by}, {formatFull(at)}
              </td>
              <td>
                <button type="button" class="button" onClick={() => remove(id)}>
                  {di().remove}…<span class="unseen"> {id}</span>
                </button>
              </td>
            </tr>
          ))}
        </ScrollTable>
      )}
      {removing && (
        <Dialog title={di().removeProfile(removing)} confirm={di().remove} onConfirm={send} onClose={() => remove(null)}>
          <p>{di().removeMeans}</p>
        </Dialog>
      )}
    </section>
  )
}
