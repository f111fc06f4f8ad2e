/** The one error that a call fails with. It knows nothing of sockets. */
import { language } from './language'
import type { ErrorData } from './wire'
import { type Word, t } from './words'

/** `invalid` is a fault of the frame, method or params; `internal` one of the server's own. */
export type ErrorKind = ErrorData['kind'] | 'invalid' | 'internal'

const INTERNAL = -32603

/** `message` is a sentence fit to show; `field` names the param at fault; `retryAfter` is in seconds. */
export class CallError extends Error {
  override name = 'CallError'

  constructor(
    readonly kind: ErrorKind,
    message: string,
    readonly field?: string,
    readonly retryAfter?: number,
  ) {
    super(message)
  }
}

/** Reads the `error` of a JSON-RPC answer. Its sentence is said in the present language, where that knows it. */
export function fromAnswer(error: { code: number; message: string; data?: Partial<ErrorData> }): CallError {
  const kind = error.data?.kind ?? (error.code === INTERNAL ? 'internal' : 'invalid')
  return new CallError(kind, inWords(error.message), error.data?.field, error.data?.retry_after)
}

/** A sentence of the server's in the present language, where that knows it. */
export const inWords = (sentence: string) => language.value.problem?.(sentence) ?? sentence

/** The call did not reach the server, or its answer did not reach us: whether it was done is unknown. */
export function cut(why: Word = 'cutLost'): CallError {
  return new CallError('unavailable', t(why))
}
