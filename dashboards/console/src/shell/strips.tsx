import { CommandCall } from '../commands/command-call.tsx'
import { CommandPlace } from '../commands/command-place.tsx'
import { EmergencyStrip } from '../emergency/emergency-strip.tsx'
import { DeskCall } from '../orders/desk-call.tsx'
import { Hints } from './hints.tsx'
import { KioskMode } from './kiosk-mode.tsx'
import { kiosk } from './router.ts'
import { SoundBar } from './sound/sound-bar.tsx'
import { UpdateBar } from './update-bar.tsx'

/** What stands below the page: about the console itself, and what calls the desk whatever page it looks at. */
export function Strips() {
  return (
    <>
      <EmergencyStrip />
      <SoundBar />
      <CommandCall />
      <DeskCall />
      <UpdateBar />
      {kiosk.value ? <KioskMode /> : <Hints />}
      <CommandPlace />
    </>
  )
}
