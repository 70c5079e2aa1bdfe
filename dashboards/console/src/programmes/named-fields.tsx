import { KeyField, NameField } from '../shell/key-fields.tsx'
import { pr } from '../texts/programmes.ts'

interface Named {
  id: string
  name: string
  nameEn: string
}

interface NamedFieldsProps<T extends Named> {
  draft: T
  change: (draft: T) => void
  /** Ids that are in use; absent where the thing has its id already. */
  taken?: readonly string[]
}

/** Names in both languages, and the id of something new. */
export function NamedFields<T extends Named>({ draft, change, taken }: NamedFieldsProps<T>) {
  return (
    <div class="programme-fields">
      <NameField label={pr().name} value={draft.name} put={(name) => change({ ...draft, name })} />
      <label class="field">
        {pr().nameEn}
        <input
          maxLength={100}
          autocomplete="off"
          value={draft.nameEn}
          onInput={({ currentTarget }) => change({ ...draft, nameEn: currentTarget.value })}
        />
      </label>
      {taken && (
        <KeyField
          label={pr().id}
          value={draft.id}
          put={(id) => change({ ...draft, id })}
          wrong={(id) => (taken.includes(id) ? pr().idTaken : '')}
        />
      )}
    </div>
  )
}
