import { useState } from 'preact/hooks'
import { orderClasses } from '../../../../src/dispatch/order.ts'
import { hindrances } from '../../../../src/dispatch/route.ts'
import type { OrderView } from '../../../../src/edges/http/order-schemas.ts'
import type { AlarmView } from '../../../../src/edges/http/schemas.ts'
import { formatFull, formatMinutes } from '../format.ts'
import { say, t } from '../settings.ts'
import { Dialog, ReasonField } from '../shell/dialog.tsx'
import { act, tell } from '../shell/notice.tsx'
import { TitledOptions } from '../shell/titled-options.tsx'
import { useAnswer } from '../shell/use-answer.ts'
import { o } from '../texts/orders.ts'
import { qh } from '../texts/quiet-hours.ts'
import { getCandidates, makeOrder, stepOrder } from './orders-api.ts'

const answerMinutes = [2, 5, 10, 30, 60] as const
const USUAL = 10

export type OrderStep = 'dispatch' | 'recall' | 'reclassify' | 'merge' | 'split' | 'reject' | 'verify' | 'close' | 'reopen' | 'note'

const classes = Object.entries(orderClasses).map(([key, title]) => ({ key, title }))

function ClassField({ usual }: { usual: OrderView['class'] }) {
  return (
    <label class="field">
      {o().class}
      <select name="class" value={usual}>
        <TitledOptions of={classes} />
      </select>
    </label>
  )
}

interface StepProps {
  step: OrderStep
  order: OrderView
  onClose: () => void
  onDone?: (order: OrderView) => void
}

/** Asks for what a step needs, and takes it with the order as it was when the dialog opened. */
export function StepDialog({ step, order, onClose, onDone = () => {} }: StepProps) {
  const [seen] = useState({ id: order.id, version: order.version })
  const send = (body: (form: FormData) => object) => (form: FormData) =>
    act(async () => onDone(await stepOrder(seen, step, body(form))), t().done)
  const reason = (form: FormData) => String(form.get('reason') ?? '')
  if (step === 'dispatch') {
    const body = (form: FormData) => ({ crews: form.getAll('crew').map(String), within: Number(form.get('within')) })
    return (
      <Dialog title={o().dispatchTitle(order.id)} confirm={o().dispatch} onConfirm={send(body)} onClose={onClose}>
        <CrewFields order={order.id} />
      </Dialog>
    )
  }
  const title = `${o()[step]}: ${o().order(order.id)}`
  const bodies: Readonly<Record<Exclude<OrderStep, 'dispatch'>, (form: FormData) => object>> = {
    recall: (form) => ({ reason: reason(form) }),
    reject: (form) => ({ reason: reason(form) }),
    reopen: (form) => ({ reason: reason(form) }),
    close: (form) => ({ reason: reason(form) }),
    reclassify: (form) => ({ class: form.get('class'), reason: reason(form) }),
    merge: (form) => ({ into: Number(form.get('into')), reason: reason(form) }),
    split: (form) => ({ facilities: form.getAll('facility').map(String), reason: reason(form) }),
    verify: (form) => ({ words: reason(form) }),
    note: (form) => ({ text: reason(form) }),
  }
  const isFree = step === 'close' && order.state === 'verified'
  const label = step === 'verify' ? o().seenHow : step === 'note' ? o().words : t().reason
  return (
    <Dialog title={title} confirm={o()[step]} onConfirm={send(bodies[step])} onClose={onClose}>
      {step === 'reclassify' && <ClassField usual={order.class} />}
      {step === 'merge' && (
        <label class="field">
          {o().into}
          <input name="into" type="number" min={1} required />
        </label>
      )}
      {step === 'split' && (
        <fieldset class="order-choices">
          <legend>{o().splitWhich}</legend>
          {order.facilities.slice(0, 200).map((id) => (
            <label key={id}>
              <input type="checkbox" name="facility" value={id} /> {id}
            </label>
          ))}
        </fieldset>
      )}
      {!isFree && <ReasonField label={label} />}
    </Dialog>
  )
}

/** Whom to ask: crews that fit first, with who is there. */
function CrewFields({ order }: { order: number }) {
  const { answer, problem } = useAnswer(() => getCandidates(order), String(order))
  if (!answer) return <p class="muted">{problem || t().loading}</p>
  const { crews, quietUntil } = answer
  if (crews.length === 0) return <p>{o().noCrews}</p>
  return (
    <>
      {quietUntil !== null && <p class="hint">{qh().order(formatFull(quietUntil))}</p>}
      <fieldset class="order-choices">
        <legend>{o().dispatchWhom}</legend>
        {crews.map(({ id, name, people, dutyUntil, hindrance }, i) => (
          <label key={id}>
            <input type="checkbox" name="crew" value={id} defaultChecked={i === 0 && hindrance === null} /> {name}{' '}
            {dutyUntil !== null && <span class="tag">{o().onDuty}</span>}
            {hindrance !== null && hindrance !== 'off-duty' && <span class="tag">{say(hindrances[hindrance])}</span>}
            {people.length > 0 && (
              <span class="muted small order-people">
                {people.map(({ name: called, phone }) => [called, phone].filter(Boolean).join(' ')).join(o().comma)}
              </span>
            )}
          </label>
        ))}
      </fieldset>
      <label class="field">
        {o().within}
        <select name="within" value={USUAL}>
          {answerMinutes.map((minutes) => (
            <option key={minutes} value={minutes}>
              {formatMinutes(minutes)}
            </option>
          ))}
        </select>
      </label>
    </>
  )
}

const classOf = { critical: 'danger', high: 'severe', medium: 'ordinary', low: 'ordinary' } as const

/** Makes one order of alarms, then asks whom to send. */
export function MakeDialog({ alarms, onClose }: { alarms: readonly AlarmView[]; onClose: (made: OrderView | null) => void }) {
  const [made, setMade] = useState<OrderView | null>(null)
  const [given] = useState(alarms)
  const worst = given.map(({ priority }) => classOf[priority]).sort((a, b) => rank[a] - rank[b])[0] ?? 'ordinary'
  if (made) return <StepDialog step="dispatch" order={made} onClose={() => onClose(made)} />
  const send = async (form: FormData) => {
    await act(async () => {
      const order = await makeOrder({
        alarms: given.map(({ id }) => id),
        class: form.get('class') as OrderView['class'],
        note: String(form.get('note') ?? ''),
      })
      tell(o().thenDispatch)
      setMade(order)
    })
    // The next question takes its place.
    return false
  }
  return (
    <Dialog key="make" title={o().makeFor(given.length)} confirm={o().make} onConfirm={send} onClose={() => onClose(null)}>
      <p class="muted">
        {given
          .slice(0, 20)
          .map(({ facility }) => facility)
          .join(', ')}
      </p>
      <ClassField usual={worst} />
      <label class="field">
        {o().note}
        <textarea name="note" maxLength={2000} rows={2} />
      </label>
    </Dialog>
  )
}

const rank = { danger: 0, severe: 1, ordinary: 2 } as const
