import { session } from '../live/api.ts'

/** Whether the account may change devices and not only look. */
export const mayManage = (): boolean => session.value?.permissions.includes('device.manage') ?? false
