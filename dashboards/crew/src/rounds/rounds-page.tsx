import { useEffect, useState } from 'preact/hooks'
import { formatHour } from '../../../shared/format.ts'
import { say } from '../../../shared/preferences.ts'
import { metresBetween } from '../order/sketch.ts'
import { metres, placeOf } from '../pages/order-words.ts'
import { ownPlace, watchPlace } from '../phone/position.ts'
import { navigate, path, roundsPath } from '../router.ts'
import { kept, reach, serverNow, waiting } from '../state.ts'
import { c } from '../texts.ts'
import { CheckInSheet } from './check-in-sheet.tsx'
import { r } from './rounds-texts.ts'
import './rounds.css'
import { readCode, type ShownRound, type ShownStop, shownRounds, stopOfCode } from './walk.ts'

/** What somebody walks: all rounds, one of them, or the stop of a label that the camera of the phone has opened. */
export function RoundsPage() {
  // A second is no news for whole rounds.
  const rounds = shownRounds(kept.value?.rounds ?? [], waiting.value, serverNow.value)
  const [, shown] = /^\/crew\/rounds\/(\d+)$/.exec(path.value) ?? []
  useEffect(watchPlace, [])
  if (!kept.value || kept.value.at === 0) return <p class="empty">{reach.value === 'none' ? c().noAnswer : c().loading}</p>
  if (path.value.startsWith('/crew/at/')) return <Label key={path.value} rounds={rounds} />
  if (shown === undefined) return <RoundList rounds={rounds} />
  const round = rounds.find(({ detail }) => detail.round.id === Number(shown))
  return round ? <Round round={round} /> : <p class="empty">{r().gone}</p>
}

function Label({ rounds }: { rounds: readonly ShownRound[] }) {
  const read = readCode(path.value)
  const found = read && stopOfCode(rounds, read.ref)
  if (!found) return <p class="empty">{read ? r().notHere : r().unknownCode}</p>
  const close = () => navigate(`${roundsPath}/${found.round.detail.round.id}`)
  return (
    <>
      <Round round={found.round} />
      <CheckInSheet round={found.round.detail.round} shown={found.stop} code={location.origin + path.value} onClose={close} />
    </>
  )
}

function RoundList({ rounds }: { rounds: readonly ShownRound[] }) {
  if (rounds.length === 0) return <p class="empty">{r().none}</p>
  return (
    <>
      {[false, true].map((isToCome) => {
        const own = rounds.filter((round) => round.isToCome === isToCome)
        const title = isToCome ? r().toCome : r().open
        return (
          own.length > 0 && (
            <section key={title} aria-label={title}>
              <h2>
                {title} <span class="muted">{own.length}</span>
              </h2>
              <ul class="cards">
                {own.map((round) => (
                  <li key={round.detail.round.id} class="card">
                    <a class="card-head" href={`${roundsPath}/${round.detail.round.id}`}>
                      <Head round={round} />
                    </a>
                  </li>
                ))}
              </ul>
            </section>
          )
        )
      })}
    </>
  )
}

function Head({ round: { detail, visited, isDone, isLate } }: { round: ShownRound }) {
  const { name, begins, due, least } = detail.round
  return (
    <>
      <b class="card-title">{say(name)}</b>
      <span class={isLate ? 'late' : 'muted'}>
        {r().window(formatHour(begins), formatHour(due))}
        {isLate && ` · ${r().late}`}
        {isDone && ` · ${r().done}`}
      </span>
      <span>{r().visited(Math.min(visited, detail.round.stopCount), detail.round.stopCount)}</span>
      <progress max={least} value={Math.min(visited, least)} aria-label={r().stops} />
    </>
  )
}

function Round({ round }: { round: ShownRound }) {
  const [chosen, choose] = useState<ShownStop | null>(null)
  const { detail, stops, isToCome } = round
  return (
    <>
      <div class="part card-head">
        <Head round={round} />
      </div>
      <h2 class="unseen">{r().stops}</h2>
      <ol class="cards">
        {stops.map((shown) => (
          <Stop key={shown.stop.key} shown={shown} isToCome={isToCome} onHere={() => choose(shown)} />
        ))}
      </ol>
      {detail.elsewhere > 0 && <p class="muted">{r().elsewhere(detail.elsewhere)}</p>}
      {chosen && <CheckInSheet round={detail.round} shown={chosen} code={null} onClose={() => choose(null)} />}
    </>
  )
}

function Stop({ shown: { stop, at, waits }, isToCome, onHere }: { shown: ShownStop; isToCome: boolean; onHere: () => void }) {
  const place = placeOf(stop.position)
  const own = ownPlace.value
  const away = place && own ? metres(metresBetween(own.place, place)) : ''
  return (
    <li class={`card stop ${at === null ? '' : 'visited'}`}>
      <span class="grow">
        <b>
          {at !== null && '✓ '}
          {say(stop.name)}
        </b>
        <br />
        <span class="muted">
          {[stop.road, at === null ? away && r().away(away) : formatHour(at)].filter(Boolean).join(' · ')}{' '}
          {waits && <span class="waits">{r().toSend}</span>}
        </span>
      </span>
      <button type="button" class={at === null ? 'button strong' : 'button'} disabled={isToCome} onClick={onHere}>
        {at === null ? r().here : r().again}
      </button>
    </li>
  )
}
