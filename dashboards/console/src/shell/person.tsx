import { session } from '../live/api.ts'
import { say, t } from '../settings.ts'
import { isLimited } from './access.ts'
import { lazy } from './lazy.tsx'
import { Menu } from './menu.tsx'

const PersonPanel = lazy(async () => (await import('./person-panel.tsx')).PersonPanel)

const between = { en: ', ', zh: '、' }

/** The part of the city they are limited to, in words; empty when that is all of it. */
export function scopeWords(): string {
  if (!isLimited()) return ''
  const { districts = 'all', domains = 'all' } = session.value?.scope ?? {}
  const named = [districts === 'all' ? [] : [...districts], domains === 'all' ? [] : domains.map((key) => t().domains[key])]
  const parts = named.filter((list) => list.length > 0)
  return parts.map((list) => list.join(say(between))).join(' · ') || '—'
}

/** Who is signed in, as what, and for which part of the city; the button of the menu about them and this browser. */
export function Person() {
  const words = scopeWords()
  return (
    <Menu
      class="person"
      label={
        <>
          <span class="name">{session.value?.name}</span>
          <span class="muted role">{session.value && say(session.value.roleTitle)}</span>
          {words && (
            <span class="tag scope" title={words}>
              {words}
            </span>
          )}
        </>
      }
    >
      <PersonPanel />
    </Menu>
  )
}
