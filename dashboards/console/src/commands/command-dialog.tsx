import { useEffect, useMemo, useState } from 'preact/hooks'
import { approvalReasons } from '../../../../src/control/approval.ts'
import type { ArmingView, CommandView } from '../../../../src/edges/http/command-schemas.ts'
import { newId } from '../../../shared/new-id.ts'
import { symbolStates } from '../../../shared/palette.ts'
import { latestOf } from '../facility/use-facility.ts'
import { formatDuration, formatMinutes, formatNumber, formatWithUnit } from '../format.ts'
import { ApiProblem, getFacility } from '../live/api.ts'
import { facilityById, kinds, link, serverNow, view } from '../live/live.ts'
import { stateCodes } from '../live/live-state.ts'
import { language, say, t } from '../settings.ts'
import { Dialog } from '../shell/dialog.tsx'
import { act, tell } from '../shell/notice.tsx'
import { useAnswer } from '../shell/use-answer.ts'
import { c } from '../texts/commands.ts'
import './commands.css'
import { type CommandDraft, commandsOf, draftOf } from './command-draft.ts'
import { CommandFields } from './command-fields.tsx'
import type { CommandWanted } from './command-open.ts'
import { type KindCommand, valueWords, whyText } from './command-words.ts'
import { armCommand, sendCommand } from './commands-api.ts'
import { CountField, isCount } from './count-field.tsx'
import { Pending } from './pending.tsx'
import { refusedWords } from './refused.ts'

/** Facilities that are named at a time. */
const NAMED = 5

type Step =
  | { at: 'choose' }
  /** `id` is made once for each arming, so that a second press is the same command. */
  | { at: 'armed'; arming: ArmingView; id: string }
  | { at: 'sent'; command: CommandView }

interface CommandDialogProps {
  wanted: CommandWanted
  onClose: () => void
}

/** Tells facilities something: what is wanted, what it would do, the typed count, and then what becomes of it. Nothing goes out by one press. */
export function CommandDialog({ wanted, onClose }: CommandDialogProps) {
  const { ids, query } = wanted
  const offered = useMemo(() => commandsOf(kindsOf(ids)), [wanted])
  const [key, choose] = useState(wanted.command ?? offered[0]?.key ?? '')
  const [draft, keep] = useState<CommandDraft | null>(null)
  const [step, go] = useState<Step>({ at: 'choose' })
  const [isWrong, wrong] = useState(false)
  const command = offered.find((one) => one.key === key)
  const expires = step.at === 'armed' ? step.arming.expires : Number.POSITIVE_INFINITY
  const isExpired = serverNow.value >= expires
  useEffect(() => {
    if (!isExpired) return
    tell(c().armedTooLong, true)
    go({ at: 'choose' })
  }, [isExpired])
  const mayNow = (): boolean => {
    const refused = refusedWords(link.peek())
    if (refused) tell(refused, true)
    return !refused
  }
  const arm = async (form: FormData) => {
    const filled = draftOf(command as KindCommand, form)
    keep(filled)
    if (!mayNow()) return false
    const { minutes, ...rest } = filled
    const whom = query === null ? { facilities: ids } : { query }
    await act(async () => {
      const arming = await armCommand({ ...rest, ...whom, ...(minutes > 0 && { minutes }) })
      wrong(false)
      go({ at: 'armed', arming, id: newId() })
    })
    return false
  }
  const send = async (form: FormData) => {
    if (step.at !== 'armed' || !mayNow()) return false
    const { arming, id } = step
    const isTyped = isCount(form, arming.ready)
    wrong(!isTyped)
    if (!isTyped) return false
    let isLost = false
    const done = await act(async () => {
      try {
        go({ at: 'sent', command: await sendCommand(id, arming.token, arming.typesCount ? arming.ready : undefined) })
      } catch (problem) {
        isLost = problem instanceof ApiProblem && problem.code === 'unreachable'
        throw isLost ? c().answerLost : problem
      }
    })
    // A token is good once, whatever came of it: what was refused must be looked at anew. Pressed again without an answer it is the same command.
    if (!done && !isLost) go({ at: 'choose' })
    return false
  }
  const whom = ids.length === 1 ? (ids[0] as string) : c().facilities(formatNumber(ids.length))
  if (!command) {
    return (
      <Dialog title={c().commands} onClose={onClose}>
        <p>{c().noneOfThem}</p>
      </Dialog>
    )
  }
  const title = c().armed(say(command.title), whom)
  if (step.at === 'sent') {
    return (
      <Dialog key="sent" title={title} onClose={onClose}>
        <Pending command={step.command} />
      </Dialog>
    )
  }
  if (step.at === 'armed') {
    return (
      <Dialog
        key="armed"
        title={title}
        {...(step.arming.ready > 0 && { confirm: step.arming.secondPerson.length > 0 ? c().askSecond : c().confirm })}
        onConfirm={send}
        onClose={onClose}
      >
        <Armed
          arming={step.arming}
          command={command}
          draft={draft as CommandDraft}
          ids={ids}
          isWrong={isWrong}
          onBack={() => go({ at: 'choose' })}
        />
      </Dialog>
    )
  }
  return (
    <Dialog key="choose" title={title} confirm={c().lookAtIt} onConfirm={arm} onClose={onClose}>
      <dl class="facts">
        <Present ids={ids} />
      </dl>
      {offered.length > 1 && (
        <label class="field">
          {c().command}
          <select value={key} onChange={({ currentTarget }) => choose(currentTarget.value)}>
            {offered.map((one) => (
              <option key={one.key} value={one.key}>
                {say(one.title)}
              </option>
            ))}
          </select>
        </label>
      )}
      <CommandFields key={key} command={command} draft={draft} />
      {command.danger === 'second-person' && <p>{c().forTwo}</p>}
    </Dialog>
  )
}

/** The kinds of some facilities, that of the most first. */
function kindsOf(ids: readonly string[]) {
  const counts = new Map<string, number>()
  for (const id of ids) {
    const kind = facilityById.peek().get(id)?.kind
    if (kind) counts.set(kind, (counts.get(kind) ?? 0) + 1)
  }
  return [...counts].sort((a, b) => b[1] - a[1]).flatMap(([kind]) => kinds.peek().get(kind) ?? [])
}

/** What the facilities show now: one by its headline, many by their states. */
function Present({ ids }: { ids: readonly string[] }) {
  const only = ids.length === 1 ? (ids[0] as string) : null
  const { answer } = useAnswer(async () => (only === null ? null : await getFacility(only)), `now of ${only}`)
  const kind = kinds.value.get(answer?.facility.kind ?? '')
  const point = kind?.points.find(({ key }) => key === kind.panel.headline)
  const said = answer && point && latestOf(answer).get(point.key)
  const words = only === null ? statesWords(ids) : said && point ? `${say(point.title)} ${formatWithUnit(point, said.value)}` : '–'
  return (
    <>
      <dt>{c().present}</dt>
      <dd>{words}</dd>
    </>
  )
}

function statesWords(ids: readonly string[]): string {
  const counts = new Map<string, number>()
  const states = view.value?.states
  for (const id of ids) {
    const number = facilityById.value.get(id)?.number
    const state = stateCodes[(number === undefined ? undefined : states?.[number]) ?? 0] ?? 'normal'
    counts.set(state, (counts.get(state) ?? 0) + 1)
  }
  return symbolStates
    .filter((state) => counts.has(state))
    .map((state) => `${t().facilityStates[state]} ${formatNumber(counts.get(state) ?? 0)}`)
    .join(' · ')
}

interface ArmedProps {
  arming: ArmingView
  command: KindCommand
  draft: CommandDraft
  ids: readonly string[]
  isWrong: boolean
  onBack: () => void
}

/** What would happen, before it does. */
function Armed({ arming, command, draft, ids, isWrong, onBack }: ArmedProps) {
  const { total, ready, kinds: byKind, objections, secondPerson, typesCount, sendingTakes, expires } = arming
  const counts = byKind.map(({ kind, total: all }) => `${formatNumber(all)} ${say(kinds.value.get(kind)?.title ?? { en: kind, zh: kind })}`)
  return (
    <>
      <dl class="facts">
        <dt>{c().targets}</dt>
        <dd>{total === 1 ? ids[0] : counts.join(' · ')}</dd>
        <Present ids={ids} />
        <dt>{c().wanted}</dt>
        <dd>
          <b>{[say(command.title), valueWords(command.parameter, draft.value)].filter(Boolean).join(' ')}</b>
        </dd>
        {command.mayEnd && (
          <>
            <dt>{c().ends}</dt>
            <dd>{draft.minutes === 0 ? c().endsNever : c().endsAfter(formatMinutes(draft.minutes))}</dd>
          </>
        )}
        <dt>{c().told}</dt>
        <dd>
          <b>{ready === total ? c().allOf(formatNumber(total)) : c().readyOf(formatNumber(ready), formatNumber(total))}</b>
          {sendingTakes >= 1000 && ` · ${c().takes(formatDuration(sendingTakes))}`}
        </dd>
      </dl>
      {objections.length > 0 && (
        <section>
          <h3>{c().notTold(formatNumber(total - ready))}</h3>
          <ul class="log">
            {objections.map(({ problem, words, count, facilities }) => (
              <li key={`${problem} ${words?.en}`}>
                <b>{formatNumber(count)}</b> {whyText({ problem, words })}
                <span class="muted">
                  {' '}
                  {facilities.slice(0, NAMED).join(language.value === 'zh' ? '、' : ', ')}
                  {count > NAMED && ' …'}
                </span>
              </li>
            ))}
          </ul>
        </section>
      )}
      {secondPerson.length > 0 && (
        <p class="request">
          {c().needsSecond} {secondPerson.map((reason) => say(approvalReasons[reason])).join(' · ')}
        </p>
      )}
      {typesCount && ready > 0 && <CountField ready={ready} isWrong={isWrong} />}
      <p class="muted" role="timer">
        {c().goodFor(formatDuration(Math.max(0, expires - serverNow.value)))}{' '}
        <button type="button" class="button" onClick={onBack}>
          ← {c().change}
        </button>
      </p>
    </>
  )
}
