import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { importReasonKeys, importReasons } from '../../../src/facilities/import-problem.ts'
import { chineseColumn, plainFields, plantField } from '../../../src/facilities/plant-fields.ts'

const document = readFileSync(new URL('../../../docs/plant.md', import.meta.url), 'utf8')
const lines = (severity: string) => document.split('\n').filter((line) => line.includes(`| ${severity} |`))

test('docs/plant.md names every reason with its severity', () => {
  for (const reason of importReasonKeys) {
    const { severity } = importReasons[reason]
    expect(
      lines(severity).filter((line) => line.includes(`\`${reason}\``)),
      reason,
    ).toHaveLength(1)
  }
})

test('docs/plant.md names every column in both languages', () => {
  for (const field of plainFields) {
    const row = document.split('\n').find((line) => line.startsWith('|') && line.includes(`\`${field}\``))
    expect(row, field).toContain(chineseColumn(field))
  }
  expect(['额定.power', 'LABEL.x', 'Road Class', 'road_class', '网关', 'hue'].map(plantField)).toEqual([
    'rated.power',
    'label.x',
    'roadClass',
    'roadClass',
    'gateway',
    undefined,
  ])
})
