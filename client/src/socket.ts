/**
 * The one WebSocket to the server, kept open: calls as promises, notices to the ears.
 *
 * It comes back by itself after every close but those that say not to (4500–4999), and knows nothing of what it carries.
 */
import { type CallError, cut, fromAnswer } from './errors'
import type { Methods, Notices } from './wire'

export type Method = keyof Methods
export type Params<M extends Method> = Methods[M]['params']
export type Result<M extends Method> = Methods[M]['result']

/** `closed` is told when it comes back (milliseconds since 1970), or null when it does not. */
export interface Ears {
  opened(): void
  heard<N extends keyof Notices>(notice: N, params: Notices[N]): void
  closed(code: number, retryAt: number | null): void
}

interface Call {
  resolve(result: unknown): void
  reject(error: CallError): void
  deadline: ReturnType<typeof setTimeout>
}

const OPEN_MS = 10_000
const CALL_MS = 15_000
const PROBE_MS = 5_000
const FIRST_WAIT_MS = 1_000
const LONGEST_WAIT_MS = 30_000

const LOST = 1006
export const SIGNED_OUT = 4501

const calls = new Map<number, Call>()
let ears: Ears
let wanted = false
let ws: WebSocket | undefined
/** When the socket is expected to have opened, or to be tried again. */
let timer: ReturnType<typeof setTimeout> | undefined
let failures = 0
let lastId = 0
let heardAt = 0

/** Opens the socket for these ears and keeps it open. */
export function start(these: Ears) {
  ears = these
  window.addEventListener('online', hurry)
  window.addEventListener('offline', () => lost(LOST))
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) hurry()
  })
  open()
}

/** Opens a new socket, as one has just signed in: one from before would go on for whoever that was. */
export function open() {
  retry()
  wanted = true
  connect()
}

/** Closes the socket as if the server had done so with `code`. */
export function end(code: number) {
  wanted = true
  lost(code)
}

/** Gives this connection up; the next one comes after a wait. */
export function retry() {
  if (ws) lost(LOST)
}

/** Tries again at once; a socket that seems open has to prove it. */
export function hurry() {
  if (!wanted) return
  if (!ws) connect()
  else if (ws.readyState === WebSocket.OPEN) call('workspace.look', {}, PROBE_MS).catch(() => undefined)
}

/** All went well with this connection: the next cut starts from the shortest wait. */
export function settled() {
  failures = 0
}

/** Asks over the socket. Fails with a CallError; `unavailable` when it was cut or took too long. */
export function call<M extends Method>(method: M, params: Params<M>, wait = CALL_MS): Promise<Result<M>> {
  const socket = ws
  if (socket?.readyState !== WebSocket.OPEN) return Promise.reject(cut('cutOffline'))
  return new Promise((resolve, reject) => {
    const id = ++lastId
    const sentAt = performance.now()
    const deadline = setTimeout(() => silent(id, sentAt), wait)
    calls.set(id, { resolve: resolve as Call['resolve'], reject, deadline })
    socket.send(JSON.stringify({ jsonrpc: '2.0', id, method, params }))
  })
}

/** Asks by POST, for the calls that set or clear the session cookie and for whoever is not signed in. */
export async function http<M extends Method>(method: M, params: Params<M>): Promise<Result<M>> {
  let answer
  try {
    const response = await fetch('/rpc', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
      signal: AbortSignal.timeout(CALL_MS),
    })
    answer = await response.json()
  } catch {
    throw cut('cutUnreachable')
  }
  if (answer.error) throw fromAnswer(answer.error)
  return answer.result
}

function connect() {
  clearTimeout(timer)
  const socket = new WebSocket(location.origin.replace(/^http/, 'ws') + '/ws')
  ws = socket
  // A socket that was given up may still speak.
  const current = <E>(act: (event: E) => void) => {
    return (event: E) => {
      if (ws === socket) act(event)
    }
  }
  socket.onopen = current(() => {
    clearTimeout(timer)
    ears.opened()
  })
  socket.onmessage = current((event: MessageEvent<string>) => hear(event.data))
  socket.onclose = current((event: CloseEvent) => lost(event.code))
  timer = setTimeout(() => lost(LOST), OPEN_MS)
}

function hear(text: string) {
  heardAt = performance.now()
  const frame = JSON.parse(text)
  if (frame.method) return ears.heard(frame.method, frame.params)
  const waiting = calls.get(frame.id)
  if (!waiting) return
  forget(frame.id, waiting)
  if (frame.error) waiting.reject(fromAnswer(frame.error))
  else waiting.resolve(frame.result)
}

function lost(code: number) {
  if (!wanted) return
  const socket = ws
  ws = undefined
  socket?.close()
  clearTimeout(timer)
  for (const [id, waiting] of calls) {
    forget(id, waiting)
    waiting.reject(cut())
  }
  wanted = code < 4500 || code > 4999
  ears.closed(code, wanted ? again() : null)
}

/** Sets the next attempt: later each time, and not for everybody at the same moment. */
function again(): number {
  const longest = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** failures++)
  const wait = longest * (0.5 + Math.random() / 2)
  timer = setTimeout(connect, wait)
  return Date.now() + wait
}

/** No answer in time. When nothing else was heard either, the connection is dead without having said so. */
function silent(id: number, sentAt: number) {
  const waiting = calls.get(id)
  if (!waiting) return
  if (heardAt <= sentAt) return lost(LOST)
  forget(id, waiting)
  waiting.reject(cut('cutSlow'))
}

function forget(id: number, waiting: Call) {
  clearTimeout(waiting.deadline)
  calls.delete(id)
}
