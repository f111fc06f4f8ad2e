/** What one searched for last, in this browser; forgotten when one signs out. */
import { ref } from 'vue'

import { recall, remember } from './remembered'

const KEY = 'searches'
const MOST = 8

export function useRecentSearches() {
  const recent = ref((recall(KEY) ?? '').split('\n').filter(Boolean))

  function put(queries: string[]) {
    recent.value = queries
    remember(KEY, queries.join('\n') || null)
  }

  function keep(query: string) {
    const one = query.replace(/\s+/g, ' ').trim()
    if (one) put([one, ...recent.value.filter((other) => other !== one)].slice(0, MOST))
  }
  return { recent, keep, clear: () => put([]) }
}
