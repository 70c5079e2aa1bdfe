import { createHash } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { CodecSandbox, type SandboxOptions } from '../edges/vendor-codecs/codec-sandbox.ts'
import type { CodecDraft, ListedCodec, Trial, VendorCodecServices } from '../edges/vendor-codecs/codec-services.ts'
import { encodingInput } from '../edges/vendor-codecs/encoding.ts'
import { MAX_CODECS } from '../edges/vendor-codecs/limits.ts'
import { LamplighterError } from '../errors.ts'
import type { CodecVersion, StoredCodec } from '../storage/codec-store.ts'
import type { StateStore } from '../storage/state-store.ts'
import type { CodecSample } from '../telemetry/codec-sample.ts'
import type { DeviceProfile } from '../telemetry/device-profile.ts'
import { minutes } from '../telemetry/duration.ts'
import type { CodecInput, CodecResult } from '../telemetry/vendor-codec.ts'

/** Trials that may be under way. */
const MAX_TRIALS = 16
/** Sample failures that are told at once, and characters of each value in them. */
const TOLD = 5
const TOLD_VALUE = 300

export interface CodecParts {
  state: StateStore
  now: () => number
  /** A codec was suspended, or the sandbox came down. */
  onTrouble: (detail: object, message: string) => void
}

/** Keeps vendors' codecs, and runs them: those in force in one sandbox, what engineers try in another. */
export function vendorCodecServices({ state, now, onTrouble }: CodecParts): VendorCodecServices {
  /** Numbers in the sandbox by id. */
  const programs = new Map<string, number>()
  const nameOf = (number: number) => [...programs].find(([, each]) => each === number)?.[0]
  const options: SandboxOptions = {
    now,
    onTrouble: (detail) => onTrouble({ detail }, 'the thread of the payload codecs came down; it is started again'),
    onSuspended: (number, until, { error }) =>
      onTrouble(
        { codec: nameOf(number), until: new Date(until).toISOString(), error },
        'a payload codec had to be stopped too often and is suspended',
      ),
  }
  const sandbox = new CodecSandbox(options)
  const trials = new CodecSandbox({ now, isMeasured: true, restAfter: minutes(1) })
  let trialsUnderWay = 0
  for (const { codec, source } of state.codecs.codecs('', MAX_CODECS)) programs.set(codec, sandbox.add(source))

  const known = (id: string): StoredCodec => {
    const codec = state.codecs.codec(id)
    if (!codec) throw new LamplighterError('not-found', `There is no codec ${JSON.stringify(id)}; /api/vendor-codecs lists them.`)
    return codec
  }
  const usesOf = (id: string, profiles: readonly DeviceProfile[] = state.profiles.profiles()) =>
    profiles.filter(({ codec }) => codec === id).map((profile) => profile.id)
  const listed = (codec: StoredCodec, profiles?: readonly DeviceProfile[]): ListedCodec => {
    const figures = sandbox.figures(programs.get(codec.codec) ?? 0)
    return {
      codec,
      usedBy: usesOf(codec.codec, profiles),
      figures: figures ?? { decodes: 0, failures: {}, ms: 0, lastFailure: null, suspendedUntil: null },
    }
  }

  async function onTrial<T>(source: string, work: (program: number) => Promise<T>): Promise<T> {
    if (trialsUnderWay >= MAX_TRIALS)
      throw new LamplighterError('too-many-requests', `${MAX_TRIALS} codecs are being tried. Wait until they are done.`)
    trialsUnderWay++
    const program = trials.add(source)
    try {
      return await work(program)
    } finally {
      trialsUnderWay--
      trials.forget(program)
    }
  }

  /** Why a draft may not be saved, sample by sample; the codec itself comes first. Throws `invalid-request` when it cannot even be loaded. */
  const failedSamples = ({ source, samples }: CodecDraft): Promise<string[]> =>
    onTrial(source, async (program) => {
      const loaded = await trials.load(program)
      if ('reason' in loaded) throw new LamplighterError('invalid-request', `The codec cannot be used: ${withLine(loaded)}`)
      const failed: string[] = []
      // One after the other: several that do not end would suspend the codec before the others are run.
      for (const sample of samples) {
        const problem = sampleProblem(
          sample,
          await trials.run(program, { ...sample, bytes: Buffer.from(sample.bytes, 'hex'), recvTime: now() }),
        )
        if (problem !== null) failed.push(problem)
      }
      return failed
    })

  function checkReplaces(id: string, replaces: number | null | undefined): StoredCodec | undefined {
    const before = state.codecs.codec(id)
    if (replaces !== undefined && replaces !== (before?.version ?? null)) {
      const now = before ? `Version ${before.version}, saved by ${before.by}, is in force` : 'The codec has been removed'
      throw new LamplighterError('action-refused', `${now} meanwhile. Load it anew, and make the change there.`)
    }
    return before
  }

  async function run(id: string, input: CodecInput): Promise<CodecResult> {
    const program = programs.get(id)
    if (program === undefined) return { reason: 'codec-unknown', error: `There is no codec ${id}.` }
    const made = await sandbox.run(program, input)
    return 'reason' in made ? { reason: made.reason, error: withLine(made) } : { data: made.data, warnings: made.warnings }
  }

  return {
    has: (id) => programs.has(id),
    decode: run,
    encode: (id, data) => run(id, encodingInput(data)),
    list(after, limit) {
      const found = state.codecs.codecs(after, limit + 1)
      const items = found.slice(0, limit)
      const profiles = state.profiles.profiles()
      return { items: items.map((codec) => listed(codec, profiles)), next: found.length > limit ? (items.at(-1)?.codec ?? null) : null }
    },
    get: (id) => listed(known(id)),
    async put(id, draft, by) {
      checkReplaces(id, draft.replaces)
      const failed = await failedSamples(draft)
      if (failed.length > 0 && !draft.force) {
        const rest = failed.length > TOLD ? ` And ${failed.length - TOLD} more.` : ''
        throw new LamplighterError('action-refused', `Nothing was saved. ${failed.slice(0, TOLD).join(' ')}${rest}`)
      }
      const { title, source, samples, reason } = draft
      const version = { codec: id, title, source, samples, isForced: failed.length > 0, reason, by, at: now() }
      state.transaction(() => {
        if (!checkReplaces(id, draft.replaces) && programs.size >= MAX_CODECS)
          throw new LamplighterError('invalid-request', `There are ${MAX_CODECS} codecs already. Remove one first.`)
        const number = state.codecs.change(version)
        state.audit({ at: version.at, by, action: 'put-codec', subject: `codec ${id}`, detail: `${described(number, version)}: ${reason}` })
      })
      const before = programs.get(id)
      programs.set(id, before === undefined ? sandbox.add(source) : sandbox.replace(before, source))
      return listed(known(id))
    },
    remove(id, reason, by) {
      const codec = known(id)
      const users = usesOf(id)
      if (users.length > 0)
        throw new LamplighterError(
          'action-refused',
          `Device ${users.length === 1 ? 'profile' : 'profiles'} ${users.join(', ')} use it. Change them first.`,
        )
      state.transaction(() => {
        const version = { ...codec, source: null, samples: [], isForced: false, reason, by, at: now() }
        state.codecs.change(version)
        state.audit({ at: version.at, by, action: 'remove-codec', subject: `codec ${id}`, detail: `version ${codec.version}: ${reason}` })
      })
      const program = programs.get(id)
      programs.delete(id)
      if (program !== undefined) sandbox.forget(program)
    },
    versions: (id, before, limit) => state.codecs.versions(id, before, limit),
    version(id, version) {
      const found = state.codecs.version(version)
      if (found?.codec !== id) throw new LamplighterError('not-found', `Codec ${id} has no version ${version}.`)
      return found
    },
    try: (source, input) => onTrial(source, (program) => trials.run(program, input)),
    figures: () =>
      new Map(
        [...programs].map(([id, number]) => [id, sandbox.figures(number)] as const).filter((each) => each[1] !== undefined),
      ) as ReturnType<VendorCodecServices['figures']>,
    problems: () =>
      [...programs].flatMap(([id, number]) => {
        const until = sandbox.figures(number)?.suspendedUntil ?? null
        return until === null ? [] : [`Codec ${id} is suspended until ${new Date(until).toISOString()}; values of its devices are lost.`]
      }),
    async close() {
      await Promise.all([sandbox.close(), trials.close()])
    },
  }
}

const withLine = ({ error, line }: { error: string; line: number | null }) => (line === null ? error : `line ${line}: ${error}`)

function described(number: number, { source, samples, isForced }: Omit<CodecVersion, 'version'>): string {
  const hash = createHash('sha256')
    .update(source ?? '')
    .digest('hex')
    .slice(0, 16)
  return `version ${number}, SHA-256 ${hash}…, ${samples.length} samples${isForced ? ', saved although samples fail' : ''}`
}

function sampleProblem({ name, expected }: CodecSample, trial: Trial): string | null {
  if ('reason' in trial) return expected === null ? null : `Sample ${JSON.stringify(name)} is not decoded: ${withLine(trial)}.`
  if (expected === null) return `Sample ${JSON.stringify(name)} should be refused, and gives ${shortened(trial.data)}.`
  if (isDeepStrictEqual(trial.data, expected.data)) return null
  return `Sample ${JSON.stringify(name)} gives ${shortened(trial.data)} instead of ${shortened(expected.data)}.`
}

function shortened(value: unknown): string {
  const text = JSON.stringify(value)
  return text.length <= TOLD_VALUE ? text : `${text.slice(0, TOLD_VALUE)}…`
}
