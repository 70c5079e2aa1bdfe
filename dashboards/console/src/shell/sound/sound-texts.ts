import { language } from '../../settings.ts'

const catalogues = {
  en: {
    silence: 'Silence',
    silenceFor: 'Silence for two minutes; new critical alarms are heard',
    silent: (left: string) => `Silent ${left}`,
    endSilence: 'Sound again',
    off: 'Sound off',
    turnOn: 'Turn the sound on',
    notRecorded: 'Silent for two minutes. The server could not write it down.',
    recorded: 'Silent for two minutes. New critical alarms are heard.',
    nothing: 'Nothing sounds.',
    blocked: 'This browser keeps the console silent until somebody touches the page.',
    allow: 'Turn on the sound',
    sound: 'Sound in this browser',
    volume: 'Volume',
    try: 'Try',
    signals: { critical: 'Critical', high: 'High', medium: 'Medium', 'link-lost': 'Link lost' },
  },
  zh: {
    silence: '消音',
    silenceFor: '消音两分钟；新的紧急告警仍会发声',
    silent: (left: string) => `已消音 ${left}`,
    endSilence: '恢复声音',
    off: '声音关闭',
    turnOn: '打开声音',
    notRecorded: '已消音两分钟，但服务器未能记录。',
    recorded: '已消音两分钟，新的紧急告警仍会发声。',
    nothing: '当前没有声音。',
    blocked: '浏览器在有人操作页面之前禁止发声。',
    allow: '打开声音',
    sound: '本浏览器发声',
    volume: '音量',
    try: '试听',
    signals: { critical: '紧急', high: '高', medium: '中', 'link-lost': '连接中断' },
  },
}

/** Like `t`, for sound. */
export const so = () => catalogues[language.value]
