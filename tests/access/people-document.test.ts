import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { type Permission, permissions, type Role, roles } from '../../src/access/permissions.ts'

const document = readFileSync(new URL('../../docs/people.md', import.meta.url), 'utf8')
const columns = Object.keys(roles) as Role[]

test('docs/people.md has the table of roles as the program has it', () => {
  const table = [
    `| permission | ${columns.join(' | ')} |`,
    `|${' --- |'.repeat(columns.length + 1)}`,
    ...(Object.keys(permissions) as Permission[]).map((permission) => {
      const given: readonly Role[] = permissions[permission]
      return `| \`${permission}\` | ${columns.map((role) => (given.includes(role) ? '✓' : '')).join(' | ')} |`
    }),
  ].join('\n')
  expect(document).toContain(table)
})
