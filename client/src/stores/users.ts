/**
 * The people one may see. Banned people stay, with `banned`, so that what they said has a name.
 *
 * For components:
 *   users                  Map of id to User; reactive
 *   findUsers(query)       by the beginning of a word of the name or of the handle; asks the server
 *   pageUsers(after?)      the directory, 100 at a time
 */
import { shallowReactive } from 'vue'

import { call } from '../socket'
import type { Change, User } from '../wire'

export const users = shallowReactive(new Map<number, User>())

export async function findUsers(query: string, limit = 20): Promise<User[]> {
  const answer = await call('users.find', { query, limit })
  answer.users.forEach(put)
  return answer.users
}

export async function pageUsers(after?: number): Promise<{ users: User[]; more: boolean }> {
  const answer = await call('users.page', { after })
  answer.users.forEach(put)
  return answer
}

/** Rows of a user come by several topics and in any order: the higher rev is the newer. */
export function put(row: User) {
  const old = users.get(row.id)
  if (!old || (old.rev ?? 0) <= (row.rev ?? 0)) users.set(row.id, row)
}

export function apply(change: Change) {
  change.users?.forEach(put)
}

export function clear() {
  users.clear()
}
