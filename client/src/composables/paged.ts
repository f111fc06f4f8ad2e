/** A list that is asked for in pages while a view shows it, and afresh when the connection is back. */
import { shallowReactive } from 'vue'

import { Turns } from '@/turns'

import { whenOnline } from './online'
import { reason } from './toasts'

export interface Paged<T> {
  items: T[]
  more: boolean
  loading: boolean
  /** Was there an answer yet? */
  known: boolean
  error: string
  next: () => Promise<void>
  again: () => Promise<void>
}

/** `read` is given the last item that one has. */
export function usePaged<T>(read: (last: T | undefined) => Promise<{ items: T[]; more: boolean }>): Paged<T> {
  const turns = new Turns()
  const paged: Paged<T> = shallowReactive({
    ...{ items: [], more: false, loading: false, known: false, error: '' },
    next: () => load(paged.items.at(-1)),
    again: () => load(undefined),
  })

  async function load(last: T | undefined) {
    const counts = turns.next()
    Object.assign(paged, { loading: true, error: '' })
    try {
      const { items, more } = await read(last)
      if (!counts()) return
      Object.assign(paged, { items: last === undefined ? items : [...paged.items, ...items], more, known: true })
    } catch (error) {
      if (counts()) paged.error = reason(error)
    } finally {
      if (counts()) paged.loading = false
    }
  }

  whenOnline(() => load(undefined))
  return paged
}
