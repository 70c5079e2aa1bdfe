import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { addressesOf } from '../../../src/config.ts'
import type { Message } from '../../../src/dispatch/channel.ts'
import { mailAddress } from '../../../src/edges/notify/house-networks.ts'
import { sendMail } from '../../../src/edges/notify/mail.ts'
import { issueCertificate } from '../../../src/edges/tls/issue-certificate.ts'

const NOW = Date.now()
const house = addressesOf('127.0.0.1')
const life = { validFrom: NOW - 86_400_000, validTo: NOW + 86_400_000 }
const authority = issueCertificate({ commonName: 'Test authority', use: 'authority', ...life })
const served = issueCertificate({ commonName: 'mail', names: ['localhost'], use: 'server', by: authority, ...life })
const message: Message = {
  ...{ id: 'm-1', at: NOW, type: 'order.offered', urgent: true, title: '新工单 #7', text: 'L-1', link: 'https://city.example/orders/7' },
  data: {},
}
const mails: { text: string; user: string; isSecure: boolean; to: string[] }[] = []
let server: SMTPServer
let settings: Parameters<typeof sendMail>[0]

beforeAll(async () => {
  server = new SMTPServer({
    ...{ cert: served.cert, key: served.key, authMethods: ['PLAIN'], logger: false },
    onAuth: ({ username, password }, _, done) =>
      username === 'lamp' && password === 'right' ? done(null, { user: username }) : done(new Error('wrong password')),
    onRcptTo: ({ address }, _, done) =>
      address.startsWith('gone') ? done(Object.assign(new Error('no such mailbox'), { responseCode: 550 })) : done(),
    onData(stream, session, done) {
      const parts: Buffer[] = []
      stream.on('data', (part: Buffer) => parts.push(part))
      stream.on('end', () => {
        const to = session.envelope.rcptTo.map(({ address }) => address)
        mails.push({ text: Buffer.concat(parts).toString(), user: String(session.user), isSecure: session.secure, to })
        done()
      })
    },
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', () => done()))
  settings = {
    ...{ type: 'mail', host: 'localhost', port: (server.server.address() as AddressInfo).port, security: 'starttls' },
    ...{ user: 'lamp', password: 'right', from: 'Lamps <lamps@city.example>', to: ['desk@city.example', 'night@city.example'] },
  }
})
afterEach(() => void mails.splice(0))
afterAll(() => new Promise<void>((done) => server.close(() => done())))

test('goes out over STARTTLS with user and password, once for all addressees, in UTF-8, marked as urgent and made by a machine', async () => {
  await sendMail(settings, message, house, authority.cert)
  expect(mails).toMatchObject([{ user: 'lamp', isSecure: true, to: ['desk@city.example', 'night@city.example'] }])
  const text = mails[0]?.text ?? ''
  expect(text).toMatch(/^Subject: =\?UTF-8\?/m)
  expect(text).toMatch(/^Auto-Submitted: auto-generated/m)
  expect(text).toMatch(/^Message-ID: <m-1@/m)
  expect(text).toMatch(/^(X-Priority: 1|Importance: High)/im)
  expect(text).toContain('https://city.example/orders/7')
})

test('a server with a certificate nobody vouches for gets neither password nor mail', async () => {
  await expect(sendMail(settings, message, house)).rejects.toMatchObject({ isFinal: false, message: expect.stringMatching(/certificate/) })
  expect(mails).toEqual([])
})

test('a wrong password is tried again, since somebody may set it right; an addressee that there is not is given up', async () => {
  await expect(sendMail({ ...settings, password: 'wrong' }, message, house, authority.cert)).rejects.toMatchObject({ isFinal: false })
  await expect(sendMail({ ...settings, to: ['gone@city.example'] }, message, house, authority.cert)).rejects.toMatchObject({
    ...{ isFinal: true, message: expect.stringContaining('no such mailbox') },
  })
  expect(mails).toEqual([])
})

test('inside the house a mail server answers on the ports of mail; elsewhere it must be named', async () => {
  const none = addressesOf('')
  expect(await Promise.all([25, 465, 587].map((port) => mailAddress('127.0.0.1', port, none)))).toEqual(Array(3).fill('127.0.0.1'))
  expect(await mailAddress('localhost', 587, none)).toBe('127.0.0.1')
  expect(await mailAddress('localhost', settings.port, house)).toBe('127.0.0.1')
  for (const host of ['localhost', '127.0.0.1', '169.254.169.254', '10.0.0.8']) {
    const refused = { isFinal: true, message: expect.stringContaining('NOTIFY_ALLOWED_ADDRESSES') }
    await expect(mailAddress(host, 80, none)).rejects.toMatchObject(refused)
    await expect(sendMail({ ...settings, host, port: 8080 }, message, none)).rejects.toMatchObject(refused)
  }
  await expect(mailAddress('nobody.invalid', 25, none)).rejects.toMatchObject({
    isFinal: false,
    message: expect.stringContaining('nobody'),
  })
})
