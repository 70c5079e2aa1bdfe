import { useEffect, useRef, useState } from 'preact/hooks'
import { commandMappingIssues } from '../../../../src/telemetry/command-mapping-issues.ts'
import { getCodecs } from '../codecs/codec-api.ts'
import { kinds } from '../live/live.ts'
import { t } from '../settings.ts'
import { useKeys } from '../shell/keys.ts'
import { act } from '../shell/notice.tsx'
import { navigate } from '../shell/router.ts'
import { TitledOptions } from '../shell/titled-options.tsx'
import { useAnswer } from '../shell/use-answer.ts'
import { di } from '../texts/dialects.ts'
import { pc } from '../texts/profile-commands.ts'
import { CommandLines } from './command-lines.tsx'
import { CommandTrial } from './command-trial.tsx'
import { type ProfileView, putProfile, type Sample } from './dialects-api.ts'
import { FieldLines } from './field-lines.tsx'
import { draftOf, emptyDraft, emptyField, inputOf, type ProfileDraft } from './profile-draft.ts'
import { TopicFields } from './topic-fields.tsx'
import { Trial } from './trial.tsx'

const MOST_CODECS = 200
const LIST = '/administration/device-profiles'

interface ProfileFormProps {
  /** Null: a new one. */
  profile: ProfileView | null
  /** Of a new one, to begin with. */
  dialect: ProfileDraft['dialect']
  sample: Sample
  onSaved: () => void
}

/** A profile, with what it would make of a message beside it. */
export function ProfileForm({ profile, dialect, sample: given, onSaved }: ProfileFormProps) {
  const [draft, setDraft] = useState<ProfileDraft>(() =>
    profile ? draftOf(profile) : { ...emptyDraft(kinds.value.keys().next().value ?? ''), dialect },
  )
  const [sample, setSample] = useState(given)
  const change = (part: Partial<ProfileDraft>) => setDraft((before) => ({ ...before, ...part }))
  useKeys({ Escape: () => navigate(LIST) })
  const kind = kinds.value.get(draft.kind)
  const input = inputOf(draft, kind)
  const issues = commandMappingIssues(input, kind?.commands ?? [])
  const [asked, ask] = useState(0)
  const form = useRef<HTMLFormElement>(null)
  useEffect(() => form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus(), [asked])
  const save = async (event: SubmitEvent) => {
    event.preventDefault()
    if (issues.length > 0) return ask((times) => times + 1)
    if (!(await act(() => putProfile(draft.id, input), di().saved))) return
    onSaved()
    navigate(LIST)
  }
  const isBound = profile !== null && profile.devices > 0
  return (
    <div class="stack">
      <section class="panel">
        <form ref={form} onSubmit={(event) => void save(event)}>
          <h1>{profile ? profile.title : di().newProfile}</h1>
          <div class="pairs">
            <label class="field">
              {di().id}
              <input
                required
                disabled={profile !== null}
                value={draft.id}
                maxLength={64}
                pattern="[a-z0-9]([a-z0-9._\-]*[a-z0-9])?"
                title={di().idMeans}
                autocomplete="off"
                onInput={(event) => change({ id: event.currentTarget.value })}
              />
            </label>
            <label class="field">
              {di().name}
              <input required value={draft.title} maxLength={300} onInput={(event) => change({ title: event.currentTarget.value })} />
            </label>
            <label class="field">
              {di().dialect}
              <select
                disabled={isBound}
                value={draft.dialect}
                onChange={(event) => change({ dialect: event.currentTarget.value as ProfileDraft['dialect'] })}
              >
                {(['lorawan', 'sparkplug', 'mapped'] as const).map((dialect) => (
                  <option key={dialect} value={dialect}>
                    {di().dialects[dialect]}
                  </option>
                ))}
              </select>
            </label>
            <label class="field">
              {di().kind}
              <select disabled={isBound} value={draft.kind} onChange={(event) => change({ kind: event.currentTarget.value })}>
                <TitledOptions of={kinds.value.values()} />
              </select>
            </label>
            {draft.dialect === 'lorawan' && <CodecChoice codec={draft.codec} onChoose={(codec) => change({ codec })} />}
          </div>
          {draft.dialect === 'mapped' && <TopicFields draft={draft} onChange={change} />}
          <FieldLines kind={kind} fields={draft.fields} onChange={(fields) => change({ fields })} />
          <CommandLines
            dialect={draft.dialect}
            commands={kind?.commands ?? []}
            lines={draft.commands}
            issues={issues}
            isAsked={asked > 0}
            onChange={(commands) => change({ commands })}
          />
          <div role="alert">{asked > 0 && issues.length > 0 && <p class="problem">{pc().wrong(issues.length)}</p>}</div>
          <div class="buttons">
            <button type="submit" class="button primary">
              {t().save}
            </button>
            <a class="button" href={LIST}>
              {t().cancel}
            </a>
          </div>
        </form>
      </section>
      <CommandTrial id={profile?.id ?? null} profile={input} commands={kind?.commands ?? []} isWrong={issues.length > 0} />
      <Trial
        profile={input}
        sample={sample}
        onSample={(part) => setSample((before) => ({ ...before, ...part }))}
        onMap={(field) => change({ fields: [...draft.fields, { ...emptyField, field }] })}
      />
    </div>
  )
}

/** Codecs that can be chosen; one that is gone stays chosen until another is. */
function CodecChoice({ codec, onChoose }: { codec: string; onChoose: (codec: string) => void }) {
  const { answer } = useAnswer(() => getCodecs(MOST_CODECS, undefined), '')
  const ids = answer?.items.map((each) => each.id) ?? []
  return (
    <label class="field">
      {di().codec}
      <select value={codec} onChange={(event) => onChoose(event.currentTarget.value)}>
        <option value="">{di().noCodec}</option>
        {(codec === '' || ids.includes(codec) ? ids : [codec, ...ids]).map((id) => (
          <option key={id} value={id}>
            {id}
          </option>
        ))}
      </select>
    </label>
  )
}
