import { CommandPage } from '../commands/command-page.tsx'
import { CommandsPage } from '../commands/commands-page.tsx'
import { useKeys } from '../shell/keys.ts'
import { navigate } from '../shell/router.ts'
import '../commands/commands.css'
import { ControlBar } from './control-bar.tsx'

/** The pages on which the city is told what to do; the address has been found to be one of theirs. */
export function ControlPages({ path }: { path: string }) {
  const one = /^\/commands\/([^/]+)$/.exec(path)
  useKeys({ Escape: () => navigate(one ? '/commands' : '/') })
  return (
    <div class="stack">
      <ControlBar path={path} />
      {one ? <CommandPage key={one[1]} id={one[1] as string} /> : <CommandsPage />}
    </div>
  )
}
