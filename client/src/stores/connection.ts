/**
 * How it stands with the server. Written by sync.ts.
 *
 * For components:
 *   connection.state    connecting (first time) | online | offline | signed-out | banned | failed
 *   connection.retryAt  when it is tried again, in milliseconds since 1970; null when it is not waiting
 *   connection.code     the WebSocket's last close code
 *   retryNow()          tries again at once
 *
 * A short cut is `offline` for a second or two: show the banner with a delay.
 */
import { shallowReactive } from 'vue'

import { hurry } from '../socket'

export type State = 'connecting' | 'online' | 'offline' | 'signed-out' | 'banned' | 'failed'

export const connection = shallowReactive({
  state: 'connecting' as State,
  retryAt: null as number | null,
  code: 0,
})

export const retryNow = hurry
