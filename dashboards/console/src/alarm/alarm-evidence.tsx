import type { ComponentChildren } from 'preact'
import type { AlarmView, RuleView } from '../../../../src/edges/http/schemas.ts'
import { formatDuration, formatWithUnit } from '../format.ts'
import { kinds } from '../live/live.ts'
import { changeOf, versionsPath } from '../rules/versions-path.ts'
import { say, t } from '../settings.ts'
import { a } from '../texts/alarm.ts'
import { contributionsOf, isOfOnePoint } from './contribution.ts'
import { Contributions } from './contributions.tsx'
import { formatParameter } from './parameter-format.ts'

/** What the rule saw when it fired, frozen with the alarm. */
export function Evidence({ alarm, rule }: { alarm: AlarmView; rule: RuleView | undefined }) {
  const points = kinds.value.get(alarm.kind)?.points ?? []
  const unitPoint = points.find(({ key }) => key === rule?.points[0])
  const contributions = contributionsOf(alarm.evidence)
  const plainFigures = Object.entries(alarm.evidence.figures).filter(([name]) => contributions.length === 0 || !isOfOnePoint(name))
  return (
    <details open>
      <summary>{a().evidence}</summary>
      <Contributions list={contributions} points={points} />
      <dl class="facts">
        {Object.entries(alarm.evidence.values).map(([key, value]) => {
          const point = points.find((candidate) => candidate.key === key)
          return <Fact key={key} name={point ? say(point.title) : key} value={formatWithUnit(point, value)} />
        })}
        {plainFigures.map(([name, value]) => (
          <Fact key={name} name={a().figures[name] ?? name} value={formatParameter(name, value, unitPoint)} />
        ))}
        {Object.entries(alarm.evidence.parameters).map(([name, value]) => (
          <Fact key={name} name={a().parameters[name] ?? name} value={formatParameter(name, value, unitPoint)} />
        ))}
        <Fact name={a().delays} value={`${formatDuration(alarm.evidence.onDelay)} / ${formatDuration(alarm.evidence.offDelay)}`} />
        {alarm.evidence.ruleVersion && <Fact name={a().ruleVersion} value={<RuleVersion alarm={alarm} />} />}
        <Fact name={t().mode} value={t().modes[alarm.evidence.mode as keyof ReturnType<typeof t>['modes']] ?? alarm.evidence.mode} />
      </dl>
    </details>
  )
}

/** What engineers had changed by then, where they had, leads to that change. */
function RuleVersion({ alarm: { kind, rule, evidence } }: { alarm: AlarmView }) {
  const change = changeOf(evidence.ruleVersion)
  return change === null ? evidence.ruleVersion : <a href={versionsPath({ kind, rule }, change)}>{evidence.ruleVersion}</a>
}

const Fact = ({ name, value }: { name: string; value: ComponentChildren }) => (
  <>
    <dt>{name}</dt>
    <dd>{value}</dd>
  </>
)
