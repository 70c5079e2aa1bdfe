import type { NewNotice } from '../../edges/notify/notifier.ts'
import type { Activation, ChecklistItem, Contact } from '../../operations/emergency-plan.ts'
import type { Text } from '../../telemetry/point.ts'

const drillMark: Text = { zh: '【演练】', en: '[DRILL] ' }
const nameOf = ({ plan: { name, nameEn } }: Activation): Text => ({ zh: name, en: nameEn || name })
const reached = (contacts: readonly Contact[]) => ({
  channels: [...new Set(contacts.flatMap(({ channel }) => channel ?? []))],
  accounts: [...new Set(contacts.flatMap(({ account }) => account ?? []))],
})

function notice(
  activation: Activation,
  type: string,
  at: number,
  words: { title: Text; text: Text },
  to: Pick<NewNotice, 'accounts' | 'channels'>,
): NewNotice {
  const { id, drill, plan } = activation
  const mark = drill ? drillMark : { zh: '', en: '' }
  const marked = ({ zh, en }: Text): Text => ({ zh: `${mark.zh}${zh}`, en: `${mark.en}${en}` })
  return {
    // Nobody is woken at night by an exercise that looks like an emergency to a machine.
    ...{ at, type: drill ? 'plan.drill' : `plan.${type}`, urgent: !drill, mayWait: false, path: `/emergency-plans/activations/${id}` },
    ...{ district: '', domain: '', title: marked(words.title), text: marked(words.text), ...to },
    data: { activation: id, plan: plan.id, step: type, drill: drill ? 'yes' : 'no', by: activation.by },
  }
}

/** To the communication list: a plan is in force. */
export function activatedNotice(activation: Activation): NewNotice {
  const { zh, en } = nameOf(activation)
  const { reason, by, at, plan } = activation
  return notice(
    activation,
    'activated',
    at,
    {
      title: { zh: `应急预案已启动：${zh}`, en: `Emergency plan activated: ${en}` },
      text: {
        zh: [`原因：${reason}`, `启动人：${by}`, plan.instructions].filter(Boolean).join('\n'),
        en: [`Reason: ${reason}`, `Activated by ${by}`, plan.instructions].filter(Boolean).join('\n'),
      },
    },
    reached(plan.contacts),
  )
}

/** To the communication list: it is over. */
export function endedNotice(activation: Activation): NewNotice {
  const { zh, en } = nameOf(activation)
  const { at, by, note } = activation.ended ?? { at: activation.at, by: '', note: '' }
  return notice(
    activation,
    'ended',
    at,
    {
      title: { zh: `应急预案已解除：${zh}`, en: `Emergency plan over: ${en}` },
      text: { zh: `原因：${note}\n解除人：${by}`, en: `Reason: ${note}\nEnded by ${by}` },
    },
    reached(activation.plan.contacts),
  )
}

/** To whoever should have done it, and to the desk: an item is late. */
export function lateNotice(activation: Activation, { text, owner }: ChecklistItem, desk: readonly string[], at: number): NewNotice {
  const { zh, en } = nameOf(activation)
  return notice(
    activation,
    'late',
    at,
    {
      title: { zh: `预案事项逾期：${text}`, en: `Late in an emergency plan: ${text}` },
      text: { zh: `${zh}\n责任人：${owner || '未指定'}`, en: `${en}\nOwner: ${owner || 'nobody'}` },
    },
    { channels: [], accounts: [...new Set([owner, ...desk])] },
  )
}
