import { Hints } from './hints.tsx'
import { KioskMode } from './kiosk-mode.tsx'
import { kiosk } from './router.ts'
import { SoundBar } from './sound/sound-bar.tsx'
import { UpdateBar } from './update-bar.tsx'

/** What stands below the page when there is something to say about the console itself. */
export function Strips() {
  return (
    <>
      <SoundBar />
      <UpdateBar />
      {kiosk.value ? <KioskMode /> : <Hints />}
    </>
  )
}
