import { formatDateTime } from '../format.ts'
import { meaning } from '../texts/traffic.ts'
import { Payload } from './payload.tsx'
import type { TrafficView } from './traffic-api.ts'

/** Rejected messages; each opens to its bytes. */
export function Rejected({ items }: { items: TrafficView['rejected'] }) {
  return (
    <ul class="plain-list rejected">
      {items.map((one, i) => (
        <li key={`${one.at} ${one.topic} ${i}`}>
          <details>
            <summary>
              <span class="nowrap">{formatDateTime(one.at)}</span> <b>{one.reason}</b> <code class="breakable">{one.topic}</code>{' '}
              <span class="muted">{[...new Set([one.sender, one.facility])].filter((id) => id !== null).join(', ')}</span>
            </summary>
            <p>{one.detail}</p>
            <p class="muted">{meaning(one.reason, one.help)}</p>
            <Payload text={one.payload} hex={one.payloadHex} />
          </details>
        </li>
      ))}
    </ul>
  )
}
