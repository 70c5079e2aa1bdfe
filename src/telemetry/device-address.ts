import type { DeviceProfile } from './device-profile.ts'
import { topicPattern } from './topic-pattern.ts'

/** An address as bindings have it, or in words what is wrong with it. DevEUIs are taken with `:` or `-` between their bytes too. */
export function deviceAddress(
  written: string,
  { dialect, id, topics }: Pick<DeviceProfile, 'dialect' | 'id' | 'topics'>,
): { address: string } | { problem: string } {
  const levels = written.split('/')
  if (dialect === 'lorawan') {
    const address = written.replace(/[:-]/g, '').toLowerCase()
    return /^[0-9a-f]{16}$/.test(address) ? { address } : { problem: `${written} is no DevEUI of 16 hex digits` }
  }
  if (written === '' || levels.includes('') || /[+#\0]/.test(written)) return { problem: `${written} has empty parts, + or #` }
  if (dialect === 'sparkplug')
    return levels.length === 2 || levels.length === 3
      ? { address: written }
      : { problem: `${written} is neither group/node nor group/node/device` }
  if (!topics || topics.facility !== undefined)
    return { problem: `profile ${id} takes the facility from the topic, so nothing is bound with it` }
  const { captures } = topicPattern(topics.pattern)
  return levels.length === captures.length ? { address: written } : { problem: `${written} is not ${captures.join('/')} of profile ${id}` }
}
