/** Searching asks the server each time; rooms and people that it finds are known from then on. Throws a CallError. */
import { call } from '../socket'
import type { Results } from '../wire'
import { putRoom } from './rooms'
import { put } from './users'

export async function search(query: string, before?: number): Promise<Results> {
  const found = await call('messages.search', before === undefined ? { query } : { query, before })
  found.rooms.forEach(putRoom)
  found.names.rooms?.forEach(putRoom)
  found.names.users?.forEach(put)
  return found
}

export const removePreview = (message: number, place: number) => call('previews.remove', { message, place })
