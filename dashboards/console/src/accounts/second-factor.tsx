import { useState } from 'preact/hooks'
import { QrCode } from '../../../shared/qr-image.tsx'
import { formatFull } from '../format.ts'
import { t } from '../settings.ts'
import { Dialog } from '../shell/dialog.tsx'
import { act } from '../shell/notice.tsx'
import { ShownOnce } from '../shell/shown-once.tsx'
import { q } from '../texts/people.ts'
import { beginSecondFactor, confirmSecondFactor, type OwnView, removeSecondFactor, renewRecovery } from './people-api.ts'

interface SecondFactorSectionProps {
  state: OwnView['secondFactor']
  isDemanded: boolean
  onChange: () => void
}

/** Setting a second factor up, and what is to be done for a lost telephone. */
export function SecondFactorSection({ state, isDemanded, onChange }: SecondFactorSectionProps) {
  const [asking, ask] = useState<'set-up' | 'renew' | 'remove' | null>(null)
  const [codes, show] = useState<string[] | null>(null)
  const close = () => ask(null)
  const take = (recoveryCodes: string[]) => {
    ask(null)
    show(recoveryCodes)
  }
  return (
    <section class="panel" aria-labelledby="factor-title">
      <h2 id="factor-title">{q().secondFactor}</h2>
      <p class="muted small">{q().factorAbout}</p>
      <p>{state ? q().factorSince(formatFull(state.since), state.recoveryCodes) : q().factorNone}</p>
      <div class="buttons">
        <button type="button" class={state ? 'button' : 'button primary'} onClick={() => ask('set-up')}>
          {state ? q().replace : q().setUp}…
        </button>
        {state && (
          <button type="button" class="button" onClick={() => ask('renew')}>
            {q().newRecovery}…
          </button>
        )}
        {state && !isDemanded && (
          <button type="button" class="button" onClick={() => ask('remove')}>
            {q().giveUp}…
          </button>
        )}
      </div>
      {asking === 'set-up' && <SetUp onClose={close} onDone={take} />}
      {asking === 'renew' && (
        <CodeDialog title={q().newRecovery} onClose={close} onCode={async (code) => take((await renewRecovery(code)).recoveryCodes)} />
      )}
      {asking === 'remove' && (
        <CodeDialog
          title={q().giveUp}
          onClose={close}
          onCode={async (code) => {
            await removeSecondFactor(code)
            onChange()
          }}
        />
      )}
      {codes && (
        <ShownOnce
          title={q().recovery}
          about={q().recoveryMeans}
          label={q().recovery}
          text={codes.join('\n')}
          onClose={() => {
            show(null)
            onChange()
          }}
        />
      )}
    </section>
  )
}

function SetUp({ onClose, onDone }: { onClose: () => void; onDone: (codes: string[]) => void }) {
  const [shown, show] = useState<{ secret: string; uri: string } | null>(null)
  if (!shown) {
    const begin = async (form: FormData) => {
      await act(async () => show(await beginSecondFactor(String(form.get('own')))))
      return false
    }
    return (
      <Dialog key="password" title={q().secondFactor} confirm={q().next} onConfirm={begin} onClose={onClose}>
        <label class="field">
          {q().ownPassword}
          <input name="own" type="password" required autocomplete="current-password" />
        </label>
      </Dialog>
    )
  }
  const confirm = async (code: string) => onDone((await confirmSecondFactor(code)).recoveryCodes)
  return (
    <CodeDialog key="code" title={q().secondFactor} onClose={onClose} onCode={confirm}>
      <p>{q().scan}</p>
      <QrCode text={shown.uri} label={q().qr} />
      <p>
        {q().secret}: <span class="code breakable">{shown.secret.replaceAll(/(.{4})(?=.)/g, '$1 ')}</span>
      </p>
    </CodeDialog>
  )
}

interface CodeDialogProps {
  title: string
  onClose: () => void
  onCode: (code: string) => Promise<void>
  children?: preact.ComponentChildren
}

function CodeDialog({ title, onClose, onCode, children }: CodeDialogProps) {
  return (
    <Dialog title={title} confirm={q().save} onConfirm={(form) => act(() => onCode(String(form.get('code'))), t().done)} onClose={onClose}>
      {children}
      <label class="field">
        {q().code}
        <input name="code" required maxLength={40} autocomplete="one-time-code" placeholder="000000" />
      </label>
    </Dialog>
  )
}
