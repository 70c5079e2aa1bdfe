/** auto: normal running; the other modes suppress or change what is judged. */
export const facilityModes = ['auto', 'manual', 'maintenance', 'out-of-service'] as const
export type FacilityMode = (typeof facilityModes)[number]
