import { useEffect, useState } from 'preact/hooks'
import type { CommandView } from '../../../../src/edges/http/command-schemas.ts'
import { formatDuration, formatNumber } from '../format.ts'
import { session } from '../live/api.ts'
import { link, serverNow, toldCommands } from '../live/live.ts'
import { language } from '../settings.ts'
import { may } from '../shell/access.ts'
import { pathname } from '../shell/router.ts'
import { maySecond, secondPersonCalls, waitingOf } from './approval-state.ts'
import { commandWords } from './command-words.ts'
import { listCommands } from './commands-api.ts'

const MOST = 50

const texts = {
  en: {
    asks: (name: string, what: string, count: string) => `${name} asks: ${what} (${count}).`,
    facilities: (n: string) => (n === '1' ? '1 facility' : `${n} facilities`),
    needs: (left: string) => `A second person is needed within ${left}.`,
    own: (what: string, left: string) => `Your command waits for a second person, ${left} left: ${what}`,
    more: (n: number) => `and ${n} more`,
    look: 'Look and decide',
    open: 'Open',
  },
  zh: {
    asks: (name: string, what: string, count: string) => `${name} 申请：${what}（${count}）。`,
    facilities: (n: string) => `${n} 处设施`,
    needs: (left: string) => `须第二人在 ${left} 内确认。`,
    own: (what: string, left: string) => `您的指令等待第二人确认，剩余 ${left}：${what}`,
    more: (n: number) => `另有 ${n} 条`,
    look: '查看并决定',
    open: '打开',
  },
}

/** Calls, on every page, whoever may be the second person to commands that wait for one, and tells who asked that theirs waits. */
export function CommandCall() {
  return may('command.send') ? <Calling /> : null
}

function Calling() {
  const [heard, hear] = useState<ReadonlyMap<string, CommandView>>(new Map())
  const isOff = link.value === 'disconnected'
  useEffect(() => {
    // Whatever was told while the connection was away is missing.
    if (isOff) return
    let wanted = true
    listCommands({ state: 'requested', limit: MOST }).then(
      ({ items }) => wanted && hear((before) => waitingOf(before, items, serverNow.peek())),
      () => undefined,
    )
    const stop = toldCommands.subscribe((told) => {
      if (told.some(({ approval }) => approval !== null)) hear((before) => waitingOf(before, told, serverNow.peek()))
    })
    return () => {
      wanted = false
      stop()
    }
  }, [isOff])
  const name = session.value?.name ?? ''
  const waiting = [...waitingOf(heard, [], serverNow.value).values()]
  const forMe = waiting.filter((one) => maySecond(one, name))
  const ids = forMe.map(({ id }) => id)
  useEffect(() => {
    secondPersonCalls.value = ids
  }, [ids.join()])
  const [first, ...rest] = [...forMe, ...waiting.filter((one) => one.account === name)]
  if (!first || pathname.value === `/commands/${first.id}`) return null
  const words = texts[language.value]
  const left = formatDuration(Math.max(0, (first.approval?.expires ?? 0) - serverNow.value))
  const isOwn = first.account === name
  const what = commandWords(first)
  return (
    <p class="banner warning strip command-call" role="alert">
      <span>
        {isOwn ? words.own(what, left) : `${words.asks(first.by, what, words.facilities(formatNumber(first.total)))} ${words.needs(left)}`}{' '}
        {rest.length > 0 && words.more(rest.length)}
      </span>
      <a class="button" href={`/commands/${encodeURIComponent(first.id)}`}>
        {isOwn ? words.open : words.look}
      </a>
    </p>
  )
}
