import { useEffect, useState } from 'preact/hooks'
import { commandProblems, isOver, targetStates } from '../../../../src/control/command.ts'
import type { CommandView, TestAnswerView } from '../../../../src/edges/http/command-schemas.ts'
import type { OrderDetailView } from '../../../../src/edges/http/order-schemas.ts'
import { formatHour } from '../../../shared/format.ts'
import { newId } from '../../../shared/new-id.ts'
import { say } from '../../../shared/preferences.ts'
import { getCommand, getTests, type LampTest, testLamps } from '../crew-api.ts'
import { reach } from '../state.ts'
import { c } from '../texts.ts'
import { isLamp, testWords } from './order-words.ts'
import { Panel } from './panel.tsx'
import { explain } from './problem-words.ts'

/** What one test may take in at once. */
const MOST_LAMPS = 50
const LASTING = [2, 5, 15] as const
const LEVELS = [20, 50, 80] as const
/** How often it is asked what became of a test, ms. */
const ASK_EVERY = 2000
const SHOWN = 5

const isUnderWay = ({ targets }: CommandView): boolean => targets.some(({ state }) => !isOver(state))

/** The newest tests of an order, asked for again while one is under way. */
function useTests(order: number): [readonly CommandView[], (command: CommandView) => void] {
  const [tests, setTests] = useState<readonly CommandView[]>([])
  const put = (command: CommandView) => setTests((before) => [command, ...before.filter(({ id }) => id !== command.id)].slice(0, SHOWN))
  useEffect(() => {
    void getTests(order, SHOWN).then(
      ({ items }) => setTests(items),
      () => undefined,
    )
  }, [order])
  const open = tests.find(isUnderWay)
  useEffect(() => {
    if (!open) return
    const look = () =>
      void getCommand(open.id).then(
        (command) => setTests((before) => before.map((one) => (one.id === command.id ? command : one))),
        () => undefined,
      )
    const timer = setInterval(look, ASK_EVERY)
    return () => clearInterval(timer)
  }, [open?.id])
  return [tests, put]
}

/** Lets whoever stands at the lamps switch them for some minutes. Nothing of it is kept for later: it acts on what somebody stands under. */
export function LampTestSheet({ detail, onClose }: { detail: OrderDetailView; onClose: () => void }) {
  const order = detail.order.id
  const lamps = detail.facilities.filter(isLamp)
  const nameOf = (id: string) => lamps.find((lamp) => lamp.id === id)?.name || id
  const [chosen, setChosen] = useState<readonly string[]>(lamps.slice(0, 1).map(({ id }) => id))
  const [minutes, setMinutes] = useState<number>(LASTING[1])
  const [problem, setProblem] = useState('')
  const [busy, setBusy] = useState(false)
  const [dark, setDark] = useState<TestAnswerView['dark']>([])
  const [tests, put] = useTests(order)
  const isOffline = reach.value === 'none'
  const run = async (test: Pick<LampTest, 'command' | 'value' | 'facilities'>) => {
    setBusy(true)
    setProblem('')
    const asked: LampTest = { ...test, id: newId(), minutes }
    try {
      // The same id once more where the answer was lost: it is not done twice.
      const answer = await testLamps(order, asked).catch((failure) => {
        if (failure.status !== 0) throw failure
        return testLamps(order, asked)
      })
      put(answer.command)
      setDark(answer.dark)
    } catch (failure) {
      setProblem(explain(failure))
    }
    setBusy(false)
  }
  const toggle = (id: string) => setChosen(chosen.includes(id) ? chosen.filter((one) => one !== id) : [...chosen, id].slice(-MOST_LAMPS))
  const isBlocked = busy || isOffline || chosen.length === 0
  const button = (words: string, command: string, value?: number) => (
    <button type="button" class="button grow" disabled={isBlocked} onClick={() => void run({ command, value, facilities: chosen })}>
      {words}
    </button>
  )
  return (
    <Panel title={c().testTitle} onClose={onClose}>
      <p class="muted">{c().testAbout}</p>
      <fieldset class="chips" aria-label={c().testLamps}>
        {lamps.slice(0, MOST_LAMPS).map(({ id, name }) => (
          <button key={id} type="button" class="button" aria-pressed={chosen.includes(id)} onClick={() => toggle(id)}>
            {name || id}
          </button>
        ))}
      </fieldset>
      <fieldset>
        <legend>{c().testMinutes}</legend>
        <div class="row">
          {LASTING.map((n) => (
            <button key={n} type="button" class="button grow" aria-pressed={n === minutes} onClick={() => setMinutes(n)}>
              {n}
            </button>
          ))}
        </div>
      </fieldset>
      <div class="row">
        {button(c().testOn, 'on')}
        {button(c().testOff, 'off')}
      </div>
      <div class="row">{LEVELS.map((level) => button(c().testDim(level), 'dim', level))}</div>
      {isOffline && <p class="late">{c().testOffline}</p>}
      <p role="alert">{problem}</p>
      {dark.map(({ cabinet, circuit, covered, why, facilities }) => (
        <div key={`${cabinet} ${circuit}`} class="part">
          <p>{c().testDark(cabinet, circuit)}</p>
          {why && <p class="muted">{say(why)}</p>}
          {covered && (
            <button
              type="button"
              class="button wide"
              disabled={busy || isOffline}
              onClick={() => void run({ command: 'energise', facilities })}
            >
              {c().testEnergise}
            </button>
          )}
        </div>
      ))}
      <ul class="log" aria-live="polite">
        {tests.map(({ id, command, value, at, until, targets }) => (
          <li key={id}>
            <b>{testWords(command, value)}</b>{' '}
            <span class="muted">
              {formatHour(at)}
              {until !== null && ` – ${formatHour(until)}`}
            </span>
            <ul>
              {targets.map(({ facility, state, problem: why, words }) => (
                <li key={facility}>
                  {nameOf(facility)}: <b>{say(targetStates[state])}</b> {why && say(commandProblems[why])} {words && say(words)}
                </li>
              ))}
            </ul>
          </li>
        ))}
      </ul>
    </Panel>
  )
}
