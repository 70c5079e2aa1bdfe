import { advise } from '../writing.ts'

export const doorOpen = advise(
  ['Door open', '柜门打开'],
  60,
  ['A crew at work, a lock left open, or a break-in.', '检修作业、门锁未关或被撬。'],
  ['Live parts can be touched; theft of equipment.', '带电部分可被触碰，设备可能被盗。'],
  ['Ask whether a crew is registered here.', '核实是否有登记的检修人员。'],
  ['If not, send the patrol.', '若无，派巡查人员前往。'],
)
export const water = advise(
  ['Water in cabinet', '柜内进水'],
  15,
  ['Flooded road, leaking seal, broken pipe.', '道路积水、密封失效或水管破裂。'],
  ['Short circuit; cabinet and water around it may be live.', '短路；柜体及周围积水可能带电。'],
  ['If the water rises, switch the cabinet off and warn the people there.', '水位上升时断开控制柜并警示周围人员。'],
  ['Send a crew with a pump.', '派人携水泵处理。'],
)
export const smoke = advise(
  ['Smoke in cabinet', '柜内烟雾'],
  5,
  ['Burning joint, contactor or cable.', '接头、接触器或电缆烧损。'],
  ['Cabinet burns out; fire may spread.', '控制柜烧毁，火势可能蔓延。'],
  ['Open all circuits from here.', '远程断开全部回路。'],
  ['Call the fire brigade (119) and send a crew.', '拨打 119 并派人前往。'],
)
export const overheated = advise(
  ['Cabinet overheated', '柜内温度过高'],
  60,
  ['Fan failed, filter blocked, hot joint.', '风扇故障、滤网堵塞或接头发热。'],
  ['Electronics fail, insulation ages, fire.', '电子元件失效、绝缘老化、起火。'],
  ['If one phase carries more than the others, reduce its load.', '若某相电流偏大，减少该相负荷。'],
  ['Send a crew with a thermal camera.', '派人携热像仪检查。'],
)
export const heatingFast = advise(
  ['Cabinet temperature rises fast', '柜内温度快速上升'],
  10,
  ['A joint is burning or the cabinet is on fire.', '接头烧损或柜内起火。'],
  ['Fire within minutes.', '数分钟内可能起火。'],
  ['Look at smoke sensor and currents; if in doubt open all circuits.', '查看烟感与电流，无法判断时断开全部回路。'],
  ['Send the nearest crew.', '派最近的人员前往。'],
)
export const override = advise(
  ['Left in manual', '长时间处于手动'],
  480,
  ['A crew forgot to turn the switch back to automatic.', '检修后未恢复自动。'],
  ['Lights neither go on at dusk nor off at dawn.', '黄昏不亮灯、黎明不关灯。'],
  ['Ask the last crew on site.', '询问最近到场的班组。'],
  ['Set the mode back by command or by a crew before dusk.', '黄昏前远程或现场恢复自动。'],
)
export const batteryLow = advise(
  ['Battery weak', '蓄电池电压低'],
  1440,
  ['Mains off for long, charger failed, battery old.', '长时间停电、充电器故障或电池老化。'],
  ['The cabinet falls silent at the next mains failure.', '下次停电时控制柜将失联。'],
  ['Look at the voltages: without mains, act on that first.', '先确认市电是否正常。'],
  ['Order a new battery.', '派单更换蓄电池。'],
)
export const batteryHigh = advise(
  ['Battery overcharged', '蓄电池过充'],
  1440,
  ['Charger regulates badly.', '充电器稳压失效。'],
  ['Battery gases and may burst.', '电池析气，可能鼓包破裂。'],
  ['Order a check of the charger.', '派单检查充电器。'],
)
export const clockWrong = advise(
  ['Clock wrong', '时钟偏差'],
  1440,
  ['No time signal for long, clock battery empty.', '长时间未校时或时钟电池耗尽。'],
  ['Lights switch at the wrong time.', '开关灯时间错误。'],
  ['Synchronise the clock from here.', '远程校时。'],
  ['If it drifts again within a week, replace the controller.', '一周内再次偏差则更换控制器。'],
)
export const silent = advise(
  ['Cabinet does not report', '控制柜通信中断'],
  30,
  ['Mobile network or modem failed, mains and battery empty.', '移动网络或通信模块故障，市电及电池失电。'],
  ['Its roads can be neither watched nor switched.', '所辖道路无法监视与控制。'],
  ['Look whether neighbouring cabinets are silent too: then it is the network.', '查看邻近控制柜是否也离线，若是则为网络故障。'],
  ['Call someone on site: are the lamps as they should be? Send a crew.', '联系现场确认亮灯情况并派人处理。'],
)
export const temperatureUnusual = advise(
  ['Cabinet too warm or too cold', '柜内温度异常'],
  1440,
  ['Fan or heater does not run, filter dirty, door left open.', '风扇或加热器未运行、滤网积尘或柜门未关。'],
  ['Electronics age; the clock and the battery suffer first.', '电子元件老化，时钟与电池首先受影响。'],
  ['Look at the door contact.', '查看门磁状态。'],
  ['Plan a check of fan, heater and filter.', '安排检查风扇、加热器与滤网。'],
)
