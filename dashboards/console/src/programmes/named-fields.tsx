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
      <label class="field">
        {pr().name}
        <input
          required
          maxLength={100}
          pattern=".*\S.*"
          autocomplete="off"
          value={draft.name}
          onInput={({ currentTarget }) => change({ ...draft, name: currentTarget.value })}
        />
      </label>
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
        <label class="field">
          {pr().id}
          <input
            required
            maxLength={40}
            pattern="[\p{L}\p{N}][\p{L}\p{N}_\-]*"
            autocomplete="off"
            value={draft.id}
            onInput={({ currentTarget: field }) => {
              field.setCustomValidity(taken.includes(field.value) ? pr().idTaken : '')
              change({ ...draft, id: field.value })
            }}
          />
        </label>
      )}
    </div>
  )
}
