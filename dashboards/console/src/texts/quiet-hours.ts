import { language } from '../settings.ts'

/** Texts of the quiet hours, loaded with every page on which somebody decides whom to tell. */
const en = {
  until: (time: string) => `Quiet hours until ${time}: of what can wait phones and channels are told only then; of danger at once.`,
  order: (time: string) => `Quiet hours: phones are told of this order only at ${time}. Call if it cannot wait.`,
}
const zh: typeof en = {
  until: (time) => `免打扰时段至 ${time}：可以等待的消息届时才发送到手机和通道，危险类立即发送。`,
  order: (time) => `免打扰时段：此工单 ${time} 才会发送到手机，不能等待请打电话。`,
}
const catalogues = { en, zh }
export const qh = (): typeof en => catalogues[language.value]
