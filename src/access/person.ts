import { type Permission, permissionsOf, type Role } from './permissions.ts'
import type { Scope } from './scope.ts'

/** Who acts: a signed-in person, or a program with a key. */
export interface Person {
  /** As the audit trail names them. */
  name: string
  /** The account that answers for it: of a key, that of its owner. */
  account: string
  role: Role
  scope: Scope
}

export const may = ({ role }: Person, permission: Permission): boolean => permissionsOf(role).has(permission)
