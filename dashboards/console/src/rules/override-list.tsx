import { useState } from 'preact/hooks'
import type { GroupView, OverrideView } from '../../../../src/edges/http/rule-schemas.ts'
import { formatFull } from '../format.ts'
import { kinds } from '../live/live.ts'
import { say } from '../settings.ts'
import { may, mayWhole } from '../shell/access.ts'
import { Dialog } from '../shell/dialog.tsx'
import { act } from '../shell/notice.tsx'
import { Pager, usePages } from '../shell/pages.tsx'
import { ScrollTable } from '../shell/scroll-table.tsx'
import { TitledOptions } from '../shell/titled-options.tsx'
import { p } from '../texts/plant.ts'
import { ChangeList } from './change-list.tsx'
import { inForceOf, usualOf, withChanges } from './in-force.ts'
import { OverrideDialog, type ScopeChoice, TakeBack } from './override-dialog.tsx'
import { differences, findRule, type KnownRule, scopeWords } from './rule-words.ts'
import { getOverrides, getOverridesOf, getRules } from './rules-api.ts'
import { versionsPath } from './versions-path.ts'

const PAGE = 50

interface Asked extends KnownRule {
  choices: ScopeChoice[]
}

function scopeOf({ kind, group, facility }: OverrideView): ScopeChoice['scope'] {
  if (facility !== null) return { facility }
  return group === null ? { kind } : { kind, group }
}

/** Everything that was changed of the rules, newest first. */
export function OverrideList({ groups }: { groups: readonly GroupView[] }) {
  const pages = usePages((before) => getOverrides(PAGE, before), '')
  const [asked, ask] = useState<Asked | null>(null)
  const [choosing, setChoosing] = useState(false)
  const edit = async (override: OverrideView) => {
    const found = findRule(override.kind, override.rule)
    if (!found) return
    // What follows from rated values, and what its groups change, is known of a facility only.
    const own = override.facility === null ? null : await getRules(override.facility).catch(() => null)
    const effective = own?.rules.find(({ rule }) => rule === override.rule)
    const inForce = withChanges(effective ? inForceOf(effective) : usualOf(found.rule), [override.changes])
    ask({ ...found, choices: [{ scope: scopeOf(override), title: scopeWords(override), known: override, inForce }] })
  }
  return (
    <section class="panel">
      <div class="list-bar">
        <h2>{p().overrideList}</h2>
        <span class="grow" />
        <a class="button" href={versionsPath()}>
          {p().versions}
        </a>
        {mayWhole('rule.edit') && (
          <button type="button" class="button" onClick={() => setChoosing(true)}>
            {p().newOverride}…
          </button>
        )}
      </div>
      {pages.problem && <p class="problem">{pages.problem}</p>}
      {pages.page?.items.length === 0 && <p class="muted">{p().noOverrides}</p>}
      {pages.page && pages.page.items.length > 0 && (
        <ScrollTable label={p().overrideList} titles={p().overrideColumns}>
          {pages.page.items.map((override) => (
            <Row key={override.id} override={override} onEdit={() => void edit(override)} onDone={pages.again} />
          ))}
        </ScrollTable>
      )}
      <Pager pages={pages} size={PAGE} />
      {choosing && <RuleChoice groups={groups} onChosen={ask} onClose={() => setChoosing(false)} />}
      {asked && <OverrideDialog {...asked} onDone={pages.again} onClose={() => ask(null)} />}
    </section>
  )
}

const mayChange = ({ facility }: OverrideView) => (facility === null ? mayWhole : may)('rule.edit')

function Row({ override, onEdit, onDone }: { override: OverrideView; onEdit: () => void; onDone: () => void }) {
  const found = findRule(override.kind, override.rule)
  const title = found ? say(found.rule.title) : override.rule
  return (
    <tr>
      <td>
        {override.facility ? (
          <a href={`/facilities/${encodeURIComponent(override.facility)}/rules`}>{scopeWords(override)}</a>
        ) : (
          scopeWords(override)
        )}
      </td>
      <th scope="row">{title}</th>
      <td>
        <ChangeList list={differences(null, override.changes, found)} />
        {override.problem && <p class="problem">{override.problem}</p>}
      </td>
      <td>{override.reason}</td>
      <td class="nowrap">
        {override.by}, {formatFull(override.at)}
      </td>
      <td class="nowrap">
        {mayChange(override) && found && (
          <button type="button" class="button" onClick={onEdit}>
            {p().change}…<span class="unseen"> {title}</span>
          </button>
        )}{' '}
        {mayChange(override) && <TakeBack override={override} title={title} onDone={onDone} />}{' '}
        <a class="button" href={versionsPath(override)}>
          {p().versionsShort}
          <span class="unseen"> {title}</span>
        </a>
      </td>
    </tr>
  )
}

/** Asks which rule of which kind is to be changed, for the whole kind or a group. */
function RuleChoice({
  groups,
  onChosen,
  onClose,
}: {
  groups: readonly GroupView[]
  onChosen: (asked: Asked) => void
  onClose: () => void
}) {
  const [kindKey, setKind] = useState(kinds.value.keys().next().value ?? '')
  const kind = kinds.value.get(kindKey)
  const choose = async (form: FormData) => {
    const found = findRule(kindKey, String(form.get('rule')))
    const group = String(form.get('group') ?? '')
    if (!found) return false
    const title = group ? p().forGroup(say(found.kind.title), group) : p().forKind(say(found.kind.title))
    const scope = group ? { kind: kindKey, group } : { kind: kindKey }
    return act(async () => {
      // There is one change per scope and rule; another one would replace it.
      const { items } = await getOverridesOf(kindKey, found.rule.key)
      const known = items.find((one) => one.facility === null && (one.group ?? '') === group)
      const ofKind = items.find((one) => one.facility === null && one.group === null)
      const changes = [ofKind, known].flatMap((one) => one?.changes ?? [])
      onChosen({ ...found, choices: [{ scope, title, known, inForce: withChanges(usualOf(found.rule), changes) }] })
    })
  }
  return (
    <Dialog title={p().newOverride} confirm={p().change} onConfirm={choose} onClose={onClose}>
      <label class="field">
        {p().fields.kind}
        <select value={kindKey} onChange={(event) => setKind(event.currentTarget.value)}>
          <TitledOptions of={kinds.value.values()} />
        </select>
      </label>
      <label class="field">
        {p().changeFor}
        <select name="group">
          <option value="">{p().ofWholeKind}</option>
          {groups.map(({ name }) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label class="field">
        {p().rule}
        <select name="rule" required>
          <TitledOptions of={kind?.rules ?? []} />
        </select>
      </label>
    </Dialog>
  )
}
