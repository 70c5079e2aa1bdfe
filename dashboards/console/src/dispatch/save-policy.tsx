import type { DispatchPolicy } from '../../../../src/dispatch/dispatch-policy.ts'
import { t } from '../settings.ts'
import { Dialog, ReasonField } from '../shell/dialog.tsx'
import { act } from '../shell/notice.tsx'
import { dp } from '../texts/dispatch.ts'
import { type KeptPolicy, putPolicy } from './dispatch-api.ts'
import { dropDraft } from './policy-draft.ts'
import type { PolicyChange } from './policy-words.ts'

/** What differs, each as it was and as it is to be. */
export function Changes({ changes }: { changes: readonly PolicyChange[] }) {
  return (
    <dl class="changes">
      {changes.map(({ what, before, after }) => (
        <div key={what}>
          <dt>{what}</dt>
          {before && (
            <dd>
              <del>
                <span class="unseen">{dp().before}: </span>
                {before}
              </del>
            </dd>
          )}
          {after && (
            <dd>
              <ins>
                <span class="unseen">{dp().after}: </span>
                {after}
              </ins>
            </dd>
          )}
        </div>
      ))}
    </dl>
  )
}

interface SaveDialogProps {
  policy: DispatchPolicy
  base: KeptPolicy
  changes: readonly PolicyChange[]
  /** Called when it is in force, and when another one has come meanwhile. */
  again: () => void
  onClose: () => void
}

/** Says what changes, asks why, and puts it in force. */
export function SaveDialog({ policy, base, changes, again, onClose }: SaveDialogProps) {
  const save = async (form: FormData) => {
    const done = await act(async () => {
      try {
        await putPolicy(policy, base.version, String(form.get('reason')))
        dropDraft()
      } finally {
        again()
      }
    }, dp().saved)
    return done
  }
  return (
    <Dialog title={dp().save} confirm={dp().save} onConfirm={save} onClose={onClose}>
      <h3>{dp().whatChanges}</h3>
      <Changes changes={changes} />
      <p class="muted">{dp().saveAbout}</p>
      <ReasonField label={t().reason} />
    </Dialog>
  )
}
