import { boxAround, type CityBox, type GeoBox } from '../../facilities/city-box.ts'
import type { FacilityKind } from '../../facilities/facility-kind.ts'
import { ColumnMapper, type ImportMapping } from '../../facilities/import-mapping.ts'
import { importReasons } from '../../facilities/import-problem.ts'
import type { Plant } from '../../facilities/plant.ts'
import { PlantImport } from '../../facilities/plant-import.ts'
import { ProblemList } from '../../facilities/problem-list.ts'
import { UnreadableFile } from './encoding.ts'
import { type PlantFile, readPlantFile } from './plant-reading.ts'
import { Slices } from './slices.ts'

export interface CheckSources {
  plant: Plant
  kinds: ReadonlyMap<string, FacilityKind>
  /** Where facilities of the city can be; guessed from the plant when absent. */
  city?: GeoBox | undefined
}

export interface CheckWatch {
  signal?: AbortSignal
  /** Told the share done, 0 to 1, now and then. */
  onProgress?: (share: number) => void
}

export interface PlantCheck {
  problems: ProblemList
  imported: PlantImport
}

/** Reading takes most of the time of a check. */
const READING_SHARE = 0.9

/** Reads a file and checks all of it, in slices between which the event loop goes round. Throws when `signal` is given. */
export async function checkPlantFile(
  file: PlantFile,
  mapping: ImportMapping,
  { plant, kinds, city }: CheckSources,
  { signal, onProgress = () => {} }: CheckWatch = {},
): Promise<PlantCheck> {
  const problems = new ProblemList(importReasons)
  const report = problems.add.bind(problems)
  const mapper = new ColumnMapper(mapping, report)
  const box: CityBox | null = city ? { box: city, isDrawn: true } : boxAround(positions(plant))
  const imported = new PlantImport({ plant, kinds, city: box, report, column: (field) => mapper.column(field) })
  const slices = new Slices()
  const onRead = (bytes: number) => onProgress((READING_SHARE * bytes) / Math.max(1, file.size))
  try {
    for await (const row of readPlantFile(file, { kinds, mapper, report, onRead })) {
      if (!imported.take(row)) break
      if (slices.isOver()) await slices.next(signal)
    }
  } catch (error) {
    if (!(error instanceof UnreadableFile)) throw error
    report({ row: imported.rows + (file.format === 'csv' ? 2 : 1), column: '', value: '', reason: error.reason, about: error.about })
  }
  // A file that cannot be read is not empty.
  if (imported.rows > 0 || problems.errors === 0) {
    for (const _ of imported.finish()) if (slices.isOver()) await slices.next(signal)
  }
  onProgress(1)
  return { problems, imported }
}

function* positions(plant: Plant): Generator<readonly [number, number] | null> {
  for (const { position } of plant) yield position
}
