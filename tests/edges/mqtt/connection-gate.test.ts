import { describe, expect, test } from 'vitest'
import { addressesOf } from '../../../src/config.ts'
import { ConnectionGate } from '../../../src/edges/mqtt/connection-gate.ts'
import { senderOf, trustedAddresses } from '../../../src/edges/mqtt/senders.ts'

const limits = { connections: 10, perAddress: 2, connectsPerMinute: 3 }
const stranger = '192.0.2.7'

describe('addresses', () => {
  test('ranges, single addresses and this machine', () => {
    const has = trustedAddresses(addressesOf('10.0.0.0/8, 2001:db8::/32,192.0.2.7'))
    expect(['10.1.2.3', '2001:db8:1::5', '192.0.2.7', '127.3.2.1', '::1'].filter((each) => !has(each))).toEqual([])
    expect(['11.0.0.1', '2001:db9::1', '192.0.2.8', '', 'unknown'].filter(has)).toEqual([])
  })

  test('whoever has a whole IPv6 network is one sender', () => {
    expect(senderOf('2001:db8:0:1:aaaa::1')).toBe(senderOf('2001:0db8::1:0:0:0:2'))
    expect(senderOf('fe80::1%eth0')).toBe('fe80:0:0:0::/64')
    expect(senderOf('::ffff:203.0.113.7')).toBe('203.0.113.7')
    expect(senderOf('2001:db8:0:2::1')).not.toBe(senderOf('2001:db8:0:1::1'))
    expect(senderOf(stranger)).toBe(stranger)
  })
})

describe('connections', () => {
  test('so many a minute from one address, each address for itself', () => {
    const gate = new ConnectionGate(limits, () => false)
    const knocks = (now: number) => Array.from({ length: 4 }, () => gate.knock(stranger, now))
    expect(knocks(0)).toEqual([undefined, undefined, undefined, 'too-many-connects'])
    expect(gate.knock('192.0.2.8', 0)).toBeUndefined()
    expect(gate.knock(stranger, 19_999)).toBe('too-many-connects')
    expect(gate.knock(stranger, 20_000)).toBeUndefined()
  })

  test('so many at once from one address, and from all', () => {
    const gate = new ConnectionGate(limits, () => false)
    for (let i = 0; i < 10; i++) expect(gate.enter(`192.0.2.${Math.floor(i / 2)}`)).toBeUndefined()
    expect(gate.enter('192.0.2.9')).toBe('too-many-connections')
    gate.leave('192.0.2.4')
    expect(gate.enter('192.0.2.0')).toBe('too-many-from-address')
    expect(gate.knock('192.0.2.0', 0)).toBe('too-many-from-address')
    expect(gate.enter('192.0.2.4')).toBeUndefined()
  })

  test('of a trusted address only the connections of all are counted', () => {
    const gate = new ConnectionGate(limits, (address) => address === stranger)
    for (let i = 0; i < 10; i++) expect([gate.knock(stranger, 0), gate.enter(stranger)]).toEqual([undefined, undefined])
    expect(gate.knock(stranger, 0)).toBe('too-many-connections')
    gate.leave(stranger)
    expect(gate.knock(stranger, 0)).toBeUndefined()
  })

  test('many addresses cost no time, and keep nobody from being counted', () => {
    const gate = new ConnectionGate(limits, () => false)
    for (let i = 0; i < 60_000; i++) gate.knock(`10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`, 0)
    for (let i = 0; i < 3; i++) gate.knock(stranger, 0)
    expect(gate.knock(stranger, 0)).toBe('too-many-connects')
  })
})
