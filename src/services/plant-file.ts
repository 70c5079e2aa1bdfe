import { readFileSync } from 'node:fs'
import Type from 'typebox'
import { Value } from 'typebox/value'
import { FacilityInputSchema } from '../edges/http/schemas.ts'
import type { Services } from '../edges/services.ts'
import { LamplighterError } from '../errors.ts'

const PlantFileSchema = Type.Object({ facilities: Type.Array(FacilityInputSchema) })
const MAX_PROBLEMS = 20

/** Registers the facilities of a plant file; facilities that are known take its values. Throws `config-invalid` with all problems. */
export function registerPlantFile(file: string, services: Pick<Services, 'putFacilities'>): void {
  let content: unknown
  try {
    content = JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new LamplighterError(
      'config-invalid',
      `PLANT_FILE ${file} cannot be read as JSON: ${error instanceof Error ? error.message : error}`,
      error,
    )
  }
  if (!Value.Check(PlantFileSchema, content)) {
    const problems = Value.Errors(PlantFileSchema, content).map(
      ({ instancePath, message }) => `  - ${instancePath || 'the file'}: ${message}`,
    )
    const rest = problems.length > MAX_PROBLEMS ? `\n  and ${problems.length - MAX_PROBLEMS} more` : ''
    throw new LamplighterError(
      'config-invalid',
      `PLANT_FILE ${file} is not {"facilities": [...]}:\n${problems.slice(0, MAX_PROBLEMS).join('\n')}${rest}`,
    )
  }
  try {
    services.putFacilities(content.facilities, 'plant file')
  } catch (error) {
    if (error instanceof LamplighterError && error.code === 'invalid-request')
      throw new LamplighterError('config-invalid', `PLANT_FILE ${file}: ${error.message}`, error)
    throw error
  }
}
