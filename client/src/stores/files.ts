/**
 * Files of rooms and pictures of oneself: asked for when they are shown. Every act throws a CallError.
 *
 * For components:
 *   pageFiles(room, before?)   the newest first
 *   deleteFile(id)             the change of its message follows
 *   setPicture(file | null)    one's own
 */
import { call } from '../socket'
import { ask } from '../transfer'
import type { User } from '../wire'
import { put } from './users'

export const pageFiles = (room: number, before?: string) => call('files.page', { room, before: before ?? null })
export const deleteFile = (file: string) => call('files.delete', { file })

export async function setPicture(picture: File | null) {
  const answer = await ask(picture ? 'POST' : 'DELETE', '/avatar', picture ? { body: picture } : {})
  put(JSON.parse(answer.responseText) as User)
}
