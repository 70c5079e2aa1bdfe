import type { LinkState } from '../live/live-state.ts'
import { language, t } from '../settings.ts'
import { may } from '../shell/access.ts'

const texts = {
  en: {
    stale: 'Refused: what this console shows is stale. Nobody commands by old values; wait for the live ones.',
    role: 'Your role does not command facilities.',
  },
  zh: {
    stale: '已拒绝：本机显示的数据已陈旧，不得依据旧数据遥控；请等待恢复实时。',
    role: '当前角色无遥控权限。',
  },
}

/** Why nothing dangerous can be done from here now, whoever sits here; null where it can. */
export function whyNotLive(link: LinkState): string | null {
  if (link === 'live') return null
  return link === 'disconnected' ? t().refusedDisconnected : texts[language.value].stale
}

/** Why nobody can command from here now; null where they can. */
export const refusedWords = (link: LinkState): string | null => (may('command.send') ? whyNotLive(link) : texts[language.value].role)
