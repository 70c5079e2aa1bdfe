import { hours, minutes, seconds } from '../../telemetry/duration.ts'
import { text } from '../../telemetry/point.ts'
import type { SimulatedFault, SimulatedWorld, Simulation } from '../facility-kind.ts'
import { clamp, noise, round } from '../physics.ts'
import type { ServerPoint } from './points.ts'

export const faults = {
  'store-away': { title: text('Database stopped', '数据库停止'), raises: ['store-away', 'journal-filling'], within: minutes(3) },
  'store-slow': { title: text('Database too slow', '数据库过慢'), raises: ['storage-behind', 'journal-filling'], within: minutes(45) },
  'journal-filling': { title: text('Journal half full', '日志队列过半'), raises: ['journal-filling'], within: minutes(2) },
  'journal-nearly-full': {
    title: text('Journal nearly full', '日志队列将满'),
    raises: ['journal-nearly-full', 'journal-filling'],
    within: minutes(2),
  },
  'journal-full': {
    title: text('Database away past the bound of the journal', '数据库停用超出队列上限'),
    raises: ['telemetry-given-up', 'store-away', 'journal-nearly-full', 'journal-filling'],
    within: minutes(1),
  },
  'disk-broken': { title: text('Disk takes no writes', '磁盘无法写入'), raises: ['journal-unwritable'], within: minutes(1) },
  'disk-filling': { title: text('Disk fills', '磁盘空间偏低'), raises: ['disk-low'], within: minutes(1) },
  'disk-full': { title: text('Disk nearly full', '磁盘将满'), raises: ['disk-nearly-full', 'disk-low'], within: minutes(1) },
  'values-refused': { title: text('Database refuses values', '数据库拒收数据'), raises: ['set-aside'], within: minutes(1) },
  'clock-wrong': { title: text('Clock of the machine wrong', '服务器时钟错误'), raises: ['readings-left-out'], within: minutes(1) },
  'backup-missed': { title: text('No backup for days', '数日未备份'), raises: ['backup-missed'], within: minutes(35) },
  'certificate-forgotten': { title: text('Certificate not renewed', '证书未续期'), raises: ['certificate-ends-soon'], within: minutes(3) },
  'certificate-ended': {
    title: text('Certificate ended', '证书已过期'),
    raises: ['certificate-ends', 'certificate-ends-soon'],
    within: minutes(3),
  },
  'memory-leak': { title: text('Memory used up', '内存耗尽'), raises: ['memory-high'], within: minutes(6) },
  overload: { title: text('Machine overloaded', '主机过载'), raises: ['loop-stalled', 'loop-slow'], within: minutes(2) },
  slow: { title: text('Machine slow', '主机变慢'), raises: ['loop-slow'], within: minutes(5) },
  'bad-gateway': { title: text('Gateway sends rubbish', '网关乱发报文'), raises: ['messages-refused'], within: minutes(12) },
} as const satisfies Record<string, SimulatedFault>

/** A machine for a city of some ten thousand facilities. */
const MACHINE = { memory: 16_384, disk: 500, journal: 2048 } as const
/** Bytes of a message in the journal, and what the journal keeps of what is stored long since. */
const MESSAGE_MB = 300 / 1_048_576
const KEPT_MB = 70

interface State {
  memory: number
  /** Messages that wait for the store, and since when, ms; `lag` is the age of the oldest. */
  backlog: number
  lag: number
  givenUp: number
  diskUsed: number
  /** h since the last backup, of which there is one each day. */
  backupAge: number
}

/** What waits grows while the store takes less than comes in; once it is well again it catches up at four times the rate. */
function store(state: State, world: SimulatedWorld, rate: number): void {
  const taken = world.fault('store-away') > 0 || world.fault('journal-full') > 0 ? 0 : 1 - world.fault('store-slow')
  const arriving = (rate * world.elapsed) / 1000
  state.backlog = taken < 1 ? state.backlog + arriving * (1 - taken) : Math.max(rate / 2, state.backlog - 4 * arriving)
  state.lag = taken < 1 ? state.lag + (world.elapsed / 1000) * (1 - taken) : Math.min(state.lag, state.backlog / rate)
  if (world.fault('journal-full') > 0) state.givenUp += Math.ceil(arriving)
}

function journalFill({ backlog }: State, { fault }: SimulatedWorld): number {
  const used = (100 * (KEPT_MB + backlog * MESSAGE_MB)) / MACHINE.journal
  const forced = 60 * fault('journal-filling') + 90 * fault('journal-nearly-full') + 99 * fault('journal-full')
  return Math.max(used, forced)
}

function diskFree({ diskUsed }: State, { fault }: SimulatedWorld): number {
  const free = MACHINE.disk - diskUsed
  return fault('disk-full') > 0 ? 0.01 * MACHINE.disk : fault('disk-filling') > 0 ? 0.09 * MACHINE.disk : free
}

export const simulation: Simulation<ServerPoint, never> = {
  period: seconds(10),
  faults,
  create(_facility, random) {
    const state: State = {
      memory: 900 + 200 * random(),
      backlog: 0,
      lag: 1,
      givenUp: 0,
      diskUsed: 150 + 50 * random(),
      backupAge: 24 * random(),
    }
    const certificateDays = 60 + Math.floor(300 * random())
    const clients = 200 + Math.floor(100 * random())
    return (world) => {
      const { fault } = world
      const rate = Math.max(1, 300 + 200 * world.demand + noise(world.random, 20))
      store(state, world, rate)
      state.memory = clamp(state.memory + noise(world.random, 15), 700, 2000)
      state.diskUsed = Math.min(200, state.diskUsed + world.elapsed * 1e-9)
      state.backupAge = (state.backupAge + world.elapsed / hours(1)) % 24
      const memory = fault('memory-leak') > 0 ? 0.93 * MACHINE.memory : state.memory
      const free = diskFree(state, world)
      const givenUp = fault('journal-full') > 0 ? state.givenUp : 0
      return {
        'journal-writable': fault('disk-broken') === 0,
        'journal-fill': round(journalFill(state, world), 1),
        'given-up': state.givenUp,
        'given-up-hour': givenUp,
        'store-reachable': fault('store-away') === 0 && fault('journal-full') === 0,
        'storage-lag': Math.round(state.lag),
        'storage-backlog': Math.round(state.backlog),
        'set-aside': fault('values-refused') > 0 ? 4200 : 0,
        'left-out-hour': fault('clock-wrong') > 0 ? 900 : 0,
        'disk-free': round(free, 2),
        'disk-free-share': round((100 * free) / MACHINE.disk, 1),
        'backup-age': round(state.backupAge + 72 * fault('backup-missed'), 1),
        'certificate-days': fault('certificate-ended') > 0 ? -0.5 : fault('certificate-forgotten') > 0 ? 20 : certificateDays,
        memory: Math.round(memory),
        'memory-share': round((100 * memory) / MACHINE.memory, 1),
        'loop-delay': round(Math.max(0, 8 + noise(world.random, 6)) + 400 * fault('slow') + 2500 * fault('overload'), 1),
        cpu: Math.round(25 + 15 * world.demand + noise(world.random, 5) + 60 * fault('overload')),
        'messages-rate': round(rate, 1),
        'rejected-rate': round(40 * fault('bad-gateway') + (world.random() < 0.02 ? 1 : 0), 1),
        'mqtt-clients': clients,
      }
    }
  },
}
