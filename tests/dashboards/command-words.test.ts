import { expect, test } from 'vitest'
import { type CommandTargetView, stateWords } from '../../dashboards/console/src/commands/command-words.ts'

const words = { en: 'it is offline', zh: '设备已离线' }
test.each<[Pick<CommandTargetView, 'state' | 'problem' | 'words'>, string]>([
  [{ state: 'sent', problem: null, words: null }, 'Sent'],
  [{ state: 'sent', problem: null, words }, 'Sent (it is offline)'],
  [{ state: 'accepted', problem: null, words }, 'Accepted (it is offline)'],
  [{ state: 'effect-seen', problem: null, words }, 'Effect seen'],
  [{ state: 'failed', problem: 'not-delivered', words }, 'Failed: It could not be delivered (it is offline)'],
])('%o reads %s', (target, text) => expect(stateWords(target)).toBe(text))
