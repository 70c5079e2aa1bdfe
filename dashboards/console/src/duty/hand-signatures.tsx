import { hs } from '../texts/hand-signatures.ts'
import './hand-signatures.css'

/** Lines for signing a printed page by hand; not on the screen, where people sign with their accounts. */
export function HandSignatures({ places }: { places: readonly string[] }) {
  return (
    <ul class="hand-signatures" aria-label={hs().byHand}>
      {places.map((place) => (
        <li key={place}>
          <span>{place}</span>
          <span class="hand-line" />
          <span>{hs().date}</span>
          <span class="hand-line" />
        </li>
      ))}
    </ul>
  )
}
