import { hours, minutes } from '../../telemetry/duration.ts'
import { text } from '../../telemetry/point.ts'
import type { SimulatedFault } from '../facility-kind.ts'

/** Durations of `within` hold for a report every five minutes. */
export const faults = {
  'lamp-failure': { title: text('LED module dead', 'LED 模组损坏'), raises: ['lamp-failure'], shows: 'by-night', within: minutes(11) },
  'day-burner': {
    title: text('Burns although switched off', '关灯后仍亮'),
    raises: ['day-burner', 'relay-failure'],
    shows: 'by-day',
    within: minutes(11),
  },
  'relay-failure': {
    title: text('Relay does not close', '继电器不吸合'),
    raises: ['relay-failure'],
    shows: 'by-night',
    within: minutes(7),
  },
  'dimming-failure': {
    title: text('Dimming stays at half', '调光停在一半'),
    raises: ['dimming-failure'],
    shows: 'by-night',
    within: minutes(7),
  },
  'control-gear-failure': {
    title: text('Control gear silent', '控制装置失联'),
    raises: ['control-gear-failure', 'dimming-failure'],
    shows: 'by-night',
    within: minutes(11),
  },
  'thermal-derating': {
    title: text('Heat sink blocked', '散热受阻'),
    raises: ['thermal-derating', 'dimming-failure', 'driver-hot'],
    shows: 'by-night',
    within: minutes(11),
  },
  cycling: {
    title: text('Goes on and off', '频繁开关'),
    raises: ['cycling', 'lamp-failure', 'relay-failure'],
    shows: 'by-night',
    within: minutes(40),
  },
  'over-power': { title: text('Foreign load', '私接负载'), raises: ['over-power', 'day-burner'], shows: 'by-night', within: minutes(16) },
  'under-power': {
    title: text('Half of the modules dark', '部分模组不亮'),
    raises: ['under-power'],
    shows: 'by-night',
    within: minutes(16),
  },
  'low-power-factor': {
    title: text('Driver input ageing', '驱动器输入级老化'),
    raises: ['low-power-factor'],
    shows: 'by-night',
    within: minutes(16),
  },
  'over-voltage': { title: text('Broken neutral', '零线断开'), raises: ['voltage-high-high', 'voltage-high'], within: minutes(6) },
  'under-voltage': { title: text('Corroded joint', '接头锈蚀'), raises: ['voltage-low-low', 'voltage-low'], within: minutes(6) },
  'supply-loss': { title: text('Fuse blown', '熔断器熔断'), raises: ['supply-loss', 'communication-loss'], within: minutes(6) },
  leakage: { title: text('Insulation damaged', '绝缘破损'), raises: ['leakage', 'leakage-rising'], within: minutes(6) },
  'insulation-damp': { title: text('Joint box damp', '接线盒受潮'), raises: ['leakage-rising'], within: minutes(6) },
  impact: { title: text('Pole struck', '灯杆被撞'), raises: ['impact', 'tilt'], within: minutes(6) },
  leaning: { title: text('Foundation settles', '基础沉降'), raises: ['tilt'], within: minutes(8) },
  overheating: { title: text('Driver overheats', '驱动器过热'), raises: ['driver-overheated', 'driver-hot'], within: minutes(6) },
  'past-life': { title: text('Lamp past its life', '灯具超期服役'), raises: ['replacement-due'], within: minutes(6) },
  'weak-signal': { title: text('Antenna covered', '天线被遮挡'), raises: ['weak-signal'], within: minutes(67) },
  'communication-loss': { title: text('No reports', '通信中断'), raises: ['communication-loss'], within: minutes(50) },
  'stuck-voltage': { title: text('Voltage reading frozen', '电压读数冻结'), raises: ['voltage-stuck'], within: hours(6) + minutes(6) },
  'impossible-temperature': {
    title: text('Temperature reading impossible', '温度读数不可能'),
    raises: ['sensor-fault'],
    within: minutes(6),
  },
} as const satisfies Record<string, SimulatedFault>

export type FaultName = keyof typeof faults
