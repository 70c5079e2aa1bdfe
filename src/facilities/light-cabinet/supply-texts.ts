import { advise, type Phase } from '../writing.ts'

const upper = (p: Phase) => p.toUpperCase()

export const phaseLoss = (p: Phase) =>
  advise(
    [`Phase ${upper(p)} lost`, `${upper(p)} 相缺相`],
    15,
    ['Fuse of the supply blown, transformer or mains fault.', '进线熔断器熔断、变压器或电网故障。'],
    ['A third of the lamps is dark; the other phases may see overvoltage.', '三分之一灯具熄灭，其余两相可能过压。'],
    ['Ask the electricity company whether the mains has failed.', '向供电公司确认电网是否停电。'],
    ['If not, send a crew to the fuses of the cabinet.', '若非电网故障，派人检查柜内进线熔断器。'],
  )
export const overVoltage = (p: Phase) =>
  advise(
    [`Phase ${upper(p)} voltage high`, `${upper(p)} 相电压偏高`],
    60,
    ['Transformer tap too high, or neutral broken when the phases differ.', '变压器分接头偏高；三相相差大时为断零。'],
    ['Drivers are damaged; a broken neutral makes poles live.', '损坏驱动器；断零可使灯杆带电。'],
    ['Compare the three phases: if they drift apart, switch the cabinet off.', '比较三相电压：若明显分离，立即断开控制柜。'],
    ['Otherwise report to the electricity company.', '否则通知供电公司。'],
  )
export const underVoltage = (p: Phase) =>
  advise(
    [`Phase ${upper(p)} voltage low`, `${upper(p)} 相电压偏低`],
    240,
    ['Overloaded transformer or a bad joint in the supply.', '变压器过载或进线接头不良。'],
    ['Lamps at the ends of the circuits go out.', '回路末端灯具熄灭。'],
    ['Look at the phase current: high current means overload.', '查看该相电流，过大则为过载。'],
    ['Report to the electricity company, order a check of the supply joints.', '通知供电公司并派单检查进线接头。'],
  )

export const unbalance = advise(
  ['Phase currents unbalanced', '三相电流不平衡'],
  1440,
  ['A circuit has failed or was connected to the wrong phase.', '某回路失电或接错相。'],
  ['Neutral conductor is loaded; voltages drift apart.', '零线负荷增大，相电压偏移。'],
  ['Look for a circuit with less current than usual.', '查找电流低于平常的回路。'],
)
export const strongUnbalance = advise(
  ['Phase currents strongly unbalanced', '三相电流严重不平衡'],
  240,
  ['A whole phase of lamps is dark, or a heavy foreign load on one phase.', '一相灯具全灭，或单相私接大负载。'],
  ['Neutral may overheat and break.', '零线可能过热烧断。'],
  ['Compare the circuit currents; order a check of the strongest phase.', '比较各回路电流，派单检查电流最大的一相。'],
)
export const lowPowerFactor = advise(
  ['Power factor low', '功率因数偏低'],
  10080,
  ['Compensation capacitors failed or many old drivers.', '补偿电容失效或驱动器老化较多。'],
  ['Penalty on the electricity bill.', '产生力调电费罚款。'],
  ['Plan a check of the capacitors.', '安排检查补偿电容。'],
)
export const frequencyTexts = advise(
  ['Mains frequency out of range', '电网频率越限'],
  60,
  ['Disturbance of the grid, or supply by a generator.', '电网扰动或由发电机供电。'],
  ['The mains may fail.', '可能停电。'],
  ['Ask the electricity company; make the emergency supply ready.', '联系供电公司，做好应急供电准备。'],
)
export const powerDeviation = advise(
  ['Power differs from other nights', '功率与往日不符'],
  480,
  [
    'Below: a group of lamps is out. Above: foreign load, or lamps that should be dimmed.',
    '偏低：成组灯具熄灭；偏高：私接负载或未按计划调光。',
  ],
  ['A dark stretch of road, or stolen energy.', '路段缺亮或电能被盗用。'],
  ['Look at the circuit currents: the one that changed tells where.', '查看各回路电流，找出发生变化的回路。'],
  [
    'Divide the missing power by that of one lamp to know how many are out, and order the repair.',
    '以缺少功率除以单灯功率估算灭灯数，并派单维修。',
  ],
)
export const dayBurner = advise(
  ['Lit at a time it is never lit', '非亮灯时段有负载'],
  480,
  ['Local override left on, contactor welded, clock wrong.', '就地手动未复位、接触器粘连或时钟错误。'],
  ['Wasted energy of the whole cabinet; complaints.', '整柜电能浪费，引起投诉。'],
  ['Look at mode and clock drift, then repeat the off command.', '查看运行模式与时钟偏差，重发关灯指令。'],
  ['If a crew tests on site, shelve the alarm until it is done.', '若现场正在检修试灯，可将告警搁置至检修结束。'],
)
export const unlit = advise(
  ['Dark at a time it is always lit', '亮灯时段未亮灯'],
  15,
  ['Mains failure, main contactor or time switch failed, clock wrong.', '停电、总接触器或时控故障、时钟错误。'],
  ['All roads of this cabinet are dark.', '该柜全部道路无照明。'],
  ['Look at the voltages: without voltage call the electricity company.', '查看电压：无电压则联系供电公司。'],
  ['With voltage repeat the on command, then send a crew.', '有电压则重发开灯指令，无效立即派人。'],
)
export const voltageStuck = advise(
  ['Voltage reading does not move', '电压读数不变'],
  1440,
  ['Meter or its bus hangs; the cabinet reports old values.', '电表或其总线死机，上传旧数据。'],
  ['Supply faults go unseen.', '供电故障将无法发现。'],
  ['Restart the meter link from here; if it stays, order a check.', '远程重启电表通信，无效则派单。'],
)
export const mainsLost = advise(
  ['Mains lost', '市电失电'],
  15,
  ['Power cut, main fuse blown, or the main switch opened.', '电网停电、总熔断器熔断或总开关断开。'],
  ['All roads of this cabinet are dark; it reports from its battery for some hours.', '该柜所辖道路全部无照明，仅靠蓄电池上传数小时。'],
  [
    'Look at the neighbouring cabinets and ask the electricity company whether the grid has failed.',
    '查看邻近控制柜，并向供电公司确认是否停电。',
  ],
  ['If it is this cabinet alone, send a crew to its main fuses.', '仅此柜失电时派人检查总熔断器。'],
)
export const neutralHigh = advise(
  ['Neutral carries more than the phases', '零线电流过大'],
  1440,
  ['Distorted current of many drivers (third harmonic), or strongly unequal phases.', '大量驱动器三次谐波叠加，或三相严重不平衡。'],
  ['The neutral overheats; a broken neutral destroys lamps and makes poles live.', '零线过热，断零会烧毁灯具并使灯杆带电。'],
  ['Compare the phase currents: equal phases mean harmonics.', '比较三相电流：若平衡则为谐波。'],
  ['Order a check of the neutral joints with a thermal camera.', '派单用热像仪检查零线接头。'],
)
export const scheduleDeviation = advise(
  ['Not switched by the lighting programme', '未按照明方案开关'],
  60,
  [
    'Clock or position of the cabinet wrong, left in manual, contactor failed, or the programme did not arrive.',
    '时钟或经纬度错误、处于手动、接触器故障或方案未下发。',
  ],
  ['Its roads are dark by night, or burn by day.', '所辖道路夜间无照明或白天亮灯。'],
  ['Look at mode and clock drift.', '查看运行模式与时钟偏差。'],
  ['Repeat the command; if it is not followed, send a crew.', '重发指令，未执行则派人处理。'],
)
