import { keysOn, setKeysOn, t } from '../settings.ts'
import { Dialog } from './dialog.tsx'
import { helpOpen } from './help-open.ts'

/** The keys, and the switch that turns them off. */
export function Help() {
  return (
    <Dialog title={t().help} onClose={() => (helpOpen.value = false)}>
      <dl class="facts keys">
        {t().keys.map(([key, words]) => (
          <>
            <dt key={key}>
              <kbd>{key}</kbd>
            </dt>
            <dd>{words}</dd>
          </>
        ))}
      </dl>
      <label class="check">
        <input type="checkbox" checked={keysOn.value} onChange={(event) => setKeysOn(event.currentTarget.checked)} />
        {t().keysOn}
      </label>
      <p class="muted">{t().symbolKey}</p>
    </Dialog>
  )
}
