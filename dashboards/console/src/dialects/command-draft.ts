import type { CommandMapping, RawValue } from '../../../../src/telemetry/command-mapping.ts'
import type { CommandMappingField } from '../../../../src/telemetry/command-mapping-issues.ts'
import type { KindCommand } from '../commands/command-words.ts'
import type { ProfileInput } from './dialects-api.ts'

/** One line of the form about commands; all as it was typed. */
export interface CommandDraft {
  command: string
  when: string
  write: string
  scale: string
  offset: string
  answerWithin: string
  metric: string
  fPort: string
  bytes: string
  confirmed: boolean
  topic: string
  payload: string
}

export const emptyCommand: CommandDraft = {
  ...{
    command: '',
    when: '',
    write: '',
    scale: '',
    offset: '',
    answerWithin: '',
    metric: '',
    fPort: '',
    bytes: '',
    confirmed: true,
    topic: '',
    payload: '',
  },
}

const written = (value: unknown): string => (value === undefined ? '' : String(value))

/** A text that reads as something else, or begins with a quote, stands in quotes. */
const writtenRaw = (raw: RawValue | undefined): string =>
  typeof raw === 'string' && (rawOf(raw) !== raw || raw.startsWith('"')) ? JSON.stringify(raw) : written(raw)

function rawOf(text: string): RawValue {
  if (text === 'true' || text === 'false') return text === 'true'
  if (text.startsWith('"') && text.endsWith('"')) {
    try {
      return String(JSON.parse(text))
    } catch {
      return text
    }
  }
  return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text
}

export const commandDraftOf = ({
  command,
  when,
  write,
  scale,
  offset,
  answerWithin,
  metric,
  downlink,
  message,
}: CommandMapping): CommandDraft => ({
  ...{ command, when: written(when), write: writtenRaw(write), scale: written(scale), offset: written(offset), metric: metric ?? '' },
  answerWithin: written(answerWithin),
  ...{ fPort: written(downlink?.fPort), bytes: downlink?.bytes ?? '', confirmed: downlink?.confirmed ?? true },
  ...{ topic: message?.topic ?? '', payload: message?.payload ?? '' },
})

/** What is sent of a line: of its dialect alone. */
export function commandInputOf(
  { command, when, write, scale, offset, answerWithin, metric, fPort, bytes, confirmed, topic, payload }: CommandDraft,
  dialect: ProfileInput['dialect'],
  of: KindCommand | undefined,
): CommandMapping {
  const isNumber = of?.parameter?.type === 'number' && when.trim() !== '' && Number.isFinite(Number(when))
  const hex = bytes.replace(/\s/g, '')
  return {
    command,
    ...(when.trim() && { when: isNumber ? Number(when) : when.trim() }),
    ...(dialect !== 'lorawan' && {
      ...(write !== '' && { write: rawOf(write) }),
      ...(scale.trim() && { scale: Number(scale) }),
      ...(offset.trim() && { offset: Number(offset) }),
    }),
    ...(answerWithin.trim() && { answerWithin: Number(answerWithin) }),
    ...(dialect === 'sparkplug' && metric.trim() && { metric: metric.trim() }),
    ...(dialect === 'lorawan' && { downlink: { fPort: Number(fPort), ...(hex && { bytes: hex }), ...(!confirmed && { confirmed }) } }),
    ...(dialect === 'mapped' && topic.trim() && { message: { topic: topic.trim(), payload } }),
  }
}

/** The field of the form by which an issue is shown. */
export const shownAt = (field: CommandMappingField): keyof CommandDraft =>
  field === 'downlink' ? 'fPort' : field === 'message' ? 'topic' : field
