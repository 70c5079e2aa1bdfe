import type { Permission } from '../../../../src/access/permissions.ts'
import { session } from '../live/api.ts'

/** Whether the person at this console may do something; the server decides again. */
export const may = (needs: Permission): boolean => session.value?.permissions.includes(needs) ?? false

/** The same, of what concerns the whole city. */
export const mayWhole = (needs: Permission): boolean => may(needs) && !isLimited()

/** Whether they are limited to a part of the city. */
export const isLimited = (): boolean => Object.values(session.value?.scope ?? {}).some((part) => part !== 'all')
