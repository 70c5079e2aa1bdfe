import { expect, test } from 'vitest'
import { testWords } from '../../../dashboards/crew/src/pages/order-words.ts'
import { language } from '../../../dashboards/shared/preferences.ts'

test('a test is told by the level of a lamp, or by the circuit of a cabinet', () => {
  const all = [
    ['on', null],
    ['dim', 50],
    ['circuit-on', 2],
    ['circuit-follow', 2],
  ] as const
  const words = () => all.map(([command, value]) => testWords(command, value))
  language.value = 'en'
  expect(words()).toEqual(['On', 'Dim 50 %', 'Switch on circuit 2', 'Back to programme: circuit 2'])
  language.value = 'zh'
  expect(words()).toEqual(['开灯', '调光 50 %', '送电：回路 2', '恢复按方案运行：回路 2'])
})
