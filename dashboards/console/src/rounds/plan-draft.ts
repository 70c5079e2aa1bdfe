import type { RoundPlanInputView, RoundPlanView } from '../../../../src/edges/http/round-schemas.ts'

/** A stop as it is typed. */
export interface StopDraft {
  key: string
  facility: string
  name: string
  nameEn: string
  position: string
  /** Points of the facility, or FACILITY/POINT of another one, with commas. */
  readings: string
}
export const emptyStop: StopDraft = { key: '', facility: '', name: '', nameEn: '', position: '', readings: '' }

export const stopDraft = ({ key, facility, name, nameEn, position, readings }: RoundPlanView['stops'][number]): StopDraft => ({
  ...{
    key,
    facility: facility ?? '',
    name,
    nameEn,
    position: position ? position.map((degrees) => Number(degrees.toFixed(6))).join(', ') : '',
  },
  readings: readings.map((one) => (one.facility === facility ? one.point : `${one.facility}/${one.point}`)).join(', '),
})

const placeOf = (text: string): [number, number] | null => {
  const [lon, lat, ...rest] = text
    .split(/[,\s]+/)
    .filter(Boolean)
    .map(Number)
  return lon !== undefined && lat !== undefined && rest.length === 0 && Number.isFinite(lon) && Number.isFinite(lat) ? [lon, lat] : null
}

/** What is typed as the server takes it; lines in which nothing stands are left out. */
export const stopInputs = (drafts: readonly StopDraft[]): RoundPlanInputView['stops'] =>
  drafts
    .filter(({ facility, position }) => facility.trim() !== '' || position.trim() !== '')
    .map(({ key, facility, name, nameEn, position, readings }) => {
      const id = facility.trim() || null
      const points = readings
        .split(',')
        .map((one) => one.trim())
        .filter(Boolean)
      return {
        ...(id === null && key !== '' && { key }),
        ...{ facility: id, name: name.trim(), nameEn: nameEn.trim(), position: placeOf(position) },
        readings: points.map((one) => {
          const cut = one.lastIndexOf('/')
          return cut < 0 ? { facility: id ?? '', point: one } : { facility: one.slice(0, cut), point: one.slice(cut + 1) }
        }),
      }
    })
