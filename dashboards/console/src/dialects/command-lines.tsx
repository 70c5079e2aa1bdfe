import { useId, useState } from 'preact/hooks'
import type { CommandMappingIssue } from '../../../../src/telemetry/command-mapping-issues.ts'
import type { KindCommand } from '../commands/command-words.ts'
import { say } from '../settings.ts'
import { TitledOptions } from '../shell/titled-options.tsx'
import { pc } from '../texts/profile-commands.ts'
import './dialects.css'
import { type CommandDraft, emptyCommand, shownAt } from './command-draft.ts'
import type { ProfileInput } from './dialects-api.ts'

interface CommandLinesProps {
  dialect: ProfileInput['dialect']
  commands: readonly KindCommand[]
  lines: readonly CommandDraft[]
  issues: readonly CommandMappingIssue[]
  /** All that is wrong is shown, also with what nobody has touched. */
  isAsked: boolean
  onChange: (lines: readonly CommandDraft[]) => void
}

/** How devices are told what to do, one line for each command or value; the first that fits counts. */
export function CommandLines({ dialect, commands, lines, issues, isAsked, onChange }: CommandLinesProps) {
  const change = (at: number, part: Partial<CommandDraft>) => onChange(lines.map((each, i) => (i === at ? { ...each, ...part } : each)))
  const moveUp = (at: number) => onChange(lines.toSpliced(at - 1, 2, lines[at] as CommandDraft, lines[at - 1] as CommandDraft))
  return (
    <fieldset>
      <legend>{pc().commands}</legend>
      <p class="muted small">{commands.length === 0 ? pc().kindHasNone : pc().means[dialect]}</p>
      <ol class="plain-list">
        {lines.map((line, i) => (
          <li key={i}>
            <CommandLine
              number={i + 1}
              {...{ line, dialect, commands, isAsked }}
              issues={issues.filter((issue) => issue.line === i)}
              onChange={(part) => change(i, part)}
              onMoveUp={i === 0 ? null : () => moveUp(i)}
              onRemove={() => onChange(lines.toSpliced(i, 1))}
            />
          </li>
        ))}
      </ol>
      {commands.length > 0 && (
        <button type="button" class="button" onClick={() => onChange([...lines, emptyCommand])}>
          {pc().add}
        </button>
      )}
    </fieldset>
  )
}

interface CommandLineProps extends Pick<CommandLinesProps, 'dialect' | 'commands' | 'issues' | 'isAsked'> {
  number: number
  line: CommandDraft
  onChange: (part: Partial<CommandDraft>) => void
  onMoveUp: (() => void) | null
  onRemove: () => void
}

type TextField = Exclude<keyof CommandDraft, 'confirmed' | 'command'>

function CommandLine({ number, line, dialect, commands, issues, isAsked, onChange, onMoveUp, onRemove }: CommandLineProps) {
  const [touched, touch] = useState<ReadonlySet<string>>(new Set())
  const ids = useId()
  const definition = commands.find(({ key }) => key === line.command)
  const parameter = definition?.parameter ?? null
  const wrong = (field: keyof CommandDraft) =>
    isAsked || touched.has(field) ? issues.filter((issue) => shownAt(issue.field) === field).map(({ words }) => say(words)) : []
  const marks = (field: keyof CommandDraft) =>
    wrong(field).length > 0 ? { 'aria-invalid': true, 'aria-describedby': `${ids}-${field}` } : {}
  const words = (field: keyof CommandDraft) =>
    wrong(field).length > 0 && (
      <p class="problem small" id={`${ids}-${field}`}>
        {wrong(field).join('; ')}
      </p>
    )
  const text = (field: TextField, label: string, placeholder = '') => (
    <div class={field === 'topic' || field === 'bytes' || field === 'metric' ? 'wide' : ''}>
      <label class="field">
        {label}
        <input
          name={field}
          value={line[field]}
          placeholder={placeholder}
          maxLength={field === 'bytes' ? 800 : 300}
          spellcheck={false}
          autocomplete="off"
          onInput={(event) => onChange({ [field]: event.currentTarget.value })}
          {...marks(field)}
        />
      </label>
      {words(field)}
    </div>
  )
  const leave = (event: FocusEvent) => {
    const { name } = event.target as HTMLInputElement
    if (name) touch((before) => new Set(before).add(name))
  }
  return (
    <fieldset onFocusOut={leave}>
      <legend>{pc().line(number)}</legend>
      <div class="pairs command-line">
        <div>
          <label class="field">
            {pc().command}
            <select
              name="command"
              value={line.command}
              onChange={(event) => onChange({ command: event.currentTarget.value, when: '' })}
              {...marks('command')}
            >
              <option value="">–</option>
              <TitledOptions of={commands} />
            </select>
          </label>
          {words('command')}
        </div>
        {parameter?.type === 'choice' && (
          <div>
            <label class="field">
              {pc().when}
              <select name="when" value={line.when} onChange={(event) => onChange({ when: event.currentTarget.value })} {...marks('when')}>
                <option value="">{pc().any}</option>
                {Object.entries(parameter.choices).map(([key, title]) => (
                  <option key={key} value={key}>
                    {say(title)}
                  </option>
                ))}
              </select>
            </label>
            {words('when')}
          </div>
        )}
        {parameter?.type !== 'choice' && (parameter !== null || wrong('when').length > 0) && text('when', pc().when, pc().any)}
        {dialect === 'sparkplug' && text('metric', pc().metric, 'Lamp/Level')}
        {dialect !== 'lorawan' && text('write', pc().write, parameter === null ? 'true' : pc().theValue)}
        {dialect !== 'lorawan' && parameter?.type === 'number' && line.write === '' && (
          <>
            {text('scale', pc().scale, '1')}
            {text('offset', pc().offset, '0')}
          </>
        )}
        {dialect === 'lorawan' && (
          <>
            {text('fPort', pc().fPort, '10')}
            {text('bytes', pc().bytes, '01 28')}
            <label class="check">
              <input type="checkbox" checked={line.confirmed} onChange={(event) => onChange({ confirmed: event.currentTarget.checked })} />
              {pc().confirmed}
            </label>
          </>
        )}
        {dialect === 'mapped' && (
          <>
            {text('topic', pc().topic, 'site/{site}/lamp/{id}/set')}
            <label class="field wide">
              {pc().payload}
              <textarea
                name="payload"
                class="code"
                rows={Math.min(6, line.payload.split('\n').length + 1)}
                maxLength={2000}
                spellcheck={false}
                value={line.payload}
                placeholder={'{"level": {value}}'}
                onInput={(event) => onChange({ payload: event.currentTarget.value })}
              />
            </label>
          </>
        )}
        {text('answerWithin', dialect === 'lorawan' && line.confirmed ? pc().answerWithin : pc().shownWithinSeconds, pc().usual)}
        <div class="buttons">
          {onMoveUp && (
            <button type="button" class="button" onClick={onMoveUp}>
              {pc().up}
              <span class="unseen"> {pc().line(number)}</span>
            </button>
          )}
          <button type="button" class="button" onClick={onRemove}>
            {pc().remove}
            <span class="unseen"> {pc().line(number)}</span>
          </button>
        </div>
      </div>
    </fieldset>
  )
}
