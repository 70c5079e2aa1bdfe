import { type BlockList, isIP } from 'node:net'
import { createTransport } from 'nodemailer'
import type { ChannelSettings, Message } from '../../dispatch/channel.ts'
import { seconds } from '../../telemetry/duration.ts'
import { DeliveryProblem } from './delivery-problem.ts'
import { mailAddress } from './house-networks.ts'
import { withUsual } from './http-request.ts'

const TIMEOUT = seconds(15)

type MailSettings = Extract<ChannelSettings, { type: 'mail' }>

/** A domain of its own for the id of a message, so that the same message tried again is seen as one. */
const ID_DOMAIN = 'lamplighter.invalid'

/**
 * Sends a message by SMTP to all addressees. `allowed` are addresses inside the house that may be reached on any port, `trusted` certificates of its
 * own authority, PEM. Throws `DeliveryProblem`.
 */
export async function sendMail(settings: MailSettings, message: Message, allowed: BlockList, trusted?: string): Promise<void> {
  const { host, port, security, user, password, from, to } = settings
  const transport = createTransport({
    // By the address that was looked at, so that a name which changes meanwhile leads nowhere else.
    ...{ host: await mailAddress(host, port, allowed), ...(!isIP(host) && { servername: host }), port },
    ...{ secure: security === 'tls', requireTLS: security === 'starttls', ignoreTLS: security === 'none' },
    ...(user && { auth: { user, pass: password } }),
    ...{ connectionTimeout: TIMEOUT, greetingTimeout: TIMEOUT, socketTimeout: TIMEOUT, disableFileAccess: true, disableUrlAccess: true },
    ...(trusted && { tls: { ca: withUsual(trusted) } }),
  })
  const { id, title, text, link, urgent } = message
  try {
    await transport.sendMail({
      from,
      to: [...to],
      subject: title,
      text: [text, link].filter(Boolean).join('\n\n'),
      messageId: `<${id}@${ID_DOMAIN}>`,
      // Nobody should answer a machine with a note of absence.
      headers: { 'Auto-Submitted': 'auto-generated' },
      priority: urgent ? 'high' : 'normal',
    })
  } catch (error) {
    const { responseCode, message: words = String(error) } = error as { responseCode?: number; message?: string }
    // RFC 5321: 5yz is a permanent answer. A wrong password may be set right, so it is tried again.
    const isFinal = responseCode !== undefined && responseCode >= 500 && responseCode !== 530 && responseCode !== 535
    throw new DeliveryProblem(`${host}: ${words}`, isFinal, error)
  } finally {
    transport.close()
  }
}
