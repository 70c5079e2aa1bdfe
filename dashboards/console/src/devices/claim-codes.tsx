import { useState } from 'preact/hooks'
import { formatFull, formatNumber } from '../format.ts'
import { serverNow } from '../live/live.ts'
import { t } from '../settings.ts'
import { Dialog } from '../shell/dialog.tsx'
import { act } from '../shell/notice.tsx'
import { ScrollTable } from '../shell/scroll-table.tsx'
import { ShownOnce } from '../shell/shown-once.tsx'
import { useAnswer } from '../shell/use-answer.ts'
import { dv } from '../texts/devices.ts'
import { addClaim, type ClaimView, getClaims, removeClaim } from './devices-api.ts'
import { mayManage } from './may-manage.ts'

const HOURS = 24

/** Codes with which devices in the field fetch their first password. */
export function ClaimCodes() {
  const [asking, ask] = useState<'new' | { code: string } | null>(null)
  const { answer, problem, again } = useAnswer(getClaims, '')
  const items = answer?.items ?? []
  return (
    <section class="panel">
      <div class="list-bar">
        <h2>{dv().claims}</h2>
        <span class="muted">{dv().claimsMean}</span>
        <span class="grow" />
        {mayManage() && (
          <button type="button" class="button" onClick={() => ask('new')}>
            {dv().addClaim}…
          </button>
        )}
      </div>
      {problem && <p class="problem">{problem}</p>}
      {answer && items.length === 0 && <p class="hint muted">{dv().noClaims}</p>}
      {items.length > 0 && (
        <ScrollTable label={dv().claims} titles={dv().claimColumns}>
          {items.map((claim) => (
            <Row key={claim.id} claim={claim} onChanged={again} />
          ))}
        </ScrollTable>
      )}
      {asking === 'new' && (
        <NewCode
          onClose={() => ask(null)}
          onDone={(code) => {
            again()
            ask({ code })
          }}
        />
      )}
      {asking !== null && asking !== 'new' && (
        <ShownOnce title={dv().claims} about={dv().secretMeans} label={dv().code} text={asking.code} onClose={() => ask(null)} />
      )}
    </section>
  )
}

function Row({ claim, onChanged }: { claim: ClaimView; onChanged: () => void }) {
  const { id, devices, claimed, expires, by } = claim
  const [first = ''] = devices
  const remove = async () => {
    if (await act(() => removeClaim(id), t().done)) onChanged()
  }
  return (
    <tr>
      <th scope="row">{devices.length === 1 ? first : dv().andMore(first, formatNumber(devices.length - 1))}</th>
      <td>
        {formatNumber(claimed.length)} / {formatNumber(devices.length)}
      </td>
      <td class="nowrap">
        {formatFull(expires)} {expires <= serverNow.value && <span class="tag">{dv().expired}</span>}
      </td>
      <td>{by}</td>
      <td>
        {mayManage() && (
          <button type="button" class="button" onClick={() => void remove()}>
            {dv().takeBack}
            <span class="unseen"> {first}</span>
          </button>
        )}
      </td>
    </tr>
  )
}

function NewCode({ onClose, onDone }: { onClose: () => void; onDone: (code: string) => void }) {
  const send = async (form: FormData) => {
    const ids = String(form.get('devices')).split(/[\s,;]+/)
    let code: string | undefined
    await act(async () => {
      const made = await addClaim(
        ids.filter((one) => one !== ''),
        Number(form.get('hours')),
      )
      code = made.code
    }, dv().saved)
    if (code !== undefined) onDone(code)
    return false
  }
  return (
    <Dialog title={dv().addClaim} confirm={dv().addClaim} onConfirm={send} onClose={onClose}>
      <label class="field">
        {dv().claimDevices}
        <textarea name="devices" required rows={4} />
      </label>
      <label class="field">
        {dv().hours}
        <input name="hours" type="number" min="1" max="720" step="1" required defaultValue={HOURS} />
      </label>
    </Dialog>
  )
}
