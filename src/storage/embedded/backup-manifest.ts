import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import Type, { type Static } from 'typebox'
import { Value } from 'typebox/value'
import { LamplighterError } from '../../errors.ts'

/** Written last: a folder without it is no backup. */
export const MANIFEST = 'manifest.json'
const FORMAT = 1

const FileSchema = Type.Object({
  /** Below the data folder, with slashes. */
  path: Type.String({ pattern: '^(?!/)(?!.*(^|/)\\.\\.?(/|$))[^\\\\:]+$' }),
  bytes: Type.Integer({ minimum: 0 }),
  sha256: Type.String({ pattern: '^[0-9a-f]{64}$' }),
  /** Size and time of change of the file it was copied from, of one that changes seldom: the next backup need not copy it again. */
  source: Type.Optional(Type.Object({ bytes: Type.Integer(), modified: Type.Number() })),
})

const ManifestSchema = Type.Object({
  format: Type.Literal(FORMAT),
  /** Of the program that made it. */
  version: Type.String(),
  /** Which data folder it is of: backups of one share files, and only they make place for each other. */
  origin: Type.String(),
  /** Which one of them it is, from 1 on; a clock that is set back does not change the order. */
  sequence: Type.Optional(Type.Integer()),
  /** Where that data folder was, for people. */
  home: Type.Optional(Type.Object({ host: Type.String(), folder: Type.String() })),
  /** ms, and the same to be read. */
  at: Type.Number(),
  time: Type.String(),
  /** Of the state, see `StatePositions`. */
  schema: Type.Integer(),
  storedThrough: Type.Integer(),
  detectedThrough: Type.Integer(),
  appliedThrough: Type.Object({ position: Type.Integer(), tick: Type.Number() }),
  /** Head of the audit trail, to verify by it later that nothing up to there was changed. */
  audit: Type.Optional(Type.Object({ id: Type.Integer(), hash: Type.String() })),
  /** Oldest and newest message of the journal in it; null when it holds none. */
  journal: Type.Union([Type.Object({ oldest: Type.Integer(), newest: Type.Integer() }), Type.Null()]),
  /** Whether the time series are in it: not when they are kept by a server of their own. */
  telemetry: Type.Boolean(),
  files: Type.Array(FileSchema),
})

export type BackupFile = Static<typeof FileSchema>
export type Manifest = Static<typeof ManifestSchema>

export const newManifest = (content: Omit<Manifest, 'format'>): Manifest => ({ format: FORMAT, ...content })

/** Reads the manifest of a backup; throws `invalid-request` with what is wrong with the folder. */
export async function readManifest(folder: string): Promise<Manifest> {
  const refuse = (why: string, cause?: unknown) => new LamplighterError('invalid-request', `${folder} ${why}`, cause)
  const text = await readFile(join(folder, MANIFEST), 'utf8').catch((error: unknown) => {
    throw refuse(`is no backup of Lamplighter: its ${MANIFEST} cannot be read.`, error)
  })
  let content: unknown
  try {
    content = JSON.parse(text)
  } catch (error) {
    throw refuse(`is a damaged backup: its ${MANIFEST} is no JSON.`, error)
  }
  const { format } = content as { format?: unknown }
  if (typeof format === 'number' && format > FORMAT) throw refuse(`was made by a newer program; restore it with that one.`)
  if (!Value.Check(ManifestSchema, content)) throw refuse(`is a damaged backup: its ${MANIFEST} is incomplete.`)
  return content
}

const NAME = /^lamplighter-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}Z$/

/** Finished backups in a folder, oldest first. */
export async function listBackups(folder: string): Promise<string[]> {
  const names = existsSync(folder) ? await readdir(folder) : []
  return names
    .filter((name) => NAME.test(name) && existsSync(join(folder, name, MANIFEST)))
    .sort()
    .map((name) => join(folder, name))
}

export interface Backup {
  path: string
  manifest: Manifest
}

/** Those of them whose manifest can be read, in the order in which they were made, those of each origin by themselves. */
export async function readBackups(folder: string): Promise<Backup[]> {
  const read = async (path: string) => ({ path, manifest: await readManifest(path).catch(() => null) })
  const found = await Promise.all((await listBackups(folder)).map(read))
  // Names are times already.
  return found.filter((one): one is Backup => one.manifest !== null).sort((a, b) => sequenceOf(a.manifest) - sequenceOf(b.manifest))
}

export const sequenceOf = ({ sequence = 0 }: Pick<Manifest, 'sequence'>): number => sequence
