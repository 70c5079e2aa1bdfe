import { useEffect } from 'preact/hooks'
import { link } from '../live/live.ts'
import { lazy } from '../shell/lazy.tsx'
import { tell } from '../shell/notice.tsx'
import { pathname } from '../shell/router.ts'
import { closeCommand, commandOpen } from './command-open.ts'
import { refusedWords } from './refused.ts'

const CommandDialog = lazy(async () => (await import('./command-dialog.tsx')).CommandDialog, 'dialog')

/** Opens the dialog of a command over whatever page it was asked for on; says why where nobody can command. */
export function CommandPlace() {
  const wanted = commandOpen.value
  const refused = wanted ? refusedWords(link.peek()) : null
  useEffect(() => {
    if (!refused) return
    tell(refused, true)
    closeCommand()
  }, [refused])
  // Whoever goes to another page has let it go.
  useEffect(() => closeCommand, [pathname.value])
  if (!wanted || refused) return null
  return <CommandDialog wanted={wanted} onClose={closeCommand} />
}
