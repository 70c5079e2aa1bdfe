import { useState } from 'preact/hooks'
import type { CommandView } from '../../../../src/edges/http/command-schemas.ts'
import { type KindCommand, valueWords } from '../commands/command-words.ts'
import { formatLength } from '../format-measures.ts'
import { say } from '../settings.ts'
import { TitledOptions } from '../shell/titled-options.tsx'
import { useAnswer } from '../shell/use-answer.ts'
import { pc } from '../texts/profile-commands.ts'
import { type CommandTrialView, getBoundWith, type ProfileInput, tryCommand } from './dialects-api.ts'
import { useTried } from './use-tried.ts'

interface CommandTrialProps {
  /** Null: a new one, with which nothing is bound. */
  id: string | null
  profile: ProfileInput
  commands: readonly KindCommand[]
  /** Something of it is wrong, so that nothing can be tried. */
  isWrong: boolean
}

/** What a device would get, byte by byte, without being told anything. */
export function CommandTrial({ id, profile, commands, isWrong }: CommandTrialProps) {
  const [address, setAddress] = useState('')
  const [key, choose] = useState('')
  const [typed, setTyped] = useState('')
  const { answer: bound } = useAnswer(() => (id === null ? Promise.resolve({ items: [] }) : getBoundWith(id)), id ?? '')
  const mapped = new Set(profile.commands?.map(({ command }) => command))
  const possible = commands.filter((command) => mapped.has(command.key))
  const command = possible.find((each) => each.key === key) ?? possible[0]
  const value = chosenValue(command, typed)
  const isReady = command !== undefined && address.trim() !== '' && !isWrong
  const ask = isReady ? () => tryCommand({ ...profile, title: profile.title || '-' }, id, address.trim(), command.key, value) : null
  const { found, problem } = useTried(ask, JSON.stringify([profile, id, address, command?.key, value, isWrong]))
  if (possible.length === 0) return null
  return (
    <section class="panel">
      <div class="list-bar">
        <h2>{pc().trial}</h2>
        <span class="muted">{pc().trialMeans}</span>
      </div>
      <div class="pairs">
        <label class="field">
          {profile.topics?.facility === undefined ? pc().device : pc().facility}
          <input
            list="bound-addresses"
            value={address}
            maxLength={300}
            spellcheck={false}
            autocomplete="off"
            onInput={(event) => setAddress(event.currentTarget.value)}
          />
        </label>
        <datalist id="bound-addresses">
          {bound?.items.map((each) => (
            <option key={each.id} value={each.address}>
              {each.facility}
            </option>
          ))}
        </datalist>
        <label class="field">
          {pc().command}
          <select value={command?.key} onChange={(event) => choose(event.currentTarget.value)}>
            <TitledOptions of={possible} />
          </select>
        </label>
        <ValueField parameter={command?.parameter ?? null} typed={typed} onType={setTyped} />
      </div>
      <div role="status">
        {isWrong && <p class="problem">{pc().firstMend}</p>}
        {!isWrong && address.trim() === '' && <p class="muted">{pc().nameDevice}</p>}
        {problem && <p class="problem">{problem}</p>}
        {found && command && (
          <Outcome trial={found} words={[say(command.title), valueWords(command.parameter, value)].filter(Boolean).join(' ')} />
        )}
      </div>
    </section>
  )
}

function chosenValue(command: KindCommand | undefined, typed: string): CommandView['value'] {
  const parameter = command?.parameter ?? null
  if (parameter === null) return null
  if (parameter.type === 'choice') return typed in parameter.choices ? typed : (Object.keys(parameter.choices)[0] ?? '')
  return typed.trim() === '' || !Number.isFinite(Number(typed)) ? parameter.greatest : Number(typed)
}

function ValueField({ parameter, typed, onType }: { parameter: KindCommand['parameter']; typed: string; onType: (typed: string) => void }) {
  if (parameter === null) return null
  const title = say(parameter.title)
  if (parameter.type === 'choice') {
    return (
      <label class="field">
        {title}
        <select value={typed} onChange={(event) => onType(event.currentTarget.value)}>
          {Object.entries(parameter.choices).map(([key, text]) => (
            <option key={key} value={key}>
              {say(text)}
            </option>
          ))}
        </select>
      </label>
    )
  }
  const { least, greatest, unit } = parameter
  return (
    <label class="field">
      {title} ({`${least}–${greatest} ${unit}`.trim()})
      <input
        inputMode="decimal"
        value={typed}
        placeholder={String(greatest)}
        autocomplete="off"
        onInput={(event) => onType(event.currentTarget.value)}
      />
    </label>
  )
}

function Outcome({
  trial: { line, message, downlink, why, answers, answerWithin, effectWithin },
  words,
}: {
  trial: CommandTrialView
  words: string
}) {
  return (
    <>
      {why ? (
        <p class="problem">
          <b>{pc().notNow}</b> {say(why)}
        </p>
      ) : (
        <p>{pc().wouldBe(words)}</p>
      )}
      <dl class="facts">
        {line !== null && <Fact name={pc().byLine} value={String(line + 1)} />}
        {message && <Fact name={pc().topic} value={message.topic} isCode />}
        {downlink && <Fact name={pc().fPort} value={String(downlink.fPort)} isCode />}
        {downlink && <Fact name={pc().deviceBytes} value={spaced(downlink.hex)} isCode />}
        {message && message.text !== null && <Fact name={pc().payload} value={message.text} isCode />}
        {message && <Fact name={pc().payloadBytes} value={spaced(message.hex)} isCode />}
        {message && message.qos !== null && <Fact name="QoS" value={String(message.qos)} />}
        {message && message.source !== null && (
          <Fact name={pc().broker} value={message.source === 'embedded' ? pc().ownBroker : message.source} />
        )}
        {answerWithin !== null && (
          <Fact
            name={pc().answer}
            value={answers ? pc().answersWithin(formatLength(answerWithin)) : pc().shownWithin(formatLength(answerWithin))}
          />
        )}
        {answers && <Fact name={pc().effect} value={pc().effectWithin(formatLength(effectWithin))} />}
      </dl>
    </>
  )
}

const spaced = (hex: string) => hex.replace(/..(?=.)/g, '$& ')

function Fact({ name, value, isCode = false }: { name: string; value: string; isCode?: boolean }) {
  return (
    <>
      <dt>{name}</dt>
      <dd class="breakable">{isCode ? <code>{value}</code> : value}</dd>
    </>
  )
}
