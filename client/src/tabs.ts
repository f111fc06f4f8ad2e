/** What the tabs of one browser tell each other. Browsers without BroadcastChannel have tabs that stand alone. */
import type { Message } from './wire'

export type Word =
  | { kind: 'signed-in' }
  | { kind: 'signed-out' }
  | { kind: 'outbox'; user: number | null; sent?: Message }
  | { kind: 'read'; user: number | null; room: number; seq: number }

const channel = 'BroadcastChannel' in globalThis ? new BroadcastChannel('chinwag') : undefined

/** Tells every other tab. */
export function tell(word: Word) {
  channel?.postMessage(word)
}

/** Hears every other tab. */
export function listen(ear: (word: Word) => void) {
  channel?.addEventListener('message', (event: MessageEvent<Word>) => ear(event.data))
}
