/**
 * Posts that the database has not: not yet, or because there is none that takes them. localStorage has them at once, so
 * that a page which is gone the next moment takes nothing with it; where that is forbidden too, this tab remembers them.
 */
import { recall, recalled, remember } from './composables/remembered'
import type { Entry } from './db'

const here = new Map<string, Entry>()

const ofUser = (user: number) => `unsent.${user}.`
const keyOf = (user: number, nonce: string) => ofUser(user) + nonce

export function put(user: number, entry: Entry) {
  const key = keyOf(user, entry.nonce)
  const text = JSON.stringify(entry)
  remember(key, text)
  if (recall(key) !== text) here.set(key, entry)
}

export function remove(user: number, nonce: string) {
  const key = keyOf(user, nonce)
  here.delete(key)
  remember(key, null)
}

export function all(user: number): Entry[] {
  const written = recalled(ofUser(user)).map(recall).filter((text) => text !== null)
  const mine = [...here].filter(([key]) => key.startsWith(ofUser(user)))
  return [...written.map((text) => JSON.parse(text) as Entry), ...mine.map(([, entry]) => entry)]
}

export function clear(user: number) {
  for (const key of [...recalled(ofUser(user)), ...here.keys()].filter((one) => one.startsWith(ofUser(user)))) {
    here.delete(key)
    remember(key, null)
  }
}
