import { advise, type Both, resetByTwo } from '../writing.ts'

const checkSupply: Both = [
  'Compare with the lamps on the same circuit: if they show it too, treat the circuit, not the lamp.',
  '与同回路其他灯具比较：若同时出现，应按回路故障处理。',
]
const keepAway: Both = [
  'Keep people away from the pole; have the circuit switched off before anyone touches it.',
  '疏散灯杆周围人员，断开该回路电源前禁止触碰。',
]

export const lampFailure = advise(
  ['Lamp out', '灯具不亮'],
  1440,
  ['LED module or driver failed, or the wire behind the controller is open.', 'LED 模组或驱动器损坏，或控制器后端线路断开。'],
  ['A dark stretch of road; lowers the lamp-on rate.', '路段缺亮，影响亮灯率。'],
  ['Switch the lamp off and on once from here.', '远程关灯后再开灯一次。'],
  ['If it stays dark, order its repair with driver and module of its type.', '仍不亮时派单，携带同型号驱动器与模组。'],
)
export const scheduleDeviation = advise(
  ['Not switched by its programme', '未按计划开关灯'],
  1440,
  ['Programme did not arrive, clock of the controller wrong, or it was commanded on site.', '方案未下发、控制器时钟偏差或现场操作。'],
  ['Dark by night or lit by day.', '夜间不亮或白天亮灯。'],
  ['Send the programme again and set the clock.', '重新下发方案并校时。'],
  ['Ask whether a crew is at work there.', '确认现场是否有检修。'],
)
export const dayBurner = advise(
  ['Lit although switched off', '非计划亮灯'],
  1440,
  ['Welded relay, local switch left on, or the command did not arrive.', '继电器粘连、就地开关未复位或关灯指令未到达。'],
  ['Wasted energy and lamp life.', '浪费电能，缩短灯具寿命。'],
  ['Repeat the off command.', '重新下发关灯指令。'],
  ['Ask whether a crew is working at the pole; otherwise order a controller check.', '确认现场是否检修，否则派单检查控制器。'],
)
export const relayFailure = advise(
  ['Relay does not follow its command', '继电器拒动'],
  1440,
  ['Relay contact welded or its coil broken.', '继电器触点粘连或线圈损坏。'],
  ['The lamp cannot be switched.', '灯具无法远程开关。'],
  ['Repeat the command once.', '重新下发一次指令。'],
  ['If the feedback stays wrong, replace the lamp controller.', '反馈仍不一致时更换单灯控制器。'],
)
export const dimmingFailure = advise(
  ['Dimming level differs from command', '调光未到位'],
  2880,
  ['Dimming interface (0-10 V, DALI) disturbed, or the driver limits itself.', '调光接口（0-10V、DALI）异常，或驱动器自动限功率。'],
  ['Too much or too little light; the saving programme is not reached.', '照度偏离计划，节能方案失效。'],
  ['Send the dimming command again.', '重新下发调光指令。'],
  ['Look at the driver temperature; if normal, order a check of the dimming wires.', '查看驱动器温度，正常则派单检查调光线。'],
)
export const controlGearFailure = advise(
  ['Control gear does not answer', '控制装置失联'],
  1440,
  ['The driver lost its control interface and burns on its own.', '驱动器控制接口失效，自行运行。'],
  ['The lamp can be switched only at its supply.', '只能通过供电回路控制该灯。'],
  ['Restart the controller from here.', '远程重启单灯控制器。'],
  ['If dimming level stays at 0 while power is drawn, replace the driver.', '仍有功率而亮度反馈为 0 时更换驱动器。'],
)
export const thermalDerating = advise(
  ['Driver reduces light because of heat', '驱动器过热降功率'],
  2880,
  ['Dirty heat sink, closed luminaire in hot weather, ageing driver.', '散热器积尘、灯具通风不良或驱动器老化。'],
  ['Less light than planned; the driver ages quickly.', '亮度低于计划，驱动器加速老化。'],
  ['Dim the lamp by a further 20 % until it has cooled.', '再调低亮度 20%，待其降温。'],
  ['Order cleaning of the luminaire.', '派单清洁灯具散热部位。'],
)
export const cycling = advise(
  ['Lamp goes on and off again and again', '灯具频繁开关'],
  480,
  ['Loose contact, failing driver, or a light sensor that sees its own lamp.', '接触不良、驱动器将损坏，或光感受灯光干扰。'],
  ['Wears out the driver within days; irritates and endangers traffic.', '驱动器很快损坏，影响行车安全。'],
  ['Switch the lamp off until a crew has looked at it, unless the place needs it.', '若非重点区域，先关灯等待检修。'],
  ['Order a check of plugs and driver.', '派单检查接插件和驱动器。'],
)
export const overPower = advise(
  ['Power above what the dimming level needs', '功率偏高'],
  2880,
  ['Wrong lamp type registered, failing driver, or a foreign load on the wire.', '登记功率有误、驱动器异常或被私接负载。'],
  ['Higher energy cost; risk of overheating.', '电费升高，存在过热风险。'],
  ['Check the rated power in the register.', '核对档案中的额定功率。'],
  ['If it is right, order an inspection for foreign loads.', '档案无误则派单检查是否私接。'],
)
export const underPower = advise(
  ['Power below what the dimming level needs', '功率偏低'],
  2880,
  ['Part of the LED modules is dark, or wrong lamp type registered.', '部分 LED 模组不亮，或登记功率有误。'],
  ['Less light than planned.', '亮度低于计划。'],
  ['Check the rated power in the register.', '核对档案中的额定功率。'],
  ['Order a look at the luminaire at night.', '派单夜间现场查看灯具。'],
)
export const lowPowerFactor = advise(
  ['Power factor low', '功率因数偏低'],
  10080,
  ['Input stage of the driver is ageing.', '驱动器输入级老化。'],
  ['More current in the cable; the driver will fail.', '线路电流增大，驱动器将失效。'],
  ['Plan the replacement of the driver with the next works on this road.', '列入该路段下次检修计划，更换驱动器。'],
)
export const voltageHighHigh = advise(
  ['Voltage dangerously high', '电压严重过高'],
  15,
  ['Broken neutral or a fault of the transformer.', '零线断开或变压器故障。'],
  ['Destroys drivers within minutes; broken neutral can make poles live.', '数分钟内损坏驱动器；断零可能使灯杆带电。'],
  checkSupply,
  ['Switch the circuit off at the cabinet and call the electricity company.', '在控制柜断开回路，并联系供电公司。'],
)
export const voltageHigh = advise(
  ['Voltage high', '电压偏高'],
  1440,
  ['Transformer tap too high, little load in the network.', '变压器分接头偏高或电网负荷轻。'],
  ['Drivers age faster.', '驱动器加速老化。'],
  checkSupply,
  ['Report to the electricity company when it returns every night.', '若每晚出现，通知供电公司调整。'],
)
export const voltageLow = advise(
  ['Voltage low', '电压偏低'],
  1440,
  ['Long cable, corroded joint, overload.', '线路过长、接头锈蚀或过载。'],
  ['Lamps at the end of the line may go out.', '线路末端灯具可能熄灭。'],
  checkSupply,
  ['Order a check of the joints between the last good lamp and this one.', '派单检查最近正常灯具至此灯之间的接头。'],
)
export const voltageLowLow = advise(
  ['Voltage too low to work', '电压严重过低'],
  240,
  ['Failing joint, one phase lost, short circuit down the line.', '接头烧损、缺相或后端短路。'],
  ['Lamp goes out; a hot joint can burn.', '灯具熄灭，接头发热可能起火。'],
  checkSupply,
  ['If it is this lamp alone, order a check of its joint and fuse today.', '若仅此灯异常，当日派单检查接头与熔断器。'],
)
export const supplyLoss = advise(
  ['Supply lost', '供电中断'],
  240,
  ['Fuse of the pole blown, cable cut or stolen, circuit off.', '灯杆熔断器熔断、电缆断裂或被盗、回路断电。'],
  ['Lamp dark; all lamps behind it may be dark too.', '灯具熄灭，后端灯具可能同时断电。'],
  checkSupply,
  ['If several lamps in a row are lost, think of cable theft and send a crew at once.', '若连续多灯失电，考虑电缆被盗，立即派人。'],
)
export const voltageStuck = advise(
  ['Voltage reading does not move', '电压读数不变'],
  10080,
  ['Metering part of the controller hangs.', '控制器计量模块死机。'],
  ['Supply faults of this lamp would go unseen.', '该灯供电异常将无法发现。'],
  ['Restart the controller; if the value stays, replace it.', '重启控制器，仍不变则更换。'],
)
export const leakage = advise(
  ['Leakage current dangerous to life', '漏电危及人身安全'],
  5,
  ['Damaged insulation, water in pole or joint box.', '绝缘破损，灯杆或接线盒进水。'],
  ['A person touching the pole can be killed.', '人员触碰灯杆可能触电身亡。'],
  keepAway,
  ['Switch the circuit off at the cabinet now.', '立即在控制柜断开该回路。'],
  ['Send a crew with insulation tester; no supply before it measured well.', '派人携绝缘电阻表检测，合格前不得送电。'],
  resetByTwo('the insulation measured well', '绝缘检测合格'),
)
export const leakageRising = advise(
  ['Leakage current raised', '漏电流升高'],
  30,
  ['Moisture in joint box or ageing insulation.', '接线盒受潮或绝缘老化。'],
  ['Can become dangerous to life with the next rain.', '下次降雨时可能危及人身安全。'],
  keepAway,
  ['Send a crew today; watch the value, above 30 mA switch the circuit off.', '当日派人处理；超过 30 mA 立即断电。'],
  resetByTwo('the insulation measured well', '绝缘检测合格'),
)
export const impact = advise(
  ['Pole struck or falling', '灯杆被撞或倾倒'],
  15,
  ['Traffic accident, storm, digging at the foundation.', '交通事故、大风或基础被开挖。'],
  ['Pole may fall on people; cables may be bare.', '灯杆可能倒塌伤人，电缆可能裸露。'],
  ['Look at the nearest camera or call the traffic police.', '查看附近监控或联系交警。'],
  ['Switch the circuit off, send a crew with a lifting truck.', '断开回路，派出吊车抢修。'],
)
export const tilt = advise(
  ['Pole leans', '灯杆倾斜'],
  1440,
  ['Foundation settles, light impact, loose bolts.', '基础沉降、轻微碰撞或螺栓松动。'],
  ['Gets worse in the next storm.', '大风时可能加剧倾倒。'],
  ['Order an inspection of foundation and bolts.', '派单检查基础与螺栓。'],
)
export const driverHot = advise(
  ['Driver hot', '驱动器温度偏高'],
  2880,
  ['Hot weather with dirty heat sink, lamp burning by day.', '高温天气散热不良或白天亮灯。'],
  ['Shortens the life of the driver.', '缩短驱动器寿命。'],
  ['Check whether it burns by day; else plan cleaning.', '检查是否白天亮灯，否则安排清洁。'],
)
export const driverOverheated = advise(
  ['Driver overheated', '驱动器过热'],
  240,
  ['Driver failing or luminaire closed by a nest or dirt.', '驱动器故障或灯具被异物堵塞。'],
  ['Driver fails; plastic parts may melt.', '驱动器损坏，塑料件可能熔化。'],
  ['Dim to 30 % or switch the lamp off.', '调光至 30% 或关灯。'],
  ['Order replacement of the driver.', '派单更换驱动器。'],
)
export const replacementDue = advise(
  ['Lamp past its planned life', '灯具超过设计寿命'],
  43200,
  ['More than 50,000 burning hours.', '累计亮灯超过 50,000 小时。'],
  ['Light has fallen below plan; failures become frequent.', '光衰超标，故障将增多。'],
  ['Put the lamp on the replacement list of its road.', '列入该道路灯具更换计划。'],
)
export const weakSignal = advise(
  ['Signal weak', '信号弱'],
  10080,
  ['Antenna damaged or covered, gateway failing, new building in between.', '天线损坏或遮挡、网关异常、新建建筑阻挡。'],
  ['Reports will be lost; commands may not arrive.', '数据可能丢失，指令可能无法到达。'],
  ['Compare with neighbours on the same gateway, then check antenna.', '与同网关灯具比较后检查天线。'],
)
export const communicationLoss = advise(
  ['Lamp does not report', '单灯通信中断'],
  1440,
  ['Controller or radio failed, supply lost, gateway down.', '控制器或无线模块故障、失电或网关离线。'],
  ['Faults of this lamp go unseen; it cannot be commanded.', '该灯故障不可见，且无法控制。'],
  ['Look at gateway and cabinet: if they are down, deal with those first.', '先检查网关与控制柜是否离线。'],
  ['If this lamp alone is silent, order a check of its controller.', '仅此灯失联时派单检查控制器。'],
)
