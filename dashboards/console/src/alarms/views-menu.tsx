import { useState } from 'preact/hooks'
import { t } from '../settings.ts'
import { may } from '../shell/access.ts'
import { Dialog } from '../shell/dialog.tsx'
import { act } from '../shell/notice.tsx'
import { al } from '../texts/alarms.ts'
import { searchOf } from './list-state.ts'
import { isViewChanged, list, loadViews, showView, view, views } from './page-state.ts'
import { type AlarmListView, addView, changeView, removeView, setFirstView } from './views-api.ts'

/** Chooses a view, keeps what is shown under a name. */
export function ViewsMenu() {
  const [open, setOpen] = useState<'save' | 'manage' | null>(null)
  const all = views.value?.items ?? []
  const group = (label: string, some: readonly AlarmListView[]) =>
    some.length > 0 && (
      <optgroup label={label}>
        {some.map(({ id, name, owner, isOwn }) => (
          <option key={id} value={id} selected={id === view.value?.id}>
            {isOwn ? name : `${name} (${owner})`}
          </option>
        ))}
      </optgroup>
    )
  return (
    <span class="together">
      <label>
        {al().views}{' '}
        <select id="view" onChange={(event) => showView(Number(event.currentTarget.value) || null)}>
          <option value="" selected={!view.value}>
            {al().noView}
          </option>
          {group(
            al().ownViews,
            all.filter(({ isOwn }) => isOwn),
          )}
          {group(
            al().sharedViews,
            all.filter(({ isOwn }) => !isOwn),
          )}
        </select>
      </label>
      {isViewChanged.value && <span class="tag">{al().changed}</span>}
      {may('view.keep') && (
        <>
          <button type="button" class="button" onClick={() => setOpen('save')}>
            {al().saveView}
          </button>
          {all.length > 0 && (
            <button type="button" class="button" onClick={() => setOpen('manage')}>
              {al().manageViews}
            </button>
          )}
        </>
      )}
      {open === 'save' && <SaveView onClose={() => setOpen(null)} />}
      {open === 'manage' && <ManageViews onClose={() => setOpen(null)} />}
    </span>
  )
}

const mayChange = ({ isOwn, shared }: AlarmListView) => (isOwn && !shared) || may('view.share')

function SaveView({ onClose }: { onClose: () => void }) {
  const base = view.value && mayChange(view.value) ? view.value : null
  const [replaces, setReplaces] = useState(base !== null)
  const send = (form: FormData) =>
    act(async () => {
      const input = { name: String(form.get('name')).trim(), shared: form.get('shared') === 'on', search: searchOf(list.peek()) }
      const kept = base && replaces ? await changeView(base.id, input) : await addView(input)
      if (form.get('first') === 'on') await setFirstView(kept.id)
      await loadViews()
      showView(kept.id, true)
    }, al().viewSaved)
  return (
    <Dialog title={al().saveView.replace('…', '')} confirm={al().save} onConfirm={send} onClose={onClose}>
      {base && (
        <fieldset class="plain">
          {[true, false].map((value) => (
            <label key={String(value)} class="check">
              <input type="radio" name="how" checked={replaces === value} onChange={() => setReplaces(value)} />
              {value ? al().overwrite(base.name) : al().asNew}
            </label>
          ))}
        </fieldset>
      )}
      <label class="field">
        {al().viewName}
        <input key={String(replaces)} name="name" required maxLength={100} pattern=".*\S.*" defaultValue={replaces ? base?.name : ''} />
      </label>
      {may('view.share') && (
        <label class="check">
          <input type="checkbox" name="shared" defaultChecked={replaces && base?.shared === true} />
          {al().share}
        </label>
      )}
      <label class="check">
        <input type="checkbox" name="first" defaultChecked={replaces && views.value?.first === base?.id} />
        {al().openFirst}
      </label>
    </Dialog>
  )
}

function ManageViews({ onClose }: { onClose: () => void }) {
  const first = views.value?.first ?? null
  const run = (action: () => Promise<unknown>, done: string) =>
    void act(async () => {
      await action()
      await loadViews()
    }, done)
  return (
    <Dialog title={al().manageViews.replace('…', '')} onClose={onClose}>
      {views.value?.items.length === 0 && <p>{al().noViews}</p>}
      <ul class="shelf">
        {views.value?.items.map((one) => (
          <li key={one.id}>
            <a href={`/alarms?view=${one.id}`} onClick={onClose}>
              {one.name}
            </a>
            <span class="muted">
              {!one.isOwn && al().byOwner(one.owner)} {one.shared && al().sharedViews}
            </span>
            {one.id === first && <span class="tag">{al().first}</span>}
            <span class="grow" />
            <button type="button" class="button" onClick={() => run(() => setFirstView(one.id === first ? null : one.id), t().done)}>
              {one.id === first ? al().notFirst : al().makeFirst}
            </button>
            {mayChange(one) && (
              <button type="button" class="button" onClick={() => run(() => removeView(one.id), al().viewRemoved)}>
                {al().removeView}
              </button>
            )}
          </li>
        ))}
      </ul>
    </Dialog>
  )
}
