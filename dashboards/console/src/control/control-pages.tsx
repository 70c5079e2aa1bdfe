import { CommandPage } from '../commands/command-page.tsx'
import '../commands/commands.css'
import { CommandsPage } from '../commands/commands-page.tsx'
import { useKeys } from '../shell/keys.ts'
import { lazy } from '../shell/lazy.tsx'
import { navigate } from '../shell/router.ts'
import { ControlBar } from './control-bar.tsx'

const LightPage = lazy(async () => (await import('../light-changes/light-page.tsx')).LightPage)
const ProgrammePages = lazy(async () => (await import('../programmes/programme-pages.tsx')).ProgrammePages)

/** The pages on which the city is told what to do; the address has been found to be one of theirs. */
export function ControlPages({ path }: { path: string }) {
  const one = /^\/commands\/([^/]+)$/.exec(path)
  const light = /^\/light-changes\/([^/]+)$/.exec(path)
  useKeys({ Escape: () => navigate(one ? '/commands' : light ? '/programmes/overrides' : '/') })
  return (
    <div class="stack">
      <ControlBar path={path} />
      {path.startsWith('/programmes') ? (
        <ProgrammePages key={path} path={path} />
      ) : light ? (
        <LightPage key={light[1]} id={light[1] as string} />
      ) : one ? (
        <CommandPage key={one[1]} id={one[1] as string} />
      ) : (
        <CommandsPage />
      )}
    </div>
  )
}
