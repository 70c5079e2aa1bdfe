import type { Permission } from '../../../../src/access/permissions.ts'
import type { CommandView } from '../../../../src/edges/http/command-schemas.ts'
import type { LightChangeView } from '../../../../src/edges/http/light-change-schemas.ts'
import { formatNumber } from '../format.ts'
import { changeWords, whomWords } from '../light-changes/light-words.ts'
import { c } from '../texts/commands.ts'
import { commandWords } from './command-words.ts'

/** Something that waits for a second person, as it is called out. */
interface Call {
  id: string
  href: string
  by: string
  account: string
  what: string
  whom: string
  expires: number
  isElsewhere: boolean
  needs: Permission
}

export const commandCall = (command: CommandView): Call => {
  const { id, by, account, total, elsewhere, approval } = command
  return {
    ...{ id, by, account, href: `/commands/${encodeURIComponent(id)}`, what: commandWords(command) },
    ...{ whom: c().facilities(formatNumber(total)), expires: approval?.expires ?? 0 },
    ...{ isElsewhere: elsewhere > 0, needs: 'command.send' },
  }
}

export const lightCall = ({ id, by, account, change, counts, approval, isElsewhere, needs }: LightChangeView): Call => ({
  ...{ id, by, account, isElsewhere, needs, href: `/light-changes/${encodeURIComponent(id)}` },
  ...{ what: changeWords(change), whom: whomWords(counts), expires: approval?.expires ?? 0 },
})
