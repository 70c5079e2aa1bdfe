import { language } from '../settings.ts'

const catalogues = {
  en: {
    nothing: 'Your account may look after nothing here. Ask an administrator.',
    titles: {
      health: 'System health',
      duty: 'Duty',
      dispatch: 'Dispatch',
      people: 'People',
      audit: 'Audit trail',
      devices: 'Devices',
      traffic: 'Traffic',
      profiles: 'Device profiles',
      codecs: 'Vendor codecs',
      brokers: 'Other brokers',
      channels: 'Channels',
      storage: 'Storage',
    },
    abouts: {
      health: 'Whether the service itself is well, and what to do when it is not',
      duty: 'Who is on duty, plan and substitutes, crews, handover between shifts',
      dispatch: 'Who is asked for which fault, clocks, holidays, quiet hours; try it',
      people: 'Accounts, roles, sessions',
      audit: 'Who did what, search, export, verification',
      devices: 'Credentials, what a device may do, claim codes',
      traffic: 'Diagnosis of a device, refused messages and connections, live tap',
      profiles: 'LoRaWAN, Sparkplug and plain topics: from fields to points, bound devices',
      codecs: 'JavaScript that decodes payloads of LoRaWAN devices',
      brokers: 'Telemetry from MQTT brokers of others, reading along',
      channels: 'Mail, robots, text messages, webhooks; what was delivered, what was given up',
      storage: 'Journal, database, backups, refused readings',
    },
  },
  zh: {
    nothing: '您的账号在此没有可管理的内容,请联系管理员。',
    titles: {
      health: '系统健康',
      duty: '值班',
      dispatch: '派单',
      people: '人员',
      audit: '审计记录',
      devices: '设备',
      traffic: '通信诊断',
      profiles: '设备模板',
      codecs: '厂商解码器',
      brokers: '外部代理',
      channels: '通知通道',
      storage: '数据存储',
    },
    abouts: {
      health: '服务自身是否正常，以及异常时的处置',
      duty: '当前在班人员、排班与顶班、班组、交接班',
      dispatch: '故障通知谁、时限、工作日历、免打扰时段，可推演',
      people: '账号、角色、会话',
      audit: '谁做了什么:查询、导出、校验',
      devices: '凭据、权限、领取码',
      traffic: '单个设备的诊断、被拒消息与连接、实时监听',
      profiles: 'LoRaWAN、Sparkplug 与普通主题:字段到测点的对应、已绑定设备',
      codecs: '解码 LoRaWAN 设备载荷的 JavaScript',
      brokers: '从其他 MQTT 代理接收数据、供他人读取',
      channels: '邮件、群机器人、短信、Webhook；已送达与已放弃的消息',
      storage: '日志、数据库、备份、被拒数据',
    },
  },
}

/** Like `t`, for the pages of those who look after the service. */
export const a = () => catalogues[language.value]
