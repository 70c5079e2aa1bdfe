import { describe, expect, test } from 'vitest'
import { duration, flag, helpText, list, moment, number, oneOf, pairs, readArguments, speed, text, value } from '../src/command-line.ts'

const command = {
  usage: 'x FILE',
  about: 'About x.',
  positionals: [1, 1] as const,
  options: {
    name: value('TEXT', 'a name', undefined, text),
    count: value('N', 'a number', 3, number(1, 10, true)),
    wait: value('TIME', 'a time', 5000, duration),
    colour: value('C', 'a colour', 'red', oneOf(['red', 'blue'])),
    fresh: flag('a flag'),
    fault: list('SPEC', 'things', text),
  },
}

test('a command line is read', () => {
  const { values, positionals, problems } = readArguments(command, [
    'f.csv',
    '--name=a=b',
    '--count',
    '4',
    '--fresh',
    '--fault',
    'x',
    '--fault',
    'y',
  ])
  expect(problems).toEqual([])
  expect(positionals).toEqual(['f.csv'])
  expect(values).toEqual({ name: 'a=b', count: 4, wait: 5000, colour: 'red', fresh: true, fault: ['x', 'y'] })
  expect(readArguments(command, ['f']).values).toMatchObject({ name: undefined, count: 3, fresh: false, fault: [] })
})

test('all problems are told at once', () => {
  const { problems } = readArguments(command, ['--count', '99', '--colour', 'green', '--sped', '3', '--fresh=no', '--name', '--fault', 'x'])
  expect(problems).toEqual([
    '--count "99": must be a whole number from 1 to 10',
    '--colour "green": must be one of red, blue',
    'unknown option --sped',
    '--fresh takes no value',
    '--name needs a value: TEXT',
    expect.stringContaining('unexpected'),
  ])
  expect(readArguments(command, []).problems).toEqual(['a file is missing'])
  expect(readArguments(command, ['f', '--toString', 'x']).problems[0]).toBe('unknown option --toString')
})

test('the help shows every option with its default', () => {
  const help = helpText(command)
  for (const part of ['Usage: x FILE', 'About x.', '--name TEXT', '[3]', '[5s]', '--fresh', '(repeatable)', '--help'])
    expect(help).toContain(part)
})

describe('values', () => {
  test.each([
    ['20s', 20_000],
    ['5min', 300_000],
    ['1.5h', 5_400_000],
    ['250ms', 250],
    ['2d', 172_800_000],
  ])('%s', (given, ms) => expect(duration(given)).toBe(ms))

  test('speeds, moments and pairs', () => {
    expect([speed('x1000'), speed('2.5')]).toEqual([1000, 2.5])
    expect(moment('2026-01-31T18:00:00+08:00')).toBe(Date.parse('2026-01-31T10:00:00Z'))
    expect([...pairs('a=1, b=x=y')]).toEqual([
      ['a', '1'],
      ['b', 'x=y'],
    ])
  })

  test('nonsense is refused', () => {
    for (const bad of ['', '5', 's', '-5s', '5 weeks']) expect(() => duration(bad), bad).toThrow('20s')
    for (const bad of ['yesterday', '2026-01-31T18:00:00', '']) expect(() => moment(bad), bad).toThrow('zone')
    for (const bad of ['0', '-1', 'fast', '']) expect(() => speed(bad), bad).toThrow('number')
    for (const bad of ['a', '=1', '']) expect(() => pairs(bad), bad).toThrow('pairs')
  })
})
