import { expect, test } from 'vitest'
import { GuessLimits } from '../../../src/edges/mqtt/guess-limits.ts'

const [stranger, gateway, neighbour] = ['192.0.2.7', '198.51.100.1', '198.51.100.2']
const guess = (limits: GuessLimits, address: string, times: number, word: (i: number) => string, now = 0) => {
  for (let i = 0; i < times; i++) limits.failed('gateway', address, Buffer.from(word(i)), now)
}

test('different wrong passwords from one address make the account wait there, longer each time', () => {
  const limits = new GuessLimits(() => false)
  guess(limits, stranger, 14, (i) => `a${i}`)
  expect(limits.mayGuess('gateway', stranger, 0)).toBe(true)
  guess(limits, stranger, 1, () => 'b')
  expect(limits.mayGuess('gateway', stranger, 999)).toBe(false)
  expect(limits.mayGuess('gateway', stranger, 1_000)).toBe(true)
  guess(limits, stranger, 20, (i) => `c${i}`)
  expect(limits.mayGuess('gateway', stranger, 299_999)).toBe(false)
  expect(limits.mayGuess('gateway', stranger, 300_000)).toBe(true)
})

test('no address has to wait for what others try, nor another account', () => {
  const limits = new GuessLimits(() => false)
  guess(limits, stranger, 100, (i) => `a${i}`)
  expect(limits.mayGuess('gateway', gateway, 0)).toBe(true)
  expect(limits.mayGuess('platform', stranger, 0)).toBe(true)
})

test('a neighbour with an old password makes nobody wait, however often it comes', () => {
  const limits = new GuessLimits(() => false)
  guess(limits, neighbour, 10_000, () => 'last year')
  expect(limits.mayGuess('gateway', neighbour, 0)).toBe(true)
})

test('an account that was let in at an address does not wait there any more', () => {
  const limits = new GuessLimits(() => false)
  limits.succeeded('gateway', neighbour)
  guess(limits, neighbour, 100, (i) => `a${i}`)
  expect(limits.mayGuess('gateway', neighbour, 0)).toBe(true)
})

test('nobody waits behind a trusted address', () => {
  const limits = new GuessLimits((address) => address === gateway)
  guess(limits, gateway, 100, (i) => `a${i}`)
  expect(limits.mayGuess('gateway', gateway, 0)).toBe(true)
})
