import type { RuleBuilders } from '../../detection/builders.ts'
import { above, all, below, certainly, is, not } from '../../detection/expression.ts'
import type { RuleOptions } from '../../detection/rule.ts'
import { minutes, seconds } from '../../telemetry/duration.ts'
import { inEach, perItem } from '../writing.ts'
import * as texts from './circuit-texts.ts'
import { type CabinetPoint, type CabinetRated, type Circuit, circuits, phaseOf } from './points.ts'

/** What makes a circuit dark before its own current can tell. */
export const darkens = (n: Circuit) => ['mains-lost', `phase-loss-${phaseOf(n)}`, `breaker-tripped-${n}`, `contactor-open-${n}`]

/** Less current than this is none, A. */
const CLOSED_BELOW = 0.2

/** Circuits are lamp counters: what is missing of a circuit's usual current, divided by the current of one lamp. */
function lampRules(build: RuleBuilders<CabinetPoint, CabinetRated>) {
  const counter = (n: Circuit) =>
    ({
      point: `circuit-${n}-current`,
      circuit: n,
      voltage: `voltage-${phaseOf(n)}`,
      step: 'dimming',
      only: all(
        not(below(`circuit-${n}-current`, CLOSED_BELOW)),
        not(certainly(is(`circuit-${n}-contactor`, 0))),
        not(certainly(is(`circuit-${n}-tripped`, 1))),
      ),
      lamp: (rated) => rated['lamp-current'],
      lamps: 1.5,
      nights: 3,
      settling: minutes(15),
    }) satisfies Omit<Parameters<typeof build.reference>[0], keyof RuleOptions | 'share' | 'period'>
  return {
    ...perItem('many-lamps-out-', circuits, '', (n) =>
      build.reference({
        ...texts.manyLampsOut(n),
        ...counter(n),
        version: 2,
        priority: 'high',
        share: 0.25,
        period: minutes(3),
        consequenceOf: [...darkens(n), `open-circuit-${n}`],
      }),
    ),
    ...perItem('few-lamps-out-', circuits, '', (n) =>
      build.reference({
        ...texts.fewLampsOut(n),
        ...counter(n),
        version: 2,
        priority: 'medium',
        share: 0.1,
        period: minutes(5),
        consequenceOf: [...darkens(n), `open-circuit-${n}`, `many-lamps-out-${n}`],
      }),
    ),
  }
}

/** The rules every circuit has; circuits a cabinet does not have report nothing and are not judged. */
export function circuitRules(build: RuleBuilders<CabinetPoint, CabinetRated>) {
  const supplyOf = (n: Circuit) => ({ of: ['supply'], circuits: [n] }) as const
  return {
    ...perItem('open-circuit-', circuits, '', (n) =>
      build.condition({
        ...texts.openCircuit(n),
        priority: 'critical',
        when: all(below(`circuit-${n}-current`, 'closedBelow'), is(`circuit-${n}-contactor`, 1), is(`circuit-${n}-tripped`, 0)),
        // Closed by day, by a command or for what else hangs on it, while its lamps keep to their own programme.
        explained: (view, at) => view.isAskedDark(n, at),
        onDelay: seconds(30),
        parameters: { closedBelow: CLOSED_BELOW },
        consequenceOf: darkens(n),
        deprives: supplyOf(n),
      }),
    ),
    ...perItem('unexpected-load-', circuits, '', (n) =>
      build.condition({
        ...texts.unexpectedLoad(n),
        priority: 'medium',
        when: all(above(`circuit-${n}-current`, 'openAbove'), is(`circuit-${n}-contactor`, 0)),
        onDelay: seconds(30),
        parameters: { openAbove: 0.5 },
      }),
    ),
    ...perItem('contactor-open-', circuits, '', (n) =>
      build.condition({
        ...texts.contactorOpen(n),
        priority: 'high',
        when: all(is(`circuit-${n}-contactor`, 0), is(`circuit-${n}-command`, 1)),
        onDelay: seconds(10),
        consequenceOf: ['mains-lost'],
        deprives: supplyOf(n),
      }),
    ),
    ...perItem('contactor-welded-', circuits, '', (n) =>
      build.condition({
        ...texts.contactorWelded(n),
        priority: 'medium',
        when: all(is(`circuit-${n}-contactor`, 1), is(`circuit-${n}-command`, 0)),
        onDelay: seconds(10),
      }),
    ),
    ...perItem('breaker-tripped-', circuits, '', (n) =>
      build.condition({
        ...texts.breakerTripped(n),
        priority: 'high',
        when: is(`circuit-${n}-tripped`, 1),
        deprives: supplyOf(n),
      }),
    ),
    ...inEach(circuits, (n) =>
      build.levels({
        point: `circuit-${n}-leakage`,
        latching: true,
        shelvable: false,
        highHigh: { key: `leakage-${n}`, ...texts.leakage(n), priority: 'critical', limit: 300, deadband: 20 },
        high: {
          key: `leakage-rising-${n}`,
          ...texts.leakageRising(n),
          priority: 'critical',
          limit: 100,
          deadband: 10,
          onDelay: seconds(10),
        },
      }),
    ),
    ...lampRules(build),
  }
}
