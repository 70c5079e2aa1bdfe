import { p } from '../texts/plant.ts'

/** How far something long is, in words and as a bar, and the way to stop it. */
export function Progress({ words, share, onStop }: { words: string; share: number; onStop: () => void }) {
  return (
    <div class="progress">
      <progress max={1} value={share} aria-label={words} />
      <span role="status">{words}</span>
      <button type="button" class="button" onClick={onStop}>
        {p().stop}
      </button>
    </div>
  )
}
