/**
 * What messages hold besides words, each loaded with the first message that needs it. Loaded before these are shown, it
 * takes its space at once, and nothing moves when it comes.
 */
import { type Shown, hasParts } from './shown'

const LONGEST_MS = 1000

export const parts = {
  all: once(() => import('@/components/MessageParts.vue')),
  files: once(() => import('@/components/MessageFiles.vue')),
  poll: once(() => import('@/components/PollCard.vue')),
  previews: once(() => import('@/components/MessagePreviews.vue')),
  enriched: once(() => import('./enrich')),
}

const needs: { [P in keyof typeof parts]: (message: Shown) => boolean } = {
  all: hasParts,
  files: ({ row }) => Boolean(row?.files?.length),
  poll: ({ row }) => Boolean(row?.poll),
  previews: ({ row }) => Boolean(row?.previews?.length),
  enriched: ({ html }) => /<(pre|table|img)\b|class="(spoiler|task)\b/.test(html),
}

/** Done when all that these messages need is there, or takes so long that their words are better than nothing. */
export async function loadParts(messages: Shown[]): Promise<void> {
  const names = Object.keys(parts) as (keyof typeof parts)[]
  const loads = names.filter((name) => messages.some(needs[name])).map((name) => parts[name]())
  const late = new Promise((resolve) => setTimeout(resolve, LONGEST_MS))
  await Promise.race([Promise.allSettled(loads), late])
}

/** For all who ask the same: whoever imports a second time has it before its styles are there. */
function once<T>(load: () => Promise<T>): () => Promise<T> {
  let loading: Promise<T> | undefined
  return () => (loading ??= load().catch(forget))

  function forget(error: unknown): never {
    loading = undefined
    throw error
  }
}
