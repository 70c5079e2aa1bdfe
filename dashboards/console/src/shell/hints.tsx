import { useState } from 'preact/hooks'
import { plant } from '../live/live.ts'
import { language, remember, say } from '../settings.ts'
import { hints } from '../texts/hints.ts'
import { hintsSeen } from './hints-seen.ts'
import { ownPages } from './navigation.ts'
import { pathname } from './router.ts'

const texts = {
  en: { hint: 'Hint', understood: 'Understood', none: 'No hints' },
  zh: { hint: '提示', understood: '知道了', none: '不再提示' },
}

const add = (seen: string) => {
  hintsSeen.value = `${hintsSeen.peek()} ${seen}`.trim()
  remember('hints', hintsSeen.peek())
}

/** What somebody who opens a page for the first time is told, one hint at a time. */
export function Hints() {
  // The wall shows an alarm of its own address; what lies below another page is a page of its own.
  const page = ownPages().find(({ href, own }) => (href === '/' ? own.test(pathname.value) : href === pathname.value))?.name ?? ''
  const own = hints[page] ?? []
  const seen = hintsSeen.value.split(' ')
  // Where nothing is registered there is nothing yet that they would help with.
  if (own.length === 0 || plant.value?.facilities.length === 0 || seen.includes(page) || seen.includes('off')) return null
  return <PageHints key={page} page={page} />
}

function PageHints({ page }: { page: string }) {
  const own = hints[page] ?? []
  const [at, go] = useState(0)
  const hint = own[at]
  if (!hint) return null
  const words = texts[language.value]
  return (
    <aside class="hint-bar" aria-label={words.hint}>
      <span class="tag">
        {words.hint} {own.length > 1 && `${at + 1}/${own.length}`}
      </span>
      <p>{say(hint)}</p>
      <button type="button" class="button" onClick={() => (at + 1 < own.length ? go(at + 1) : add(page))}>
        {words.understood}
      </button>
      <button type="button" class="button" onClick={() => add('off')}>
        {words.none}
      </button>
    </aside>
  )
}
