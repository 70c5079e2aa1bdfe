import { useState } from 'preact/hooks'
import { kinds } from '../live/live.ts'
import { t } from '../settings.ts'
import { useKeys } from '../shell/keys.ts'
import { act } from '../shell/notice.tsx'
import { navigate } from '../shell/router.ts'
import { TitledOptions } from '../shell/titled-options.tsx'
import { di } from '../texts/dialects.ts'
import { type ProfileView, putProfile, type Sample } from './dialects-api.ts'
import { FieldLines } from './field-lines.tsx'
import { draftOf, emptyDraft, emptyField, inputOf, type ProfileDraft } from './profile-draft.ts'
import { TopicFields } from './topic-fields.tsx'
import { Trial } from './trial.tsx'

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
  const input = inputOf(draft, kind?.points ?? [])
  const save = async (event: SubmitEvent) => {
    event.preventDefault()
    if (!(await act(() => putProfile(draft.id, input), di().saved))) return
    onSaved()
    navigate(LIST)
  }
  const isBound = profile !== null && profile.devices > 0
  return (
    <div class="stack">
      <section class="panel">
        <form onSubmit={(event) => void save(event)}>
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
            {draft.dialect === 'lorawan' && (
              <label class="field">
                {di().codec}
                <input
                  value={draft.codec}
                  maxLength={64}
                  placeholder={di().noCodec}
                  spellcheck={false}
                  autocomplete="off"
                  onInput={(event) => change({ codec: event.currentTarget.value })}
                />
              </label>
            )}
          </div>
          {draft.dialect === 'mapped' && <TopicFields draft={draft} onChange={change} />}
          <FieldLines kind={kind} fields={draft.fields} onChange={(fields) => change({ fields })} />
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
      <Trial
        profile={input}
        sample={sample}
        onSample={(part) => setSample((before) => ({ ...before, ...part }))}
        onMap={(field) => change({ fields: [...draft.fields, { ...emptyField, field }] })}
      />
    </div>
  )
}
