import { formatNumber } from '../format.ts'
import { tr } from '../texts/traffic.ts'

/** JSON in lines, any other text as it is. */
function readable(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return text
  }
}

/** Bytes in pairs, sixteen a line. */
const inLines = (hex: string) => (hex.match(/.{1,32}/g) ?? []).map((line) => (line.match(/../g) ?? []).join(' ')).join('\n')

/** What was sent, as text and as bytes; `bytes` is its whole size where that is known. */
export function Payload({ text, hex, bytes }: { text: string; hex: string; bytes?: number }) {
  if (hex === '') return <p class="muted">{tr().empty}</p>
  const shown = hex.length / 2
  return (
    <div class="payload">
      {bytes !== undefined && bytes > shown && <p class="muted small">{tr().cut(formatNumber(shown), formatNumber(bytes))}</p>}
      <h3>{tr().text}</h3>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <pre tabIndex={0}>{readable(text)}</pre>
      <h3>{tr().hex}</h3>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <pre tabIndex={0}>{inLines(hex)}</pre>
    </div>
  )
}
