/** Acts of polls. They throw a CallError; the message that comes back is shown, as the change about it will show it too. */
import { call } from '@/socket'
import type { Params } from '@/socket'

import { seek, told } from './messages'

export async function ask(params: Omit<Params<'polls.create'>, 'nonce'>, nonce: string) {
  const message = await call('polls.create', { ...params, nonce })
  told(message)
  // Whoever reads further up sees what they have asked.
  void seek(message.room, message.seq)
}

export async function vote(message: number, options: number[]) {
  told(await call('polls.vote', { message, options }))
}

export async function closePoll(message: number) {
  told(await call('polls.close', { message }))
}
