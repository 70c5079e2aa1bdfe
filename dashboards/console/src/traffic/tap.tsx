import { useEffect, useRef, useState } from 'preact/hooks'
import { formatClock, formatNumber } from '../format.ts'
import { tr } from '../texts/traffic.ts'
import { Payload } from './payload.tsx'
import { type TapOutcome, type TappedView, tapAddress } from './traffic-api.ts'

/** Messages that are kept in sight. */
const KEPT = 200
/** ms between two drawings. */
const DRAW = 250

type Ending = 'stopped' | 'time' | 'session' | 'lost'
type Shown = TappedView & { outcome?: TapOutcome }

/** Messages as they pass, by topic filter. */
export function Tap() {
  const [order, setOrder] = useState({ filter: 'facilities/#', source: '', direction: '' })
  const [until, setUntil] = useState<number | null>(null)
  const [ending, setEnding] = useState<Ending | null>(null)
  const [drawn, draw] = useState<{ messages: readonly Shown[]; skipped: number }>({ messages: [], skipped: 0 })
  const source = useRef<EventSource | null>(null)
  const stop = (why: Ending) => {
    source.current?.close()
    source.current = null
    setUntil(null)
    setEnding(why)
  }
  useEffect(() => () => source.current?.close(), [])
  const start = () => {
    source.current?.close()
    setEnding(null)
    draw({ messages: [], skipped: 0 })
    source.current = follow(tapAddress(order), { opened: setUntil, draw, over: stop })
  }
  const isRunning = source.current !== null && ending === null
  const field = (name: 'filter' | 'source', label: string, more: { required?: boolean; placeholder?: string }) => (
    <label>
      {label}{' '}
      <input
        value={order[name]}
        maxLength={256}
        spellcheck={false}
        {...more}
        onInput={(event) => setOrder({ ...order, [name]: event.currentTarget.value })}
      />
    </label>
  )
  return (
    <section class="panel tap">
      <h2>{tr().tap}</h2>
      <p class="muted small">{tr().tapMeans}</p>
      <form
        class="list-bar"
        onSubmit={(event) => {
          event.preventDefault()
          start()
        }}
      >
        {field('filter', tr().filter, { required: true })}
        {field('source', tr().source, { placeholder: tr().sourceMeans })}
        <label>
          {tr().direction}{' '}
          <select value={order.direction} onChange={(event) => setOrder({ ...order, direction: event.currentTarget.value })}>
            {Object.entries(tr().directions).map(([key, title]) => (
              <option key={key} value={key}>
                {title}
              </option>
            ))}
          </select>
        </label>
        <button type="submit" class="button primary">
          {tr().start}
        </button>
        {isRunning && (
          <button type="button" class="button" onClick={() => stop('stopped')}>
            {tr().stop}
          </button>
        )}
      </form>
      <p role="status" class="muted">
        {ending !== null && tr().ends[ending]}
        {until !== null && tr().running(formatClock(until))} {drawn.skipped > 0 && tr().skipped(formatNumber(drawn.skipped))}
        {until !== null && drawn.messages.length === 0 && tr().waiting}
      </p>
      <ul class="plain-list rejected">
        {drawn.messages.map((message) => (
          <Message key={message.id} message={message} />
        ))}
      </ul>
    </section>
  )
}

interface Follower {
  opened(until: number): void
  draw(drawn: { messages: readonly Shown[]; skipped: number }): void
  over(why: Ending): void
}

/** Newest first; drawn a few times a second however many come. */
function follow(address: string, { opened, draw, over }: Follower): EventSource {
  let messages: readonly Shown[] = []
  let skipped = 0
  let isDue = false
  const show = () => {
    if (isDue) return
    isDue = true
    setTimeout(() => {
      isDue = false
      draw({ messages, skipped })
    }, DRAW)
  }
  const source = new EventSource(address)
  const on = <T,>(event: string, take: (data: T) => void) =>
    source.addEventListener(event, (told) => {
      take(JSON.parse((told as MessageEvent<string>).data))
      show()
    })
  on<{ until: number }>('open', ({ until }) => opened(until))
  on<TappedView>('message', (message) => {
    messages = [message, ...messages].slice(0, KEPT)
  })
  on<TapOutcome>('outcome', (outcome) => {
    messages = messages.map((one) => (one.id === outcome.id ? { ...one, outcome } : one))
  })
  on<{ count: number }>('skipped', ({ count }) => {
    skipped += count
  })
  on<{ reason: 'time' | 'session' }>('over', ({ reason }) => over(reason))
  // By itself it would come back as another tap.
  source.onerror = () => over('lost')
  return source
}

function Message({ message }: { message: Shown }) {
  const { at, topic, clientId, peer, source, qos, retain, bytes, payload, payloadHex, outcome } = message
  const from = [...new Set([peer, clientId])].filter((one) => one !== null).join(' · ') || source
  return (
    <li>
      <details>
        <summary>
          <span class="nowrap">{formatClock(at)}</span> <code class="breakable">{topic}</code> <span class="muted">{from}</span>{' '}
          <span class="nowrap">{outcomeOf(message)}</span>
        </summary>
        <p class="muted">
          {[source, tr().bytes(formatNumber(bytes)), qos !== null && `QoS ${qos}`, retain && tr().retained]
            .filter((part) => part)
            .join(' · ')}
        </p>
        {outcome?.rejections.map(({ reason, detail }) => (
          <p key={`${reason} ${detail}`}>
            <b>{reason}</b>: {detail}
          </p>
        ))}
        {outcome?.problem && <p>{outcome.problem}</p>}
        <Payload text={payload} hex={payloadHex} bytes={bytes} />
      </details>
    </li>
  )
}

function outcomeOf({ direction, outcome }: Shown): string {
  if (direction === 'out') return tr().sent
  if (!outcome) return tr().pending
  const [first] = outcome.rejections
  if (first) return `${tr().isRejected}: ${first.reason}`
  if (outcome.problem !== null) return tr().notTaken
  return outcome.journaled === null ? tr().pending : tr().journaled(outcome.journaled)
}
