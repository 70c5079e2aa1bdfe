import { formatHour } from '../../../shared/format.ts'
import { classSymbol } from '../../../shared/order-clock.ts'
import { orderStepWords } from '../../../shared/order-step-words.ts'
import { say } from '../../../shared/preferences.ts'
import { session } from '../../../shared/session.ts'
import { dropRemark, giveUpEntry, retryEntry } from '../kept/kept-outbox.ts'
import { connected } from '../live.ts'
import { keptWords } from '../order/kept-words.ts'
import { type OutboxEntry, orderOf } from '../order/outbox.ts'
import { wordsOfKept } from '../order/refusal.ts'
import { allowSound, isBlocked, ringing, seen, soundOn } from '../phone/alarm.ts'
import { room } from '../phone/storage.ts'
import { takeUpdate, updateReady } from '../phone/worker.ts'
import { goHome, isRoundsPath, navigate, orderPath, path, settingsPath, shownOrder } from '../router.ts'
import { account, changed, crewName, hurry, kept, ofOthers, reach, refused, toRead, trouble, waiting } from '../state.ts'
import { c } from '../texts.ts'
import { Mark } from './symbols.tsx'

const stepWord = (type: string): string => (orderStepWords[type] ? say(orderStepWords[type]) : type)

export function Header() {
  const order = shownOrder()
  const isRounds = isRoundsPath()
  const isHome = order === null && !isRounds && path.value !== settingsPath
  const link = connected.value ? 'live' : reach.value === 'none' ? 'lost' : 'waiting'
  const words = { live: c().live, lost: c().noLink, waiting: c().waitingLink }[link]
  return (
    <header>
      {!isHome && (
        <button type="button" class="icon" aria-label={c().back} onClick={goHome}>
          <svg viewBox="0 0 24 24" aria-hidden="true">
            <path d="M15 4 7 12 15 20" />
          </svg>
        </button>
      )}
      <h1>{isHome ? c().myOrders : isRounds ? c().roundsTitle : order === null ? c().settings : c().order(order)}</h1>
      <span class={`link ${link}`} role="status">
        <svg viewBox="0 0 24 24" aria-hidden="true">
          {link === 'live' ? <circle cx="12" cy="12" r="7" class="full" /> : <path d="M12 2 22 12 12 22 2 12Z" />}
        </svg>
        {words}
      </span>
      {isHome && (
        <button type="button" class="icon" aria-label={c().settings} onClick={() => navigate(settingsPath)}>
          <svg viewBox="0 0 24 24" aria-hidden="true">
            <path d="M4 6H20M4 12H20M4 18H20" />
          </svg>
        </button>
      )}
    </header>
  )
}

function NewOrders() {
  const [first] = ringing.value
  if (!first) return null
  const look = () => {
    navigate(ringing.peek().length > 1 ? '/crew/' : orderPath(first.order))
    seen()
  }
  return (
    <div role="alert" class="ring">
      <button type="button" class="banner alarm" onClick={look}>
        <Mark state={classSymbol[first.class]} size={34} />
        <b class="grow">{ringing.value.every(({ type }) => type === 'refuted') ? c().refuted : c().newOrders(ringing.value.length)}</b>
        <span class="look">{c().look}</span>
      </button>
    </div>
  )
}

/** How fresh what is shown is, and what waits. */
function LinkBanner() {
  const time = kept.value && kept.value.at > 0 ? c().asOf(formatHour(kept.value.at)) : ''
  const n = waiting.value.length
  if (session.value === null) {
    return (
      <div class="banner warning" role="alert">
        <span class="grow">
          {c().ended} {n > 0 && <b>{c().toSend(n)}</b>}
        </span>
        <button type="button" class="button" onClick={() => navigate('/crew/sign-in')}>
          {c().signIn}
        </button>
      </div>
    )
  }
  if (session.value?.owes) {
    return (
      <div class="banner warning" role="alert">
        <span class="grow">{c().owes}</span>
        <a class="button" href="/own">
          {c().owesLink}
        </a>
      </div>
    )
  }
  if (reach.value === 'none') {
    return (
      <p class="banner warning" role="status">
        <span>
          {c().offline}
          {n > 0 && <b class="waits"> · {c().toSend(n)}</b>}
          {time && ` · ${time}`}
        </span>
      </p>
    )
  }
  if (n > 0) {
    return (
      <p class="banner plain" role="status">
        {c().sending(n)}
      </p>
    )
  }
  return null
}

function Kept() {
  return (
    <>
      {toRead.value
        .filter((remark) => remark.account === account.value)
        .map((remark) => (
          <div key={remark.seq} class="banner warning" role="alert">
            <span class="grow">
              <b>{c().notTaken(stepWord(remark.action), remark.order)}</b>
              <br />
              {say(keptWords(remark, remark.crew, crewName))}
            </span>
            <button type="button" class="button" onClick={() => void dropRemark(remark.seq).then(changed)}>
              {c().understood}
            </button>
          </div>
        ))}
      {refused.value.map((entry) => (
        <Refused key={entry.seq} entry={entry} />
      ))}
    </>
  )
}

function Refused({ entry }: { entry: OutboxEntry }) {
  const retry = () => void retryEntry(entry).then(changed).then(hurry)
  const discard = () => {
    if (confirm(c().discardSure)) void giveUpEntry(entry).then(changed)
  }
  return (
    <div class="banner warning" role="alert">
      <span class="grow">
        <b>
          {entry.type === 'check-in'
            ? c().checkInRefused(entry.name)
            : c().refusedTitle(stepWord(entry.type === 'action' ? entry.action.type : 'photo'), orderOf(entry) ?? 0)}
        </b>
        <br />
        {entry.refused && say(wordsOfKept(entry.refused))}
      </span>
      <button type="button" class="button" onClick={retry}>
        {c().tryAgain}
      </button>
      <button type="button" class="button" onClick={discard}>
        {c().discard}
      </button>
    </div>
  )
}

/** Of the room that the browser gives, this part is left when it is said. */
const NEARLY_FULL = 0.9

/** What everybody must know, whatever page is shown. */
export function Banners() {
  return (
    <section class="banners" aria-label={c().messages}>
      <NewOrders />
      {trouble.value && (
        <p class="banner alarm" role="alert">
          <Mark state="critical" size={34} /> <b>{trouble.value}</b>
        </p>
      )}
      <LinkBanner />
      <Kept />
      {ofOthers.value.map(([who, n]) => (
        <p key={who} class="banner plain">
          {c().ofOthers(n, who)}
        </p>
      ))}
      {isBlocked.value && soundOn.value && (
        <button type="button" class="banner plain touch" onClick={allowSound}>
          {c().blocked}
        </button>
      )}
      {room.value && room.value.used > NEARLY_FULL * room.value.most && <p class="banner warning">{c().roomShort}</p>}
      {updateReady.value && (
        <div class="banner plain" role="status">
          <span class="grow">{c().update}</span>
          <button type="button" class="button strong" onClick={takeUpdate}>
            {c().updateNow}
          </button>
        </div>
      )}
    </section>
  )
}
