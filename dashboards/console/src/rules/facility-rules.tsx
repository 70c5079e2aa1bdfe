import { useEffect, useState } from 'preact/hooks'
import type { EffectiveRuleView, FacilityRulesView } from '../../../../src/edges/http/rule-schemas.ts'
import type { FacilityView, KindView, PointView, RuleView } from '../../../../src/edges/http/schemas.ts'
import { formatParameter } from '../alarm/parameter-format.ts'
import { formatDuration } from '../format.ts'
import { say, t } from '../settings.ts'
import { explain } from '../shell/notice.tsx'
import { TableHead } from '../shell/table-head.tsx'
import { StateSymbol } from '../symbols.tsx'
import { a } from '../texts/alarm.ts'
import { p } from '../texts/plant.ts'
import { OverrideDialog, type ScopeChoice, TakeBack } from './override-dialog.tsx'
import { getRules } from './rules-api.ts'

type Source = EffectiveRuleView['enabled']['source']

const sourceWords = ({ from, group }: Source): string => (from === 'group' ? p().sourceOf.group(group ?? '') : p().sourceOf[from])
const isChanged = ({ from }: Source): boolean => from !== 'default' && from !== 'rated'

const sourcesOf = ({ enabled, priority, onDelay, offDelay, parameters }: EffectiveRuleView): Source[] =>
  [enabled, priority, onDelay, offDelay, ...parameters].map(({ source }) => source)

/** Limits, delays and priorities in force for a facility, and where each comes from. */
export function FacilityRules({ facility, kind }: { facility: FacilityView; kind: KindView }) {
  const [view, setView] = useState<FacilityRulesView | null>(null)
  const [problem, setProblem] = useState('')
  const [onlyChanged, setOnlyChanged] = useState(false)
  const load = () =>
    getRules(facility.id).then(
      (answer) => {
        setView(answer)
        setProblem('')
      },
      (failure) => setProblem(explain(failure)),
    )
  useEffect(() => void load(), [facility.id])
  if (problem) return <p class="problem">{problem}</p>
  if (!view) return <p class="hint muted">{t().loading}</p>
  const shown = view.rules.filter((rule) => !onlyChanged || sourcesOf(rule).some(isChanged))
  return (
    <section class="panel">
      <div class="list-bar">
        <h2>{p().effectiveRules}</h2>
        <span class="muted">{view.groups.length > 0 ? `${p().inGroups}: ${view.groups.join(', ')}` : p().inNoGroup}</span>
        <span class="grow" />
        <label class="check">
          <input type="checkbox" checked={onlyChanged} onChange={(event) => setOnlyChanged(event.currentTarget.checked)} />
          {p().onlyChanged}
        </label>
        <a class="button" href="/groups">
          {t().groups}
        </a>
      </div>
      {shown.length === 0 && <p class="muted">{p().noneChanged}</p>}
      {shown.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
        <section class="sideways" tabIndex={0} aria-label={p().effectiveRules}>
          <table class="grid-table">
            <TableHead titles={p().effectiveColumns} />
            <tbody>
              {shown.map((effective) => {
                const rule = kind.rules.find(({ key }) => key === effective.rule)
                return rule && <Row key={rule.key} {...{ effective, rule, kind, facility, view }} onDone={() => void load()} />
              })}
            </tbody>
          </table>
        </section>
      )}
    </section>
  )
}

interface RowProps {
  effective: EffectiveRuleView
  rule: RuleView
  kind: KindView
  facility: FacilityView
  view: FacilityRulesView
  onDone: () => void
}

function Row({ effective, rule, kind, facility, view, onDone }: RowProps) {
  const [asking, ask] = useState(false)
  const point = kind.points.find(({ key }) => key === rule.points[0])
  const { enabled, priority, onDelay, offDelay, parameters } = effective
  const own = view.overrides.find((one) => one.rule === rule.key && one.facility === facility.id)
  return (
    <tr>
      <th scope="row">
        {say(rule.title)}
        {!enabled.value && (
          <>
            {' '}
            <span class="tag">{p().isOff}</span>
          </>
        )}
        {isChanged(enabled.source) && <Origin source={enabled.source} usual={enabled.usual ? p().on : p().off} />}
        {(rule.latching || !rule.shelvable) && (
          <p class="muted small">{[rule.latching && p().latching, !rule.shelvable && p().notShelvable].filter(Boolean).join(', ')}</p>
        )}
      </th>
      <td>
        <span class="with-symbol">
          <StateSymbol state={priority.value} size={16} />
          {t().priorities[priority.value]}
        </span>
        {isChanged(priority.source) && <Origin source={priority.source} usual={t().priorities[priority.usual]} />}
      </td>
      <td>
        <Parameters parameters={parameters} point={point} />
      </td>
      <td>
        {formatDuration(onDelay.value)}
        {isChanged(onDelay.source) && <Origin source={onDelay.source} usual={formatDuration(onDelay.usual)} />}
      </td>
      <td>
        {formatDuration(offDelay.value)}
        {isChanged(offDelay.source) && <Origin source={offDelay.source} usual={formatDuration(offDelay.usual)} />}
      </td>
      <td class="nowrap">
        <button type="button" class="button" onClick={() => ask(true)}>
          {p().change}…<span class="unseen"> {say(rule.title)}</span>
        </button>{' '}
        {own && <TakeBack override={own} title={say(rule.title)} onDone={onDone} />}
        {asking && (
          <OverrideDialog
            kind={kind}
            rule={rule}
            parameters={Object.fromEntries(parameters.map(({ name, value }) => [name, value]))}
            inForce={{ enabled: enabled.value, priority: priority.value, onDelay: onDelay.value, offDelay: offDelay.value }}
            choices={choicesOf(rule, kind, facility, view)}
            onDone={onDone}
            onClose={() => ask(false)}
          />
        )}
      </td>
    </tr>
  )
}

function Origin({ source, usual }: { source: Source; usual: string }) {
  return (
    <p class="small">
      <b>{sourceWords(source)}</b> <span class="muted">· {p().usually(usual)}</span>
    </p>
  )
}

const isLimit = (name: string) => name === 'high' || name === 'low'

/** The limit is what an engineer looks for. */
const limitsFirst = (parameters: EffectiveRuleView['parameters']) =>
  parameters.toSorted((a, b) => Number(isLimit(b.name)) - Number(isLimit(a.name)))

function Parameters({ parameters, point }: { parameters: EffectiveRuleView['parameters']; point: PointView | undefined }) {
  return (
    <ul>
      {limitsFirst(parameters).map(({ name, value, usual, source }) => (
        <li key={name}>
          {a().parameters[name] ?? name} <b>{formatParameter(name, value, point)}</b>
          {isChanged(source) && <Origin source={source} usual={formatParameter(name, usual, point)} />}
          {source.from === 'rated' && <span class="muted small"> · {sourceWords(source)}</span>}
        </li>
      ))}
    </ul>
  )
}

/** Nearest first: the facility itself, its groups, its kind. */
function choicesOf(rule: RuleView, kind: KindView, { id }: FacilityView, { overrides, groups }: FacilityRulesView): ScopeChoice[] {
  const mine = overrides.filter((one) => one.rule === rule.key)
  return [
    { scope: { facility: id }, title: p().forFacility(id), known: mine.find(({ facility }) => facility !== null) },
    ...groups.toReversed().map((group) => ({
      scope: { kind: kind.key, group },
      title: p().forGroup(say(kind.title), group),
      known: mine.find((one) => one.group === group && one.facility === null),
    })),
    {
      scope: { kind: kind.key },
      title: p().forKind(say(kind.title)),
      known: mine.find(({ facility, group }) => facility === null && group === null),
    },
  ]
}
