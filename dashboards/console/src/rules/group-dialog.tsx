import { useEffect, useState } from 'preact/hooks'
import type { GroupView } from '../../../../src/edges/http/rule-schemas.ts'
import { getFacilities } from '../facility/facility-api.ts'
import { QueryHelp } from '../facility/query-help.tsx'
import { formatNumber } from '../format.ts'
import { t } from '../settings.ts'
import { Dialog, ReasonField } from '../shell/dialog.tsx'
import { act, explain } from '../shell/notice.tsx'
import { p } from '../texts/plant.ts'
import { putGroup, removeGroup } from './rules-api.ts'

const TYPING_PAUSE = 400

/** How many a query finds now, or why it cannot be read; '' while nobody has asked. */
function useMatches(query: string): { count: number | null; problem: string } {
  const [found, setFound] = useState<{ count: number | null; problem: string }>({ count: null, problem: '' })
  useEffect(() => {
    if (query.trim() === '') return setFound({ count: null, problem: '' })
    let wanted = true
    const timer = setTimeout(() => {
      getFacilities({ query, limit: 1 }).then(
        ({ total }) => wanted && setFound({ count: total, problem: '' }),
        (failure) => wanted && setFound({ count: null, problem: explain(failure) }),
      )
    }, TYPING_PAUSE)
    return () => {
      wanted = false
      clearTimeout(timer)
    }
  }, [query])
  return found
}

interface GroupDialogProps {
  group: GroupView | null
  /** What a new one begins with. */
  query?: string
  onDone: () => void
  onClose: () => void
}

/** Makes a group, or changes one, with a live count of what it would hold. */
export function GroupDialog({ group, query: first = '', onDone, onClose }: GroupDialogProps) {
  const [query, setQuery] = useState(group?.query ?? first)
  const { count, problem } = useMatches(query)
  const send = async (form: FormData) => {
    const name = group?.name ?? String(form.get('name')).trim()
    const input = { rank: Number(form.get('rank')), query, reason: String(form.get('reason')) }
    const done = await act(() => putGroup(name, input), p().saved)
    if (done) onDone()
    return done
  }
  return (
    <Dialog title={group ? p().editGroup(group.name) : p().newGroup} confirm={t().save} onConfirm={send} onClose={onClose}>
      {!group && (
        <label class="field">
          {p().groupName}
          <input name="name" required maxLength={64} pattern="\S(.*\S)?" autocomplete="off" />
        </label>
      )}
      <label class="field">
        {p().rank}
        <input name="rank" type="number" required min={0} max={1000} step={1} defaultValue={String(group?.rank ?? 10)} />
      </label>
      <label class="field">
        {p().query}
        <textarea
          required
          maxLength={2000}
          rows={2}
          spellcheck={false}
          value={query}
          onInput={(event) => setQuery(event.currentTarget.value)}
          aria-describedby="matches"
        />
      </label>
      <p id="matches" role="status" class={problem ? 'problem' : ''}>
        {problem || (count !== null && <b>{p().matches(formatNumber(count))}</b>)}
      </p>
      <QueryHelp onChoose={setQuery} />
      <ReasonField label={t().reason} />
    </Dialog>
  )
}

export function RemoveGroup({ group: { name }, onDone }: { group: GroupView; onDone: () => void }) {
  const [open, setOpen] = useState(false)
  const send = async (form: FormData) => {
    const done = await act(() => removeGroup(name, String(form.get('reason'))), t().done)
    if (done) onDone()
    return done
  }
  return (
    <>
      <button type="button" class="button" onClick={() => setOpen(true)}>
        {p().remove}…<span class="unseen"> {name}</span>
      </button>
      {open && (
        <Dialog title={p().removeGroup(name)} confirm={p().remove} onConfirm={send} onClose={() => setOpen(false)}>
          <ReasonField label={t().reason} />
        </Dialog>
      )}
    </>
  )
}
