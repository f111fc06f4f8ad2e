/** Putting emoji to messages. Every act throws a CallError. */
import { call } from '../socket'
import type { Message } from '../wire'
import { told } from './messages'

export async function react(message: Message, emoji: string, on: boolean) {
  told(await call('messages.react', { message: message.id, emoji, on }))
}

export async function pin(message: Message, on: boolean) {
  told(await call('messages.pin', { message: message.id, on }))
}

/** Older texts of a message, the newest first. */
export const history = (message: number, before?: number) => call('messages.history', { message, before })
