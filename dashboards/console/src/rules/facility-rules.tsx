import { useEffect, useState } from 'preact/hooks'
import type { EffectiveRuleView, FacilityRulesView } from '../../../../src/edges/http/rule-schemas.ts'
import type { FacilityView, KindView, PointView, RuleView } from '../../../../src/edges/http/schemas.ts'
import { formatParameter } from '../alarm/parameter-format.ts'
import { formatDuration, formatMinutes } from '../format.ts'
import { say, t } from '../settings.ts'
import { isLimited, may } from '../shell/access.ts'
import { explain } from '../shell/notice.tsx'
import { ScrollTable } from '../shell/scroll-table.tsx'
import { StateSymbol } from '../symbols.tsx'
import { a } from '../texts/alarm.ts'
import { f } from '../texts/facility.ts'
import { p } from '../texts/plant.ts'
import { inForceOf, withChanges } from './in-force.ts'
import { OverrideDialog, type ScopeChoice, TakeBack } from './override-dialog.tsx'
import { RuleGuidance } from './rule-guidance.tsx'
import { hoursWords, limitsFirst, modesWords, pointOf, stepsWords } from './rule-words.ts'
import { getRules } from './rules-api.ts'
import { changeOf, versionsPath } from './versions-path.ts'

type Source = EffectiveRuleView['enabled']['source']

const sourceWords = ({ from, group }: Source): string => (from === 'group' ? p().sourceOf.group(group ?? '') : p().sourceOf[from])
const isChanged = ({ from }: Source): boolean => from !== 'default' && from !== 'rated'

const sourcesOf = ({ enabled, priority, onDelay, offDelay, modes, hours, texts, parameters }: EffectiveRuleView): Source[] =>
  [enabled, priority, onDelay, offDelay, modes, hours, ...Object.values(texts), ...parameters].map(({ source }) => source)

/** What is in force of the rules for a facility, and where each part of it comes from. */
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
        <a class="button" href={versionsPath({ kind: kind.key, facility: facility.id })}>
          {p().versions}
        </a>
        <a class="button" href="/groups">
          {t().groups}
        </a>
      </div>
      {shown.length === 0 && <p class="muted">{p().noneChanged}</p>}
      {shown.length > 0 && (
        <ScrollTable label={p().effectiveRules} titles={p().effectiveColumns}>
          {shown.map((effective) => {
            const rule = kind.rules.find(({ key }) => key === effective.rule)
            return rule && <Row key={rule.key} {...{ effective, rule, kind, facility, view }} onDone={() => void load()} />
          })}
        </ScrollTable>
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
  const point = pointOf({ kind, rule })
  const { enabled, priority, onDelay, offDelay, parameters, texts } = effective
  const title = say(texts.title.value)
  const change = changeOf(effective.version)
  const own = view.overrides.find((one) => one.rule === rule.key && one.facility === facility.id)
  return (
    <tr>
      <th scope="row">
        {title}
        {!enabled.value && (
          <>
            {' '}
            <span class="tag">{p().isOff}</span>
          </>
        )}
        {isChanged(enabled.source) && <Origin source={enabled.source} usual={enabled.usual ? p().on : p().off} />}
        {isChanged(texts.title.source) && <Origin source={texts.title.source} usual={say(texts.title.usual)} />}
        {(rule.latching || !rule.shelvable) && (
          <p class="muted small">{[rule.latching && p().latching, !rule.shelvable && p().notShelvable].filter(Boolean).join(', ')}</p>
        )}
        {change !== null && (
          <p class="small roomy">
            <a href={versionsPath({ kind: kind.key, rule: rule.key }, change)}>{p().atVersion(effective.version)}</a>
          </p>
        )}
        <Counting effective={effective} />
        <Told texts={texts} />
        <Explained texts={texts} title={title} />
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
        {may('rule.edit') && (
          <button type="button" class="button" onClick={() => ask(true)}>
            {p().change}…<span class="unseen"> {title}</span>
          </button>
        )}{' '}
        {may('rule.edit') && own && <TakeBack override={own} title={title} onDone={onDone} />}{' '}
        <a class="button" href={versionsPath({ kind: kind.key, rule: rule.key, facility: facility.id })}>
          {p().versionsShort}
          <span class="unseen"> {title}</span>
        </a>
        {asking && (
          <OverrideDialog kind={kind} rule={rule} choices={choicesOf(effective, kind, view)} onDone={onDone} onClose={() => ask(false)} />
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

/** When it counts, unless that is always. */
function Counting({ effective: { modes, hours } }: { effective: EffectiveRuleView }) {
  return (
    <>
      {(modes.value !== null || isChanged(modes.source)) && (
        <p class="small">
          {p().inModes}: <b>{modesWords(modes.value)}</b>
        </p>
      )}
      {isChanged(modes.source) && <Origin source={modes.source} usual={modesWords(modes.usual)} />}
      {(hours.value !== null || isChanged(hours.source)) && (
        <p class="small">
          {p().inHours}: <b>{hoursWords(hours.value)}</b>
        </p>
      )}
      {isChanged(hours.source) && <Origin source={hours.source} usual={hoursWords(hours.usual)} />}
    </>
  )
}

/** What an operator is told of the fault, one click away. */
function Explained({ texts: { cause, consequence, response, timeToAct }, title }: { texts: EffectiveRuleView['texts']; title: string }) {
  return (
    <details class="small rule-told">
      <summary>
        {f().rulesFault}
        <span class="unseen"> {title}</span>
      </summary>
      <RuleGuidance texts={{ cause: cause.value, consequence: consequence.value, response: response.value, timeToAct: timeToAct.value }} />
    </details>
  )
}

/** What an operator is told, as far as it was changed; the title stands above. */
function Told({ texts: { cause, consequence, response, timeToAct } }: { texts: EffectiveRuleView['texts'] }) {
  const steps = (list: EffectiveRuleView['texts']['response']['value']) => stepsWords(list.map(say))
  const told = [
    { name: t().cause, value: say(cause.value), usual: say(cause.usual), source: cause.source },
    { name: t().consequence, value: say(consequence.value), usual: say(consequence.usual), source: consequence.source },
    { name: t().response, value: steps(response.value), usual: steps(response.usual), source: response.source },
    {
      name: t().timeToAct,
      value: formatMinutes(timeToAct.value),
      usual: formatMinutes(timeToAct.usual),
      source: timeToAct.source,
    },
  ].filter(({ source }) => isChanged(source))
  if (told.length === 0) return null
  return (
    <details class="small">
      <summary>{p().toldOtherwise(told.map(({ name }) => name).join(p().comma))}</summary>
      <ul class="changes">
        {told.map(({ name, value, usual, source }) => (
          <li key={name}>
            {name}: <b>{value}</b>
            <Origin source={source} usual={usual} />
          </li>
        ))}
      </ul>
    </details>
  )
}

function Parameters({ parameters, point }: { parameters: EffectiveRuleView['parameters']; point: PointView | undefined }) {
  return (
    <ul>
      {limitsFirst(parameters.map((one) => [one.name, one] as const)).map(([name, { value, usual, source }]) => (
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
function choicesOf(effective: EffectiveRuleView, kind: KindView, { facility: id, overrides, groups }: FacilityRulesView): ScopeChoice[] {
  const mine = overrides.filter((one) => one.rule === effective.rule)
  /** Without what is stronger there. */
  const inForceFor = (group: string | null) => {
    const weaker = mine.filter((one) => one.facility === null && (one.group === null || one.group === group))
    return withChanges(
      inForceOf(effective, 'usual'),
      weaker.map(({ changes }) => changes),
    )
  }
  // Who is limited changes nothing of what counts elsewhere too.
  const own = {
    scope: { facility: id },
    title: p().forFacility(id),
    known: mine.find(({ facility }) => facility !== null),
    inForce: inForceOf(effective),
  }
  if (isLimited()) return [own]
  return [
    own,
    ...groups.toReversed().map((group) => ({
      scope: { kind: kind.key, group },
      title: p().forGroup(say(kind.title), group),
      known: mine.find((one) => one.group === group && one.facility === null),
      inForce: inForceFor(group),
    })),
    {
      scope: { kind: kind.key },
      title: p().forKind(say(kind.title)),
      known: mine.find(({ facility, group }) => facility === null && group === null),
      inForce: inForceFor(null),
    },
  ]
}
