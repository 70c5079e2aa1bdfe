import type { Signal } from '@preact/signals'
import { useEffect, useState } from 'preact/hooks'
import type { CommandView } from '../../../../src/edges/http/command-schemas.ts'
import type { LightChangeView } from '../../../../src/edges/http/light-change-schemas.ts'
import { formatDuration } from '../format.ts'
import { listLightChanges } from '../light-changes/light-api.ts'
import { session } from '../live/api.ts'
import { link, serverNow, toldCommands, toldLightChanges } from '../live/live.ts'
import { language } from '../settings.ts'
import { may } from '../shell/access.ts'
import { pathname } from '../shell/router.ts'
import { type Asked, isLightWaiting, isWaiting, maySecond, secondPersonCalls, waitingOf } from './approval-state.ts'
import { listCommands } from './commands-api.ts'

const MOST = 50

const texts = {
  en: {
    asks: (name: string, what: string, count: string) => `${name} asks: ${what} (${count}).`,
    needs: (left: string) => `A second person is needed within ${left}.`,
    own: (what: string, left: string) => `What you asked for waits for a second person, ${left} left: ${what}`,
    more: (n: number) => `and ${n} more`,
    look: 'Look and decide',
    open: 'Open',
  },
  zh: {
    asks: (name: string, what: string, count: string) => `${name} 申请：${what}（${count}）。`,
    needs: (left: string) => `须第二人在 ${left} 内确认。`,
    own: (what: string, left: string) => `您的申请等待第二人确认，剩余 ${left}：${what}`,
    more: (n: number) => `另有 ${n} 条`,
    look: '查看并决定',
    open: '打开',
  },
}

/** Calls, on every page, whoever may be the second person to what waits for one, and tells who asked that theirs waits. */
export function CommandCall() {
  return may('command.send') || may('programme.edit') ? <Calling /> : null
}

function Calling() {
  const commands = useWaiting<CommandView>(toldCommands, () => listCommands({ state: 'requested', limit: MOST }), isWaiting)
  const lights = useWaiting<LightChangeView>(toldLightChanges, () => listLightChanges('waiting', MOST), isLightWaiting)
  const name = session.value?.name ?? ''
  const words = useWords(commands.length + lights.length > 0)
  const waiting = (words ? [...commands.map(words.commandCall), ...lights.map(words.lightCall)] : [])
    .filter(({ needs }) => may(needs))
    .sort((a, b) => a.expires - b.expires)
  const forMe = waiting.filter((one) => maySecond(one, name))
  const ids = forMe.map(({ id }) => id)
  useEffect(() => {
    secondPersonCalls.value = ids
  }, [ids.join()])
  const [first, ...rest] = [...forMe, ...waiting.filter((one) => one.account === name)]
  if (!first || pathname.value === first.href) return null
  const own = texts[language.value]
  const left = formatDuration(Math.max(0, first.expires - serverNow.value))
  const isOwn = first.account === name
  return (
    <p class="banner warning strip command-call" role="alert">
      <span>
        {isOwn ? own.own(first.what, left) : `${own.asks(first.by, first.what, first.whom)} ${own.needs(left)}`}{' '}
        {rest.length > 0 && own.more(rest.length)}
      </span>
      <a class="button" href={first.href}>
        {isOwn ? own.open : own.look}
      </a>
    </p>
  )
}

/** All that waits of one sort, as the server lists it and goes on to tell of it. */
function useWaiting<T extends Asked>(
  told: Signal<readonly T[]>,
  list: () => Promise<{ items: T[] }>,
  isStill: (one: T, at: number) => boolean,
): T[] {
  const [heard, hear] = useState<ReadonlyMap<string, T>>(new Map())
  const isOff = link.value === 'disconnected'
  useEffect(() => {
    // Whatever was told while the connection was away is missing.
    if (isOff) return
    let wanted = true
    list().then(
      ({ items }) => wanted && hear((before) => waitingOf(before, items, serverNow.peek(), isStill)),
      () => undefined,
    )
    const stop = told.subscribe((news) => {
      if (news.some(({ approval }) => approval !== null)) hear((before) => waitingOf(before, news, serverNow.peek(), isStill))
    })
    return () => {
      wanted = false
      stop()
    }
  }, [isOff])
  return [...waitingOf(heard, [], serverNow.value, isStill).values()]
}

type CallWords = typeof import('./call-words.ts')
/** What says in words what waits is loaded once something does; null until it is there. */
function useWords(areNeeded: boolean): CallWords | null {
  const [words, take] = useState<CallWords | null>(null)
  useEffect(() => {
    if (areNeeded) import('./call-words.ts').then(take, () => undefined)
  }, [areNeeded])
  return words
}
