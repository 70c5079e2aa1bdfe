import type { KindView, RuleView } from '../../../../src/edges/http/schemas.ts'
import { formatDuration, formatMinutes } from '../format.ts'
import { say, t } from '../settings.ts'
import { TableHead } from '../shell/table-head.tsx'
import { StateSymbol } from '../symbols.tsx'
import { formatParameter } from '../wall/alarm-detail.tsx'

/** What the facility's kind watches for. */
export function Rules({ kind }: { kind: KindView }) {
  return (
    <section class="panel rules">
      <h2>{t().rules}</h2>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <section class="sideways" tabIndex={0} aria-label={t().rules}>
        <table class="grid-table">
          <TableHead titles={t().ruleColumns} />
          <tbody>
            {kind.rules.map((rule) => (
              <RuleRow key={rule.key} rule={rule} kind={kind} />
            ))}
          </tbody>
        </table>
      </section>
    </section>
  )
}

function RuleRow({ rule, kind }: { rule: RuleView; kind: KindView }) {
  const point = kind.points.find(({ key }) => key === rule.points[0])
  const names = rule.points
    .map((key) => kind.points.find((candidate) => candidate.key === key))
    .map((found) => (found ? say(found.title) : ''))
  const parameters = Object.entries(rule.parameters).map(
    ([name, value]) => `${t().parameters[name] ?? name} ${formatParameter(name, value, point)}`,
  )
  return (
    <tr>
      <td>
        <span class="with-symbol">
          <StateSymbol state={rule.priority} />
          {t().priorities[rule.priority]}
        </span>
      </td>
      <th scope="row">{say(rule.title)}</th>
      <td>{names.join(', ')}</td>
      <td>{parameters.join('; ')}</td>
      <td>
        {formatDuration(rule.onDelay)} / {formatDuration(rule.offDelay)}
      </td>
      <td>{formatMinutes(rule.timeToAct)}</td>
      <td>{[rule.latching && t().latching, !rule.shelvable && t().notShelvable].filter(Boolean).join(', ')}</td>
    </tr>
  )
}
