import type { SimulatedFacilityInput } from '../../simulators/device.ts'
import { simulatedFacilities } from '../../simulators/plant-source.ts'
import { defineFacilityKind } from '../../src/facilities/facility-kind.ts'
import { analog, text } from '../../src/telemetry/point.ts'

/** The smallest kind a fleet can run: a tank whose level wanders, and two faults. */
export const tank = defineFacilityKind({
  key: 'tank',
  domain: 'water',
  title: text('Tank', '水箱'),
  rated: { height: 4 },
  points: { level: analog(text('Level', '液位'), 'm', [0, 10]), outdoor: analog(text('Outdoors', '室外'), '°C', [-60, 60]) },
  rules: () => ({}),
  panel: { gauges: ['level'], trends: [['level', 'outdoor']], headline: 'level' },
  simulation: {
    period: 60_000,
    faults: {
      overfull: { title: text('Overfull', '溢满'), raises: ['sensor-fault'], within: 60_000 },
      silent: { title: text('Silent', '无声'), raises: ['sensor-fault'], within: 60_000 },
      high: { title: text('High', '过高'), raises: ['sensor-fault'], within: 60_000, needs: { height: 9 } },
    },
    create(facility, random) {
      let level = facility.rated.height * random()
      return (world) => {
        if (world.fault('silent') > 0) return null
        level += (world.random() - 0.5) * 0.1 + world.elapsed * 1e-9
        return { level: level + 5 * world.fault('overfull'), outdoor: world.temperature > 100 ? null : world.temperature }
      }
    },
  },
})

export const tanks = (count: number, gateway: string | null = null): SimulatedFacilityInput[] =>
  simulatedFacilities(
    Array.from({ length: count }, (_, i) => ({ id: `T-${i + 1}`, kind: 'tank', gateway })),
    new Map([[tank.key, tank]]),
  )
