import type { Text } from '../telemetry/point.ts'

/** What accounts are for. */
export const roles = {
  viewer: { zh: '查看者', en: 'Viewer' },
  wall: { zh: '大屏', en: 'Wall' },
  operator: { zh: '值班员', en: 'Operator' },
  dispatcher: { zh: '调度员', en: 'Dispatcher' },
  crew: { zh: '维修人员', en: 'Crew' },
  engineer: { zh: '工程师', en: 'Engineer' },
  admin: { zh: '管理员', en: 'Administrator' },
} as const satisfies Record<string, Text>
export type Role = keyof typeof roles

export const isRole = (text: string): text is Role => Object.hasOwn(roles, text)

const everybody = Object.keys(roles) as Role[]
const controlRoom = ['operator', 'dispatcher', 'engineer', 'admin'] as const
const dispatching = ['operator', 'dispatcher', 'admin'] as const
const engineering = ['engineer', 'admin'] as const

/** Who may do what: the one table from which the server, the live events, the console and the tests take it. What stands nowhere is refused. */
export const permissions = {
  /** Facilities, alarms, readings and rules. */
  'city.read': everybody,
  /** Acknowledge, comment, reset. */
  'alarm.answer': controlRoom,
  'alarm.shelve': controlRoom,
  'alarm.policy': engineering,
  /** Keep views of the list of alarms for oneself. */
  'view.keep': everybody.filter((role) => role !== 'wall'),
  /** Let others find them. */
  'view.share': ['dispatcher', 'engineer', 'admin'],
  /** The board of orders, their logs and photos. */
  'order.read': ['operator', 'dispatcher', 'crew', 'engineer', 'admin'],
  /** Make orders, send crews, verify, close and reopen. */
  'order.dispatch': dispatching,
  /** Carry an order out, as a member of the crew that has it. */
  'order.work': ['dispatcher', 'crew', 'admin'],
  /** Crews, shifts, and how orders go out. */
  'roster.manage': ['dispatcher', 'admin'],
  /** Where messages go, and what became of them. */
  'channel.manage': engineering,
  /** Take down what citizens tell by telephone. */
  'report.enter': dispatching,
  /** Tell facilities what to do. */
  'command.send': controlRoom,
  'facility.mode': controlRoom,
  /** Lighting programmes, calendars, and who has which. */
  'programme.edit': ['dispatcher', 'engineer', 'admin'],
  /** Another light for a time. */
  'programme.override': controlRoom,
  /** Plans of patrols, disinfection, inspection and maintenance. */
  'round.manage': ['dispatcher', 'admin'],
  /** Check in on a round and enter what is read there. */
  'round.walk': ['operator', 'dispatcher', 'crew', 'admin'],
  /** What an emergency plan will do. */
  'plan.edit': ['dispatcher', 'engineer', 'admin'],
  'plan.activate': controlRoom,
  /** Laboratory results, deliveries and other readings that no sensor sends. */
  'reading.enter': ['operator', 'dispatcher', 'engineer', 'admin'],
  'duty-report.sign': controlRoom,
  /** Register, change, remove and import facilities. */
  'facility.edit': engineering,
  'rule.edit': engineering,
  /** Back-tests and reviews of floods. */
  'backtest.run': engineering,
  'telemetry.export': ['dispatcher', 'engineer', 'admin'],
  'telemetry.import': engineering,
  'storage.read': ['dispatcher', 'engineer', 'admin'],
  'storage.manage': engineering,
  /** What devices send: refused messages, connections, the live tap. */
  'traffic.read': ['operator', 'dispatcher', 'engineer', 'admin'],
  /** Credentials, device profiles, payload codecs and connections to other brokers. */
  'device.read': engineering,
  'device.manage': engineering,
  'account.manage': ['admin'],
  'audit.read': ['dispatcher', 'admin'],
  /** Figures and problems of the service. */
  'service.read': ['dispatcher', 'engineer', 'admin'],
  /** One's own password and second factor; a wall hangs where anybody passes. */
  'own.change': everybody.filter((role) => role !== 'wall'),
} as const satisfies Record<string, readonly Role[]>
export type Permission = keyof typeof permissions

const ofRole = new Map(
  everybody.map((role) => [
    role,
    new Set((Object.keys(permissions) as Permission[]).filter((permission) => (permissions[permission] as readonly Role[]).includes(role))),
  ]),
)

export const permissionsOf = (role: Role): ReadonlySet<Permission> => ofRole.get(role) as ReadonlySet<Permission>

/** Roles whose password alone must not be enough: what they can do reaches far. */
export const needsSecondFactor = (role: Role): boolean => role === 'dispatcher' || role === 'engineer' || role === 'admin'

/** Whether whoever has one role may do all that the other one allows. */
export const includesRole = (role: Role, other: Role): boolean =>
  [...permissionsOf(other)].every((permission) => permissionsOf(role).has(permission))
