import { expect, test } from 'vitest'
import type { Channel, ChannelSettings } from '../../src/dispatch/channel.ts'
import { addressOf, channelProblems, toldSettings, wholeSettings } from '../../src/dispatch/channel-input.ts'
import { usualLimits } from '../../src/dispatch/delivery.ts'

const KNOWN = ['order.offered']
const channel = (settings: ChannelSettings, more: Partial<Channel> = {}): Channel => ({
  ...{ id: 'c', name: 'C', settings, language: 'en', types: 'all', districts: 'all', domains: 'all', template: null },
  ...{ limits: usualLimits, disabled: false },
  ...more,
})
const mail: ChannelSettings = {
  ...{ type: 'mail', host: 'smtp.example', port: 587, security: 'starttls', user: 'u', password: 'p', from: 'Lamps <a@b.example>' },
  to: ['c@d.example'],
}
const sms: ChannelSettings = {
  ...{ type: 'sms', url: 'https://sms.example/send', method: 'POST', contentType: 'application/json', header: 'X-Key: k' },
  ...{ body: '{"to":"{{number}}","text":"{{text}}"}', numbers: ['+86 138 0000 0000'] },
}
const SECRET = 'a secret of enough length'

test.each([
  mail,
  sms,
  { type: 'webhook', url: 'https://x.example/hook', secret: SECRET },
  { type: 'dingtalk', url: 'https://oapi.example/robot/send?access_token=t', secret: '' },
  { type: 'wecom', url: 'https://qyapi.example/send?key=k' },
  { type: 'alertmanager', url: 'http://10.0.0.5:9093', user: '', password: '' },
  { type: 'mqtt', topic: 'lamplighter/notices/north/orders' },
] as ChannelSettings[])('$type as it should be', (settings) => {
  expect(channelProblems(channel(settings), KNOWN)).toEqual([])
})

test.each<[string, ChannelSettings, RegExp]>([
  ['mail without addressee', { ...mail, to: [] }, /^to:/],
  ['mail with two lines', { ...mail, from: 'a@b.example\r\nBcc: x@y.example' }, /^from:/],
  ['user without password', { ...mail, password: '' }, /go together/],
  ['no web address', { type: 'wecom', url: 'ftp://x' }, /^url:/],
  ['password in the address', { type: 'wecom', url: 'https://u:p@x.example' }, /without user name/],
  ['weak secret', { type: 'webhook', url: 'https://x.example', secret: 'whsec_YWJj' }, /^secret:/],
  ['header with two lines', { ...sms, header: 'X: a\r\nHost: b' }, /^header:/],
  ['no telephone number', { ...sms, numbers: ['desk'] }, /^numbers:/],
  ['nothing that stands for the text', { ...sms, body: '{"to":"{{number}}"}' }, /\{\{text\}\}/],
  ['topic of devices', { type: 'mqtt', topic: 'facilities/tank/T-1/telemetry' }, /^topic:/],
  ['topic of all', { type: 'mqtt', topic: 'lamplighter/notices/#' }, /^topic:/],
  ['topic of the broker', { type: 'mqtt', topic: '$SYS/x' }, /^topic:/],
])('%s is refused in words', (_, settings, words) => {
  expect(channelProblems(channel(settings), KNOWN)).toEqual([expect.stringMatching(words)])
})

test('names that nobody knows in template and types are told', () => {
  const problems = channelProblems(channel(mail, { template: '{{title}} {{lamp}}', types: ['order.offered', 'lamp'] }), KNOWN)
  expect(problems).toEqual([expect.stringMatching(/^template: nobody knows lamp;/), expect.stringMatching(/^types: there is no lamp;/)])
})

test('standing alarms are for Alertmanager only', () => {
  const known = [...KNOWN, 'alarm']
  const types = ['alarm']
  expect(channelProblems(channel(mail, { types }), known)).toEqual([expect.stringMatching(/^types: alarm is for Alertmanager only/)])
  expect(channelProblems(channel({ type: 'alertmanager', url: 'https://x.example', user: '', password: '' }, { types }), known)).toEqual([])
})

test('a secret stays where none is given, and goes nowhere else', () => {
  const { password: _, ...given } = mail
  expect(wholeSettings(given, mail)).toEqual({ settings: mail, problems: [] })
  expect(wholeSettings({ ...given, to: ['x@y.example'] }, mail).problems).toEqual([])
  for (const elsewhere of [{ host: 'smtp.other.example' }, { port: 25 }, { security: 'none' as const }, { user: 'other' }])
    expect(wholeSettings({ ...given, ...elsewhere }, mail).problems).toEqual([expect.stringMatching(/^password: give it again/)])
  expect(wholeSettings({ ...given, host: 'smtp.other.example', password: 'q' }, mail).problems).toEqual([])
  const robot: ChannelSettings = { type: 'dingtalk', url: 'https://oapi.example/send?access_token=t', secret: 's' }
  expect(wholeSettings({ type: 'dingtalk' }, robot).settings).toEqual(robot)
  expect(wholeSettings({ type: 'dingtalk', url: 'https://evil.example' }, robot).problems).toHaveLength(1)
  // Of another type nothing is kept.
  expect(wholeSettings({ type: 'wecom' }, robot).settings).toEqual({ type: 'wecom', url: '' })
})

test('what is told holds no secret, and where it goes none either', () => {
  const robot: ChannelSettings = { type: 'dingtalk', url: 'https://oapi.example/send?access_token=t', secret: 's' }
  expect(toldSettings(robot)).toEqual({ settings: { type: 'dingtalk' }, secrets: ['url', 'secret'] })
  expect(toldSettings({ ...mail, user: '', password: '' }).secrets).toEqual([])
  expect(addressOf(robot)).toBe('https://oapi.example')
  expect(addressOf(sms)).toBe('+86 138 0000 0000 · https://sms.example')
})
