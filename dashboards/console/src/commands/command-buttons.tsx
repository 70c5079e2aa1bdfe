import { useState } from 'preact/hooks'
import type { CommandView } from '../../../../src/edges/http/command-schemas.ts'
import type { KindView } from '../../../../src/edges/http/schemas.ts'
import { newId } from '../../../shared/new-id.ts'
import { link } from '../live/live.ts'
import { language } from '../settings.ts'
import { Dialog } from '../shell/dialog.tsx'
import { act, tell } from '../shell/notice.tsx'
import { c } from '../texts/commands.ts'
import { type KindCommand, whyText } from './command-words.ts'
import { armCommand, sendCommand } from './commands-api.ts'

/** Minutes after which the facility goes back by itself; 0: it does not. */
const ENDS = [15, 5, 60, 0]

interface Armed {
  command: KindCommand
  id: string
}

interface CommandButtonsProps {
  facility: string
  commands: KindView['commands']
  /** What the facility shows now, in words. */
  present: string
  onSent: () => void
}

/** Arms a command of one facility, and sends it when it is confirmed: nothing goes out by one click. */
export function CommandButtons({ facility, commands, present, onSent }: CommandButtonsProps) {
  const [armed, arm] = useState<Armed | null>(null)
  const refused = link.value === 'disconnected'
  const send = async (form: FormData) => {
    const { command, id } = armed as Armed
    const minutes = Number(form.get('minutes') ?? 0)
    const value = givenValue(command, form)
    let answer: CommandView | undefined
    const done = await act(async () => {
      const reason = String(form.get('reason') ?? '')
      const asked = { command: command.key, value, facilities: [facility], reason, ...(minutes > 0 && { minutes }) }
      answer = await sendCommand(id, (await armCommand(asked)).token)
    })
    const target = answer?.targets[0]
    if (target?.problem) tell(c().refused(whyText(target)), true)
    else if (done) tell(c().sent)
    if (done) onSent()
    return done
  }
  const begin = (command: KindCommand) => arm({ command, id: newId() })
  return (
    <div class="buttons">
      {commands.map((command) => (
        <button key={command.key} type="button" class="button" aria-disabled={refused} onClick={() => begin(command)}>
          {c().arm(command.title[language.value])}
        </button>
      ))}
      {armed && (
        <Dialog
          title={c().armed(armed.command.title[language.value], facility)}
          confirm={c().confirm}
          onConfirm={send}
          onClose={() => arm(null)}
        >
          <dl class="command-armed">
            <dt>{c().target}</dt>
            <dd>{facility}</dd>
            <dt>{c().present}</dt>
            <dd>{present}</dd>
            <dt>{c().wanted}</dt>
            <dd>{armed.command.title[language.value]}</dd>
          </dl>
          <Parameter command={armed.command} />
          {mayEnd(armed.command) && (
            <label class="field">
              {c().ends}
              <select name="minutes">
                {ENDS.map((minutes) => (
                  <option key={minutes} value={minutes}>
                    {minutes === 0 ? c().endsNever : c().endsAfter(String(minutes))}
                  </option>
                ))}
              </select>
            </label>
          )}
          <label class="field">
            {c().reason}
            <textarea name="reason" maxLength={2000} rows={2} />
          </label>
        </Dialog>
      )}
    </div>
  )
}

/** What gives a facility back has no end of its own. */
const mayEnd = ({ key }: KindCommand) => key !== 'follow-programme' && key !== 'reset'

function givenValue({ parameter }: KindCommand, form: FormData): CommandView['value'] {
  if (parameter === null) return null
  const given = String(form.get('value') ?? '')
  return parameter.type === 'number' ? Number(given) : given
}

function Parameter({ command: { parameter } }: { command: KindCommand }) {
  if (parameter === null) return null
  const title = parameter.title[language.value]
  if (parameter.type === 'choice') {
    return (
      <label class="field">
        {title}
        <select name="value">
          {Object.entries(parameter.choices).map(([key, text]) => (
            <option key={key} value={key}>
              {text[language.value]}
            </option>
          ))}
        </select>
      </label>
    )
  }
  const { least, greatest, unit, isWhole } = parameter
  return (
    <label class="field">
      {title} ({least}–{greatest} {unit})
      <input name="value" type="number" required min={least} max={greatest} step={isWhole ? 1 : 'any'} defaultValue={String(greatest)} />
    </label>
  )
}
