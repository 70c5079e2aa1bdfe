import { formatMinutes } from '../format.ts'
import { say } from '../settings.ts'
import { c } from '../texts/commands.ts'
import type { CommandDraft } from './command-draft.ts'
import type { KindCommand } from './command-words.ts'

/** Minutes after which facilities go back by themselves; 0: they do not. */
const ENDS = [15, 5, 60, 240, 720, 0]

/** What a command asks for besides its name. */
export function CommandFields({ command, draft }: { command: KindCommand; draft: CommandDraft | null }) {
  const before = draft?.command === command.key ? draft : null
  return (
    <>
      <Parameter parameter={command.parameter} value={before?.value ?? null} />
      {command.mayEnd && (
        <label class="field">
          {c().ends}
          <select name="minutes">
            {ENDS.map((minutes) => (
              <option key={minutes} value={minutes} selected={minutes === (before?.minutes ?? ENDS[0])}>
                {minutes === 0 ? c().endsNever : c().endsAfter(formatMinutes(minutes))}
              </option>
            ))}
          </select>
        </label>
      )}
      <label class="field">
        {c().reason}
        <textarea name="reason" maxLength={2000} rows={2} defaultValue={draft?.reason ?? ''} />
      </label>
    </>
  )
}

function Parameter({ parameter, value }: { parameter: KindCommand['parameter']; value: CommandDraft['value'] }) {
  if (parameter === null) return null
  const title = say(parameter.title)
  if (parameter.type === 'choice') {
    return (
      <label class="field">
        {title}
        <select name="value">
          {Object.entries(parameter.choices).map(([key, text]) => (
            <option key={key} value={key} selected={key === value}>
              {say(text)}
            </option>
          ))}
        </select>
      </label>
    )
  }
  const { least, greatest, unit, isWhole } = parameter
  return (
    <label class="field">
      {title} ({`${least}–${greatest} ${unit}`.trim()})
      <input
        name="value"
        type="number"
        required
        min={least}
        max={greatest}
        step={isWhole ? 1 : 'any'}
        defaultValue={String(value ?? (unit === '' ? least : greatest))}
      />
    </label>
  )
}
