import type { EffectiveRuleView } from '../../../../src/edges/http/rule-schemas.ts'
import type { FacilityDetail, KindView } from '../../../../src/edges/http/schemas.ts'
import { FacilityCommands } from '../commands/facility-commands.tsx'
import { alarms, serverNow } from '../live/live.ts'
import type { Said } from '../mimic/element-state.ts'
import { pointsOf } from '../mimic/layout.ts'
import { MimicPicture } from '../mimic/mimic-picture.tsx'
import { query, setQuery } from '../shell/router.ts'
import { f } from '../texts/facility.ts'
import { compareAlarms, isListed } from '../wall/alarm-order.ts'
import { ChildrenStates } from './children-states.tsx'
import { Description } from './description.tsx'
import { PastAlarms, StandingAlarms } from './facility-alarms.tsx'
import { skewOf } from './freshness.ts'
import { Glossary } from './glossary.tsx'
import { HeartbeatStrip } from './heartbeat-strip.tsx'
import { Learned } from './learned.tsx'
import { limitsByPoint, oldAfterOf } from './limits.ts'
import { Chain } from './supply.tsx'
import { Suppressed } from './suppressed.tsx'
import { Trends } from './trends.tsx'
import { latestOf } from './use-facility.ts'
import { Values } from './values.tsx'

interface OverviewProps {
  detail: FacilityDetail
  kind: KindView
  inForce: readonly EffectiveRuleView[] | null
}

/** Everything about a facility at a glance: its picture, reports, alarms and values first, what explains them below. */
export function Overview({ detail, kind, inForce }: OverviewProps) {
  const { facility } = detail
  const { mimic } = kind.panel
  const limits = limitsByPoint(kind, inForce)
  const own = [...alarms.value.values()].filter(({ facility: id }) => id === facility.id).sort(compareAlarms)
  const said: Said = {
    points: new Map(kind.points.map((point) => [point.key, point])),
    latest: latestOf(detail),
    now: serverNow.value,
    skew: skewOf(detail),
    oldAfter: oldAfterOf(kind, inForce),
  }
  const asked = query.value.get('element')
  const element = mimic?.elements.find(({ key }) => key === asked)
  const choose = (key: string | null) => setQuery('element', key)
  const chosen = element ? { title: element.title, points: pointsOf(element) } : null
  const values = <Values {...{ detail, kind, said, limits, chosen }} onAll={() => choose(null)} />
  const around = (
    <>
      {kind.commands.length > 0 && <FacilityCommands detail={detail} kind={kind} />}
      <Suppressed id={facility.id} own={own} />
      <ChildrenStates id={facility.id} />
      <Chain detail={detail} />
      <PastAlarms id={facility.id} standing={own.length} />
      <Learned detail={detail} kind={kind} />
      <Description facility={facility} kind={kind} />
    </>
  )
  return (
    <>
      <div class={`facility-glance ${mimic ? '' : 'plain'}`}>
        <div class="stack">
          {mimic ? (
            <MimicPicture
              {...{ mimic, kind, said, limits }}
              rated={{ ...kind.rated, ...facility.rated }}
              alarms={own.filter(isListed)}
              chosen={element?.key ?? null}
              onChoose={choose}
            />
          ) : (
            values
          )}
          <HeartbeatStrip id={facility.id} />
        </div>
        <div class="side">
          <StandingAlarms alarms={own} />
          {mimic ? values : around}
        </div>
      </div>
      <div class={mimic ? 'columns' : 'stack'}>
        {mimic && <div class="stack">{around}</div>}
        <div class="stack">
          <Trends kind={kind} facility={facility.id} limits={limits} />
          <Glossary kind={kind} />
        </div>
      </div>
      <p class="muted small">{f().keysHint}</p>
    </>
  )
}
