/** What another app shared with this one, which the service worker keeps (sw/share.ts) until it has gone somewhere. */
import { keepBegun } from './begun'
import { recall } from './remembered'

const KEPT = 'shared'
const PATH = '/share'
const LONGEST = 8_000

export interface Shared {
  text: string
  files: File[]
}

export async function readShared(): Promise<Shared> {
  const cache = await caches.open(KEPT)
  const answer = await cache.match(PATH)
  const { text, files } = answer ? ((await answer.json()) as { text: string; files: number }) : { text: '', files: 0 }
  const found = await Promise.all(Array.from({ length: files }, (_, place) => cache.match(`${PATH}/${place}`)))
  return { text: text.slice(0, LONGEST), files: await Promise.all(found.filter((one) => one !== undefined).map(fileOf)) }
}

async function fileOf(answer: Response): Promise<File> {
  const { headers } = answer
  const name = decodeURIComponent(headers.get('X-Name') ?? '') || 'file'
  return new File([await answer.blob()], name, { type: headers.get('Content-Type') ?? '' })
}

export const forgetShared = () => caches.delete(KEPT)

/** Puts it where one writes in a room, after what one has begun there. */
export async function putShared({ text, files }: Shared, room: number, user: number) {
  const key = `draft.${user}.${room}`
  if (text) keepBegun(key, [recall(key) ?? '', text].filter(Boolean).join('\n'))
  if (files.length) (await import('./uploads')).useUploads(room, key).uploads.add(files)
}
