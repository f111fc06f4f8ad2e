/** What was found for a query that changes while one types: the last one asked for counts. */
import { shallowReactive } from 'vue'

import { search } from '@/stores/search'
import { Turns } from '@/turns'
import type { Message, Names } from '@/wire'

import { reason } from './toasts'

export interface Hit {
  message: Message
  pieces: string[]
}

export function useResults() {
  const turns = new Turns()
  const results = shallowReactive({
    query: '',
    hits: [] as Hit[],
    names: {} as Names,
    more: false,
    whole: true,
    loading: false,
    /** Was there an answer to this query yet? */
    known: false,
    error: '',
    ask,
    next: () => load(results.hits.at(-1)?.message.id),
  })

  async function ask(query: string) {
    Object.assign(results, { query, error: '' })
    if (query) return load()
    turns.next()
    Object.assign(results, { hits: [], names: {}, more: false, known: false, loading: false })
  }

  async function load(before?: number) {
    const counts = turns.next()
    Object.assign(results, { loading: true, error: '' })
    try {
      const found = await search(results.query, before)
      if (!counts()) return
      const pieces = new Map(found.snippets.map((one) => [one.message, one.pieces]))
      const hits = found.messages.map((message) => ({ message, pieces: pieces.get(message.id) ?? [] }))
      const names = before === undefined ? found.names : results.names
      const all = before === undefined ? hits : [...results.hits, ...hits]
      Object.assign(results, { hits: all, names, more: found.more, whole: found.whole ?? true, known: true })
    } catch (error) {
      if (!counts()) return
      results.error = reason(error)
      // What an earlier query found is no answer to this one.
      if (before === undefined) Object.assign(results, { hits: [], names: {}, more: false, known: false })
    } finally {
      if (counts()) results.loading = false
    }
  }
  return results
}
