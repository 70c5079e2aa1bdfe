import type { KindView, PointView } from '../../../../src/edges/http/schemas.ts'
import { type CommandDraft, commandDraftOf, commandInputOf } from './command-draft.ts'
import type { ProfileInput, ProfileView } from './dialects-api.ts'

/** One line of the form; all as it was typed. */
export interface FieldDraft {
  field: string
  point: string
  unit: string
  scale: string
  offset: string
  /** Lines of `raw = value`. */
  names: string
}

/** A profile as the form holds it. */
export interface ProfileDraft {
  id: string
  title: string
  dialect: ProfileInput['dialect']
  kind: string
  codec: string
  fields: readonly FieldDraft[]
  pattern: string
  /** The capture that is the facility; '' where bindings tell it. */
  facility: string
  payload: 'json' | 'cbor' | 'bare'
  /** '' with `hasReports`: the payload itself is the array. */
  reports: string
  hasReports: boolean
  timeField: string
  timeFormat: 'ms' | 's' | 'iso'
  statusField: string
  online: string
  offline: string
  commands: readonly CommandDraft[]
}

export const emptyField: FieldDraft = { field: '', point: '', unit: '', scale: '', offset: '', names: '' }

export const emptyDraft = (kind: string): ProfileDraft => ({
  ...{ id: '', title: '', dialect: 'lorawan', kind, codec: '', fields: [], pattern: '', facility: '', payload: 'json' },
  ...{ reports: '', hasReports: false, timeField: '', timeFormat: 'ms', statusField: '', online: '', offline: '', commands: [] },
})

export function draftOf({ id, title, dialect, kind, codec, fields, topics, commands }: ProfileView): ProfileDraft {
  const { time, status } = topics ?? {}
  return {
    ...emptyDraft(kind),
    ...{ id, title, dialect, codec: codec ?? '' },
    commands: (commands ?? []).map(commandDraftOf),
    fields: fields.map(({ field, point, unit = '', scale, offset, enum: names = {} }) => ({
      ...{ field, point, unit, scale: scale === undefined ? '' : String(scale), offset: offset === undefined ? '' : String(offset) },
      names: Object.entries(names)
        .map(([raw, value]) => `${raw} = ${value}`)
        .join('\n'),
    })),
    ...(topics && {
      ...{ pattern: topics.pattern, facility: topics.facility ?? '', payload: topics.payload },
      ...{ reports: topics.reports ?? '', hasReports: topics.reports !== undefined },
    }),
    ...(time && { timeField: time.field, timeFormat: time.format }),
    ...(status && { statusField: status.field, online: status.online.join(', '), offline: status.offline.join(', ') }),
  }
}

/** What is sent of a draft. Lines without a point are left out; numbers that are none are sent as such, and refused with words. */
export function inputOf(draft: ProfileDraft, of: Pick<KindView, 'points' | 'commands'> | undefined): ProfileInput {
  const { title, dialect, kind, codec, pattern, facility, payload, reports, hasReports, timeField, timeFormat, statusField } = draft
  const fields = draft.fields
    .filter(({ point }) => point !== '')
    .map((line) =>
      mappingOf(
        line,
        of?.points.find(({ key }) => key === line.point),
      ),
    )
  const commands = draft.commands.map((line) =>
    commandInputOf(
      line,
      dialect,
      of?.commands.find(({ key }) => key === line.command),
    ),
  )
  const [online, offline] = [wordsOf(draft.online), wordsOf(draft.offline)]
  const topics = {
    ...{ pattern: pattern.trim(), payload },
    ...(facility && { facility }),
    ...(hasReports && { reports: reports.trim() }),
    ...(timeField.trim() && { time: { field: timeField.trim(), format: timeFormat } }),
    ...((online.length > 0 || offline.length > 0) && { status: { field: statusField.trim(), online, offline } }),
  }
  return {
    ...{ title: title.trim(), dialect, kind, fields },
    codec: dialect === 'lorawan' && codec.trim() !== '' ? codec.trim() : null,
    ...(dialect === 'mapped' && { topics }),
    ...(draft.commands.length > 0 && { commands }),
  }
}

function mappingOf({ field, point, unit, scale, offset, names }: FieldDraft, of: PointView | undefined): ProfileInput['fields'][number] {
  const lines = names.split('\n').filter((line) => line.includes('='))
  return {
    ...{ field: field.trim(), point },
    ...(unit && { unit }),
    ...(scale.trim() && { scale: Number(scale) }),
    ...(offset.trim() && { offset: Number(offset) }),
    ...(lines.length > 0 && { enum: Object.fromEntries(lines.map((line) => nameOf(line, of))) }),
  }
}

function nameOf(line: string, point: PointView | undefined): [string, string | number | boolean] {
  const at = line.lastIndexOf('=')
  const [raw, written] = [line.slice(0, at).trim(), line.slice(at + 1).trim()]
  if (point?.type === 'boolean' && (written === 'true' || written === 'false')) return [raw, written === 'true']
  return [raw, point?.type === 'number' && written !== '' && Number.isFinite(Number(written)) ? Number(written) : written]
}

const wordsOf = (text: string): string[] =>
  text
    .split(/[,，]/)
    .map((word) => word.trim())
    .filter((word) => word !== '')

/** The captures of a pattern, for the choice of the one that is the facility. */
export const capturesOf = (pattern: string): string[] => [...pattern.matchAll(/\{([^{}/]+)\}/g)].map((match) => match[1] as string)
