import { analog, digital, state, text } from '../../telemetry/point.ts'
import type { Terms } from '../facility-kind.ts'
import { hasIt, type RatedRanges } from '../rated-range.ts'
import { perItem, phases } from '../writing.ts'

const no = text('no', '否')
const yes = text('yes', '是')
const stopped = text('stopped', '停止')
const running = text('running', '运行')

export const points = {
  flow: analog(text('Flow', '流量'), 'm³/h', [0, 2000]),
  'inlet-pressure': analog(text('Inlet pressure', '进口压力'), 'MPa', [-0.1, 1.6], { normal: [0.05, 0.3], digits: 3 }),
  'outlet-pressure': analog(text('Outlet pressure', '出口压力'), 'MPa', [-0.1, 2.5], { normal: [0.2, 0.8], digits: 3 }),
  'pressure-setpoint': analog(text('Pressure setpoint', '压力设定'), 'MPa', [0, 2.5], { digits: 3 }),
  ...perItem('current-', phases, '', (p) =>
    analog(text(`Motor current ${p.toUpperCase()}`, `电机${p.toUpperCase()}相电流`), 'A', [0, 1000]),
  ),
  power: analog(text('Power', '功率'), 'kW', [0, 1000]),
  'winding-temperature': analog(text('Winding temperature', '绕组温度'), '°C', [-40, 250], { normal: [-20, 120] }),
  'bearing-temperature': analog(text('Bearing temperature', '轴承温度'), '°C', [-40, 200], { normal: [-20, 75] }),
  vibration: analog(text('Vibration', '振动'), 'mm/s', [0, 50], { normal: [0, 4.5], digits: 2 }),
  speed: analog(text('Speed', '转速频率'), 'Hz', [0, 60]),
  'run-command': digital(text('Run command', '运行指令'), stopped, running),
  running: digital(text('Pump', '水泵'), stopped, running),
  'wet-well-level': analog(text('Wet well level', '集水井液位'), 'm', [0, 10], { normal: [0.8, 3.5], digits: 2 }),
  'discharge-pressure': analog(text('Discharge pressure of the well pump', '排水泵出口压力'), 'MPa', [-0.1, 2.5], { digits: 3 }),
  'discharge-level': analog(text('Level at the outfall', '出水口水位'), 'm', [-20, 100], { digits: 2 }),
  rain: analog(text('Rain', '雨强'), 'mm/h', [0, 300]),
  'starts-per-hour': analog(text('Starts per hour', '每小时启动次数'), '1/h', [0, 120], { normal: [0, 10], digits: 0 }),
  'run-hours': analog(text('Run hours', '运行时间'), 'h', [0, 1e6], { digits: 0, counter: 'running' }),
  'seal-leak': digital(text('Seal leak', '机封泄漏'), no, yes),
  h2s: analog(text('Hydrogen sulphide', '硫化氢'), 'ppm', [0, 500], { normal: [0, 6] }),
  o2: analog(text('Oxygen', '氧气'), '%', [0, 25], { normal: [19.5, 23] }),
  'screen-head': analog(text('Head over the screen', '格栅前后液位差'), 'm', [0, 3], { normal: [0, 0.3], digits: 2 }),
  chlorine: analog(text('Residual chlorine', '余氯'), 'mg/L', [0, 10], { normal: [0.3, 2], digits: 2 }),
  turbidity: analog(text('Turbidity', '浊度'), 'NTU', [0, 100], { normal: [0, 1], digits: 2 }),
  ph: analog(text('pH', 'pH 值'), '', [0, 14], { normal: [6.5, 8.5], digits: 2 }),
  'network-pressure': analog(text('Pressure at the end of the network', '管网末端压力'), 'MPa', [0, 1.6], {
    normal: [0.14, 0.5],
    digits: 3,
  }),
  'pressure-pass-rate': analog(text('Network pressure pass rate of the last day', '近一日管网压力合格率'), '%', [0, 100], {
    normal: [97, 100],
    digits: 1,
  }),
  mode: state(text('Mode', '运行模式'), {
    auto: text('automatic', '自动'),
    manual: text('manual', '手动'),
    remote: text('remote', '远程'),
  }),
} as const

/**
 * flow in m³/h and current in A at 50 Hz; head is the rise of pressure at that flow and shut-off-head the one without flow,
 * both in MPa; outlet-pressure in MPa; the vibration limits in mm/s belong to the single pump.
 * drainage: 1 for a wet well, 0 for water supply. steady-duty: 1 where the pump turns at one speed against a fixed circuit,
 * so that a small lasting fall of its flow means something. well-area: m² of the wet well at its usual levels; gauge-height: m from the
 * zero of its level up to the gauge of the discharge pressure, 0 where there is none. discharge-level is counted from the same zero. report-interval in seconds.
 */
export const rated = {
  flow: 200,
  head: 0.42,
  'shut-off-head': 0.63,
  current: 60,
  'outlet-pressure': 0.45,
  'vibration-high': 4.5,
  'vibration-trip': 7.1,
  drainage: 0,
  'steady-duty': 0,
  'well-area': 13.3,
  'gauge-height': 0,
  'report-interval': 60,
} as const

export type PumpPoint = keyof typeof points
export type PumpRated = keyof typeof rated
export type Rated = Readonly<Record<PumpRated, number>>

export const ratedRanges: RatedRanges<PumpRated> = {
  flow: { least: 0.1, greatest: 2000, why: 'the flow meter reads up to 2000 m³/h' },
  head: { least: 0.01, greatest: 2, why: 'a pump raises the pressure by 1 to 200 m of water' },
  'shut-off-head': {
    least: { rated: 'head', times: 1 },
    greatest: { rated: 'head', times: 3 },
    why: 'the curve of a pump falls from its shut-off-head to its head',
  },
  current: { least: 0.1, greatest: 1000, why: 'the motor current is measured up to 1000 A' },
  'outlet-pressure': { least: 0.01, greatest: 2.1, why: '115 % of it, where its alarm is, must be within what the sensor reads, 2.5 MPa' },
  'vibration-high': { least: 0.5, greatest: 20, why: 'zone limits of machines lie between 0.7 and 18 mm/s (ISO 10816)' },
  'vibration-trip': {
    least: { rated: 'vibration-high', times: 1 },
    greatest: { rated: 'vibration-high', times: 2.5 },
    why: 'the zone limits of a machine lie next to each other, 1.6 times apart (ISO 10816)',
  },
  drainage: { ...hasIt, why: '1 for a wet well, 0 for water supply' },
  'steady-duty': { ...hasIt, why: '1 where the pump turns at one speed against a fixed circuit, 0 elsewhere' },
  'well-area': { least: 0.5, greatest: 5000, why: 'm²; what comes in is counted by it and by how fast the level rises' },
  'gauge-height': { least: 0, greatest: 100, why: 'm from the zero of the level in the well; 0 where no discharge pressure is measured' },
  'report-interval': { least: 1, greatest: 600, why: 'a pump station reports every 10 to 60 s, and every 10 min at least' },
}

export const variants = {
  'water-supply': { title: text('Water supply', '供水加压'), rated: { drainage: 0, head: 0.42, 'shut-off-head': 0.63 } },
  drainage: { title: text('Drainage', '排水'), rated: { drainage: 1, head: 0.2, 'shut-off-head': 0.3 } },
} as const

/** OPC 40223: browse names of MeasurementsType, VibrationMeasurementType, DriveMeasurementsType and the pump's actuation. */
export const terms: { readonly [K in PumpPoint]?: Terms } = {
  'inlet-pressure': { opcua: 'InletPressureOfTheInstallation' },
  'outlet-pressure': { opcua: 'OutletPressureOfTheInstallation' },
  power: { opcua: 'DriverPowerInput' },
  'winding-temperature': { opcua: 'MotorTemperature' },
  'bearing-temperature': { opcua: 'BearingTemperature' },
  vibration: { opcua: 'OverallVibrationVelocityRMS' },
  speed: { opcua: 'Frequency' },
  'run-command': { opcua: 'OnOff' },
  running: { opcua: 'PumpOperation' },
  'wet-well-level': { opcua: 'Level' },
  mode: { opcua: 'ActualOperationMode' },
  turbidity: { fiware: 'turbidity' },
  ph: { fiware: 'pH' },
}
