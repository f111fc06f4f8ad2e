/** What becomes of what one wrote: it is said, or, when it begins with "/", done. */
import type { Beside } from '@/outbox'
import type { File, Room } from '@/wire'

import { complain } from './toasts'

/** Where it was written. `keep` gives words back that could not be done. */
export interface Place {
  room: Room
  say: (body: string, beside: Beside) => unknown
  keep: (body: string) => void
}

/** With files it is no command. */
export async function send(body: string, files: File[], place: Place) {
  if (files.length || !body.startsWith('/')) return void place.say(body, { files })
  try {
    const { obey } = await import('./commands')
    if (!(await obey(body, place))) place.keep(body)
  } catch (error) {
    complain(error)
    place.keep(body)
  }
}
