import { type Priority, priorities } from '../../../../src/detection/rule.ts'

/** The highest priority of which there is at least one. */
export const worstOf = (counts: Readonly<Record<Priority, number>>): Priority =>
  priorities.find((priority) => counts[priority] > 0) ?? 'low'
