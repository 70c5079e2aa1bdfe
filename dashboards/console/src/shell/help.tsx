import './help.css'
import type { ComponentChildren } from 'preact'
import type { FacilityState } from '../../../../src/edges/http/schemas.ts'
import { keysOn, remember, say, setKeysOn, t } from '../settings.ts'
import { StateSymbol, type SymbolLook } from '../symbols.tsx'
import { he } from '../texts/help.ts'
import { Dialog } from './dialog.tsx'
import { helpOpen } from './help-open.ts'
import { hintsSeen } from './hints-seen.ts'
import { type KeySection, keyGlyph, keysOfPage } from './key-table.ts'
import { ownPages, pageKeys } from './navigation.ts'
import { tell } from './notice.tsx'
import { pathname } from './router.ts'

/** Keys, symbols and states, those of the present page first; the switch that turns keys off. */
export function Help() {
  const { here, elsewhere } = keysOfPage(pathname.value)
  return (
    <Dialog title={t().help} onClose={() => (helpOpen.value = false)}>
      <h3>{he().keys}</h3>
      <label class="check">
        <input type="checkbox" checked={keysOn.value} onChange={(event) => setKeysOn(event.currentTarget.checked)} />
        {he().keysOn}
      </label>
      <dl class="facts keys">
        <dt>
          <kbd>1</kbd> – <kbd>{pageKeys[Math.min(ownPages().length, pageKeys.length) - 1]}</kbd>
        </dt>
        <dd>{he().pages}</dd>
      </dl>
      {here.map((section) => (
        <Keys key={section.title.en} section={section} />
      ))}
      <details>
        <summary>{he().otherPages}</summary>
        {elsewhere.map((section) => (
          <Keys key={section.title.en} section={section} />
        ))}
      </details>
      <h3>{he().symbols}</h3>
      <dl class="facts meanings">
        {(Object.entries(he().symbolMeans) as [FacilityState, string][]).map(([state, means]) => (
          <Meaning key={state} symbol={<StateSymbol state={state} />} name={t().facilityStates[state]} means={means} />
        ))}
      </dl>
      <h3>{he().looks}</h3>
      <dl class="facts meanings">
        {(Object.entries(he().lookMeans) as [SymbolLook, string][]).map(([look, means]) => (
          <Meaning key={look} symbol={<StateSymbol state="high" look={look} />} name={t().alarmTags[tagOf[look]]} means={means} />
        ))}
      </dl>
      <h3>{he().states}</h3>
      <dl class="facts meanings">
        {he().stateMeans.map(([name = '', means = '']) => (
          <Meaning key={name} symbol={null} name={name} means={means} />
        ))}
      </dl>
      <div class="buttons">
        <button
          type="button"
          class="button"
          onClick={() => {
            hintsSeen.value = ''
            remember('hints', '')
            tell(he().hintsBack)
          }}
        >
          {he().hints}
        </button>
      </div>
    </Dialog>
  )
}

const tagOf: Readonly<Record<SymbolLook, 'unacknowledged' | 'acknowledged' | 'rtn-unacknowledged'>> = {
  unacknowledged: 'unacknowledged',
  acknowledged: 'acknowledged',
  returned: 'rtn-unacknowledged',
  plain: 'acknowledged',
}

function Keys({ section }: { section: KeySection }) {
  return (
    <>
      <h4>{say(section.title)}</h4>
      <dl class="facts keys">
        {section.keys.map(({ keys, does }) => (
          <div key={keys}>
            <dt>
              {keys.split(' ').map((key) => (
                <kbd key={key}>{keyGlyph(key)}</kbd>
              ))}
            </dt>
            <dd>{say(does)}</dd>
          </div>
        ))}
      </dl>
    </>
  )
}

function Meaning({ symbol, name, means }: { symbol: ComponentChildren; name: string; means: string }) {
  return (
    <div>
      <dt class="with-symbol">
        {symbol}
        {name}
      </dt>
      <dd>{means}</dd>
    </div>
  )
}
