import { type AlertmanagerSettings, type ChannelSettings, fillIn, type Message } from '../../dispatch/channel.ts'
import { DeliveryProblem } from './delivery-problem.ts'
import { checkTaken, type HttpAsk, type HttpAsking } from './http-request.ts'
import { dingtalkUrl, feishuSignature, webhookHeaders } from './signatures.ts'

type Settings<T extends ChannelSettings['type']> = Extract<ChannelSettings, { type: T }>

const json = { 'content-type': 'application/json; charset=utf-8', 'user-agent': 'lamplighter' }
const post = (url: string, body: unknown, headers: Record<string, string> = {}): HttpAsk => ({
  method: 'POST',
  url,
  headers: { ...json, ...headers },
  body: JSON.stringify(body),
})
/** Text with its link, as robots show markdown. */
const markdown = ({ title, text, link }: Message): string =>
  [`**${title}**`, text, link && `[${link}](${link})`].filter(Boolean).join('\n\n')

/** A CloudEvent in structured JSON (CloudEvents 1.0.2), signed. */
export async function sendWebhook({ url, secret }: Settings<'webhook'>, message: Message, now: number, ask: HttpAsking): Promise<void> {
  const { id, at, type, data } = message
  const body = JSON.stringify({
    ...{ specversion: '1.0', id, source: '/lamplighter', type: `lamplighter.${type}`, time: new Date(at).toISOString() },
    ...{
      datacontenttype: 'application/json',
      data: { ...data, title: message.title, text: message.text, link: message.link, urgent: message.urgent },
    },
  })
  const headers = { ...json, 'content-type': 'application/cloudevents+json; charset=utf-8', ...webhookHeaders(id, now, body, secret) }
  checkTaken(await ask({ method: 'POST', url, headers, body }))
}

/** What tells one order from another; Alertmanager takes what has the same labels for the same alert. */
const labelsOf = (data: Message['data']): Record<string, string> =>
  Object.fromEntries(['order', 'facility', 'district', 'class'].flatMap((name) => (data[name] ? [[name, String(data[name])]] : [])))

/** Posts alerts as API v2 of Alertmanager takes them. Throws `DeliveryProblem`. */
export async function postAlerts({ url, user, password }: AlertmanagerSettings, alerts: readonly object[], ask: HttpAsking): Promise<void> {
  const headers = user ? { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` } : {}
  checkTaken(await ask(post(new URL('api/v2/alerts', url.endsWith('/') ? url : `${url}/`).href, alerts, headers)))
}

/** What happened as an alert; a digest is one for each notice. It has no end, so that Alertmanager ends it after its `resolve_timeout`. */
export function sendAlertmanager(settings: AlertmanagerSettings, message: Message, ask: HttpAsking): Promise<void> {
  const { notices = [{ ...message.data, type: message.type }] } = message.data as { notices?: (Message['data'] & { type: string })[] }
  const alerts = notices.map(({ type, ...data }) => ({
    labels: { alertname: type, ...labelsOf(data) },
    annotations: { summary: message.title, description: message.text },
    startsAt: new Date(message.at).toISOString(),
    ...(message.link && { generatorURL: message.link }),
  }))
  return postAlerts(settings, alerts, ask)
}

/** Robots answer 200 also when they take nothing, and say so in the body. `busy`: codes that mean "later". */
async function tellRobot(ask: HttpAsking, request: HttpAsk, busy: readonly number[]): Promise<void> {
  const answer = await ask(request)
  checkTaken(answer)
  let said: { errcode?: number; errmsg?: string; code?: number; msg?: string }
  try {
    said = JSON.parse(answer.text)
  } catch {
    throw new DeliveryProblem(`The robot answered no JSON: ${answer.text.slice(0, 200)}`)
  }
  const code = said.errcode ?? said.code ?? 0
  if (code !== 0) throw new DeliveryProblem(`Code ${code}: ${said.errmsg ?? said.msg ?? ''}`, !busy.includes(code))
}

export const sendDingtalk = ({ url, secret }: Settings<'dingtalk'>, message: Message, now: number, ask: HttpAsking) =>
  tellRobot(
    ask,
    post(dingtalkUrl(url, secret, now), {
      ...{ msgtype: 'markdown', markdown: { title: message.title, text: markdown(message) }, at: { isAtAll: message.urgent } },
    }),
    // Busy, and more than 20 messages in a minute.
    [-1, 130101, 660026],
  )

export const sendWecom = ({ url }: Settings<'wecom'>, message: Message, ask: HttpAsking) =>
  // At most 4,096 bytes.
  tellRobot(ask, post(url, { msgtype: 'markdown', markdown: { content: cutToBytes(markdown(message), 4096) } }), [-1, 45009])

export const sendFeishu = ({ url, secret }: Settings<'feishu'>, message: Message, now: number, ask: HttpAsking) =>
  tellRobot(
    ask,
    post(url, {
      ...feishuSignature(secret, now),
      msg_type: 'post',
      content: {
        post: {
          zh_cn: {
            title: message.title,
            content: [
              [{ tag: 'text', text: message.text }],
              ...(message.link ? [[{ tag: 'a', text: message.link, href: message.link }]] : []),
            ],
          },
        },
      },
    }),
    [11232, 9499],
  )

/** Through any gateway that takes HTTP; each number is a message of its own. */
export async function sendSms(
  { url, method, contentType, body, header, numbers }: Settings<'sms'>,
  message: Message,
  ask: HttpAsking,
): Promise<void> {
  const [name = '', ...value] = header.split(':')
  const headers = { 'content-type': contentType, ...(name && { [name.trim().toLowerCase()]: value.join(':').trim() }) }
  const text = [message.title, message.text, message.link].filter(Boolean).join('\n')
  for (const number of numbers) {
    const isJson = contentType.includes('json')
    const inBody = (words: string) => (isJson ? JSON.stringify(words).slice(1, -1) : encodeURIComponent(words))
    const values = { number: inBody(number), text: inBody(text) }
    const inUrl = { number: encodeURIComponent(number), text: encodeURIComponent(text) }
    checkTaken(await ask({ method, url: fillIn(url, inUrl), headers, body: fillIn(body, values) }))
  }
}

/** The longest beginning of a text that takes so many bytes in UTF-8, with an ellipsis where it was cut. */
export function cutToBytes(text: string, most: number): string {
  if (Buffer.byteLength(text) <= most) return text
  const bytes = Buffer.from(text).subarray(0, most - 3)
  return `${new TextDecoder().decode(bytes).replace(/\uFFFD+$/, '')}…`
}
