import { session, signOut } from '../live/api.ts'
import { say, t } from '../settings.ts'
import { isLimited } from './access.ts'

const between = { en: ', ', zh: '、' }

/** The part of the city they are limited to, in words; empty when that is all of it. */
export function scopeWords(): string {
  const { districts = 'all', domains: kinds = 'all' } = session.value?.scope ?? {}
  const named = [districts === 'all' ? [] : [...districts], kinds === 'all' ? [] : kinds.map((key) => t().domains[key])]
  return named
    .filter((list) => list.length > 0)
    .map((list) => list.join(say(between)))
    .join(' · ')
}

/** Who is signed in, as what, and for which part of the city. */
export function Person() {
  const words = isLimited() ? scopeWords() || '—' : ''
  return (
    <span class="person">
      <a href="/own" aria-label={t().accountsOf(session.value?.name ?? '')}>
        {session.value?.name}
      </a>
      <span class="muted role">{session.value && say(session.value.roleTitle)}</span>
      {words && (
        <span class="tag scope" title={words}>
          {words}
        </span>
      )}
      <button type="button" class="button" onClick={() => void leave()}>
        {t().signOut}
      </button>
    </span>
  )
}

export async function leave(): Promise<void> {
  // Signed out here even when the server cannot be told; its cookie then ends by itself.
  await signOut().catch(() => undefined)
  session.value = null
}
