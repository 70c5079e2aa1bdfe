import type { EmergencyPlan } from '../src/operations/emergency-plan.ts'
import { VISITORS_CREW } from './demo-crews.ts'

const call = (name: string, role: string, phone: string) => ({ name, role, phone, channel: null, account: null })
const told = (account: string, name: string, role: string) => ({ name, role, phone: '', channel: null, account })
const step = (key: string, text: string, owner: string, within: number | null) => ({ key, text, owner, within })

/** A plan that is ready to be activated. */
export const demoPlans: readonly EmergencyPlan[] = [
  {
    ...{ id: 'rainstorm', name: '暴雨红色预警 防汛预案', nameEn: 'Red rainstorm warning', kind: 'flood' },
    area: 'kind=pump-station,sewage-plant,light-cabinet,street-light',
    priorities: [{ domains: ['water', 'sewage'], rules: 'all', to: 'one-step' }],
    measuresWithin: 60,
    // Lamps with controllers of their own go by their own light: lit cabinets alone would carry no current.
    light: { query: 'kind=light-cabinet,street-light', level: null, programme: 'whole-night' },
    rounds: { query: 'kind=pump-station', factor: 2 },
    duty: [{ type: 'call-in', rotation: 'lights', team: 'lights-3' }],
    contacts: [
      call('市防汛抗旱指挥部 Flood control headquarters', '值班室 duty room', '0311-8600 0001'),
      call('消防救援支队 Fire and rescue', '指挥中心 command centre', '119'),
      told('dora', '杜敏 Dora', '调度 dispatcher'),
      told('hu', '胡静 Hu', '管网抢修 pipes crew'),
    ],
    checklist: [
      step('pumps', '确认所有泵站备用泵可投入运行 Check that all standby pumps can run', '调度 dispatcher', 15),
      step('underpass', '下穿通道派人值守，必要时封闭 Post people at underpasses; close them when needed', '管网抢修班 Pipes', 30),
      step('mobile', '移动泵车到位 Bring the mobile pumps into place', '管网抢修班 Pipes', 45),
      step('leakage', '巡检积水路段路灯漏电 Check lamps in flooded streets for leakage', VISITORS_CREW, 60),
      step('report', '向市应急指挥部报告 Report to the city emergency headquarters', 'admin', 60),
      step('after', '雨后全面检查并小结 Check everything after the rain and write it up', '调度 dispatcher', null),
    ],
    instructions: '先保人身安全，再保排水，最后保照明。\nPeople first, then drainage, then light.',
  },
  {
    ...{ id: 'closure', name: '封控值守预案', nameEn: 'Closed city, half the people', kind: 'closure' },
    area: 'keyArea=yes',
    priorities: [{ domains: 'all', rules: 'all', to: 'one-step' }],
    ...{ measuresWithin: null, light: null },
    rounds: { query: '', factor: 2 },
    duty: [
      { type: 'stand-down', rotation: 'lights', team: 'lights-2' },
      { type: 'call-in', rotation: 'lights', team: 'lights-3' },
    ],
    contacts: [told('dora', '杜敏 Dora', '调度 dispatcher'), call('街道办 Subdistrict office', '值班 duty', '0311-8600 0002')],
    checklist: [
      step('passes', '为值守人员办理通行证 Get passes for those on duty', 'admin', 120),
      step('supplies', '值守点备足三天物资 Three days of supplies at each post', '调度 dispatcher', 240),
    ],
    instructions: '',
  },
]
