import { useEffect } from 'preact/hooks'
import { LightDialog } from './light-dialog.tsx'
import { closeLight, lightOpen } from './light-open.ts'

/** Opens the dialog of a change of light over the page it was asked for on. */
export function LightPlace() {
  // Whoever goes to another page has let it go.
  useEffect(() => () => closeLight(null), [])
  return lightOpen.value ? <LightDialog wanted={lightOpen.value} /> : null
}
