import { Dialog } from './dialog.tsx'
import { act } from './notice.tsx'

interface SureProps {
  /** What is done, and to what. */
  what: string
  name: string
  means: string
  done: string
  work: () => Promise<unknown>
  onClose: () => void
}

/** Asks once more before something is taken away. */
export function SureDialog({ what, name, means, done, work, onClose }: SureProps) {
  return (
    <Dialog title={`${what}: ${name}`} confirm={what} onConfirm={() => act(work, done)} onClose={onClose}>
      <p>{means}</p>
    </Dialog>
  )
}
