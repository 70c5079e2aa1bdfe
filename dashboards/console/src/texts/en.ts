import type { Priority } from '../../../../src/detection/rule.ts'
import type { AlarmView, FacilityState } from '../../../../src/edges/http/schemas.ts'
import type { Domain } from '../../../../src/facilities/facility-kind.ts'
import type { FacilityMode } from '../../../../src/facilities/plant.ts'
import type { LinkState } from '../live/live-state.ts'

type Named<K extends string> = Record<K, string>

const priorities: Named<Priority> = { critical: 'Critical', high: 'High', medium: 'Medium', low: 'Low' }
const facilityStates: Named<FacilityState> = {
  ...priorities,
  'no-report': 'No report',
  'out-of-service': 'Out of service',
  normal: 'Normal',
}
const alarmTags: Named<AlarmView['state']> = {
  unacknowledged: 'UNACK',
  acknowledged: 'ACK',
  'rtn-unacknowledged': 'GONE',
  latched: 'LATCHED',
  shelved: 'SHELVED',
  'suppressed-by-design': 'SUPPRESSED',
  'out-of-service': 'OUT OF SERVICE',
  normal: 'NORMAL',
}
const domains: Named<Domain> = {
  lighting: 'Lighting',
  cabinets: 'Cabinets',
  water: 'Water & drainage',
  gas: 'Gas',
  sewage: 'Sewage',
  waste: 'Waste',
  network: 'Network',
}
const modes: Named<FacilityMode> = { auto: 'Automatic', manual: 'Manual', maintenance: 'Maintenance', 'out-of-service': 'Out of service' }
const links: Named<LinkState> = { connecting: 'CONNECTING', live: 'LIVE', stale: 'STALE', disconnected: 'DISCONNECTED' }

/** Every text of the console; the other languages have the same keys or do not compile. */
export const en = {
  product: 'Lamplighter',
  pages: 'Pages',
  wall: 'Fault wall',
  facilityList: 'Facilities',
  groups: 'Groups & rules',
  alarmSystem: 'Alarm system',
  administration: 'Administration',
  pageBroken: 'This page could not be loaded. Perhaps the server was updated.',
  loadAgain: 'Load again',
  help: 'Help and keys',
  close: 'Close',
  cancel: 'Cancel',
  save: 'Save',
  done: 'Done.',
  more: 'More',
  loading: 'Loading…',
  yes: 'Yes',
  no: 'No',
  now: 'Now',
  time: 'Time',
  lightTheme: 'Light',
  darkTheme: 'Dark',

  signIn: 'Sign in',
  accountsOf: (name: string) => `${name}: account`,
  signOut: 'Sign out',
  name: 'Name',
  password: 'Password',
  noAnswer: 'The server did not answer. Nothing was changed.',
  waitingForServer: 'The server does not answer; trying again…',
  noSuchPage: 'There is no such page',

  links,
  perTenMinutes: 'alarms / 10 min',
  clockSkew: (by: string) => `This computer's clock is ${by} off`,
  staleBanner: (age: string) => `Last heartbeat ${age} ago. Do not rely on the values below.`,
  disconnectedBanner: (age: string) => `Connection lost ${age} ago. The values below are old; actions are refused until it is back.`,
  refusedDisconnected: 'Refused: the connection to the server is lost. Nothing was sent, nothing is kept for later.',
  floodBanner: (count: string) => `Alarm flood: ${count} alarms in 10 minutes. Work from the top: the most urgent come first.`,

  priorities,
  facilityStates,
  alarmTags,
  domains,
  modes,

  matrix: 'Alarms by domain and priority',
  matrixKey: 'unack / all',
  unackOfAll: (unacknowledged: number, all: number) => `${unacknowledged} unacknowledged of ${all}`,
  alarmList: 'Alarms',
  columns: ['Priority', 'Raised', 'Age', 'Area', 'Facility', 'Fault', 'Value', 'State'],
  filter: 'Filter',
  listCount: (unacknowledged: string, all: string) => `${unacknowledged} unack · ${all} standing`,
  shownOfFilter: (shown: string) => `${shown} shown`,
  collapsed: (medium: string, low: string) => `Flood: ${medium} medium and ${low} low ones are not listed`,
  showCollapsed: 'Show them',
  hideCollapsed: 'Only critical and high',
  acknowledgeVisible: 'Acknowledge visible',
  acknowledgedCount: (count: number) => (count === 1 ? 'Acknowledged.' : `${count} alarms acknowledged.`),
  rowsAbove: (count: string) => `${count} above`,
  noAlarms: 'No alarms. Everything that reports is within its limits.',
  noneMatches: 'No alarm matches the filter.',
  shelf: (count: string) => `Shelf (${count})`,
  andMore: (count: string) => `and ${count} more`,

  map: 'Map',
  legend: 'Legend',
  mapWords: (states: string) => `Map of all facilities. ${states}. The same as a table: page Facilities.`,
  facilitiesReporting: (total: string) => `${total} facilities reporting`,
  withoutPosition: (count: string) => `${count} without a position`,
  zoomIn: 'Zoom in',
  zoomOut: 'Zoom out',
  wholeCity: 'Whole city',
  asTable: 'As a table',

  lastDay: 'Last 24 h',
  raisedCount: (count: string) => `${count} alarms`,
  floodLine: 'flood: 10 in 10 min',
  timelineWords: (sum: string, at: string, most: string) =>
    `${sum} alarms in the last 24 hours; most in the quarter of an hour from ${at}: ${most}`,

  detail: 'Alarm',
  selectHint: 'Select an alarm: click a row, or press j and k.',
  mostUrgent: 'The most urgent one. To act, select it: click its row, or press j.',
  noSuchAlarm: (id: number) => `There is no alarm ${id}.`,
  raisedAt: (at: string) => `raised ${at}`,
  returnedAt: (at: string) => `back to normal ${at}`,
  endedAt: (at: string) => `ended ${at}`,
  acknowledge: 'Acknowledge',
  comment: 'Comment',
  shelve: 'Shelve',
  unshelve: 'Unshelve',
  reset: 'Reset',
  resetAsk: 'Ask for a reset',
  resetConfirm: 'Confirm the reset',
  resetAsked: (by: string, at: string) => `${by} asked for a reset at ${at}.`,
  resetAwaited: (at: string) => `You asked for a reset at ${at}. Another person must confirm it.`,
  escalatedFrom: (priority: string) => `was ${priority}`,
  chattering: 'CHATTERING',
  historical: 'LATE DATA',
  timeLeft: (left: string) => `${left} left`,
  timeOver: (by: string) => `OVER BY ${by}`,
  reason: 'Reason',
  neverShelved: 'May not be shelved.',
  takeOutOfService: 'Out of service',
  outOfServiceMeans:
    'The alarms of this facility leave the list and are counted on the shelf until it is back in service. Those that protect lives stay.',
  suppressedBy: {
    supply: 'Suppressed: it lacks supply because of',
    link: 'Suppressed: its reports do not come through because of',
    consequence: 'Suppressed: it follows from',
    late: 'Suppressed: its data came late, more recent ones are on their way.',
    mode: 'Suppressed: the facility is run by hand or under maintenance.',
  },
  suppressedUntil: (until: string) => `The cause is gone. It becomes an alarm of its own at ${until} if the fault is still there.`,
  affects: {
    supply: (count: string) => `${count} facilities without supply`,
    link: (count: string) => `${count} facilities whose reports do not come through`,
    both: (count: string) => `${count} facilities without supply or reports`,
  },
  affectsShort: (count: string) => `${count} affected`,
  range: (from: string, to: string, total: string) => `${from} to ${to} of ${total}`,
  shelvedUntil: (until: string, by: string) => `Shelved until ${until} by ${by}:`,
  acknowledgedBy: (by: string, at: string) => `Acknowledged by ${by}, ${at}.`,
  timeToAct: 'Act within',
  response: 'Response',
  cause: 'Likely cause',
  consequence: 'If nothing is done',
  trendNow: 'Last 30 min',
  trendAtAlarm: 'When it was raised',
  whenRaised: 'When it was raised',
  mode: 'Mode',
  badQuality: 'SENSOR FAULT',

  noReadings: 'No readings in this time.',
  plotWords: (names: string, facility: string) => `Plot of ${names} of ${facility}`,
  noAlarmsHere: 'None.',

  kind: 'Kind',
  previousPage: 'Back',
  nextPage: 'Next',
}

export type Texts = typeof en
