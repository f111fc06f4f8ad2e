/**
 * The cast of the client's tests: a server that answers as a test tells it to, and tabs that are opened on it.
 *
 * A tab is the client's modules loaded afresh; tabs share IndexedDB, localStorage, BroadcastChannel and locks, as in a browser.
 */
import { IDBFactory } from 'fake-indexeddb'
import { afterEach, beforeEach, vi } from 'vitest'

import type { Method, Params, Result } from '../socket'
import type { Change, Message, Methods, Mine, Notices, Room, User } from '../wire'

/** Node's, which the client itself must not use. */
declare function setImmediate(act: () => void): void

/** Milliseconds that anything may take on a busy machine. */
export const PATIENCE = 15_000

/** Milliseconds after which the client takes in what came since the last change. */
const MOMENT = 100

type Frame = { id: number; method: Method; params: never }
type Answer = (params: never, socket: FakeSocket) => unknown

export const ann = person(3, 'ann', 'Ann')
export const bob = person(4, 'bob', 'Bob')
export const cat = person(5, 'cat', 'Cat')
export const lobby: Room = { id: 7, slug: 'lobby', name: 'Lobby', kind: 'public', seq: 50, rev: 1 }

function person(id: number, handle: string, name: string): User {
  return { id, handle, name, kind: 'person', role: 'member', rev: 1 }
}

/** What a call is refused with. */
export class Refusal {
  constructor(
    readonly kind: string,
    readonly message = `It is ${kind}.`,
    readonly retry_after?: number,
  ) {}
}

/** Leaves a call without an answer. */
export const SILENCE = Symbol('silence')

/** It stays with the server that it was opened to: a tab of an earlier test, which may still be at work, has its own. */
export class FakeSocket {
  static readonly OPEN = 1
  private readonly other = server
  readyState = 0
  closed = false
  onopen?: (event: Event) => void
  onmessage?: (event: { data: string }) => void
  onclose?: (event: { code: number }) => void

  constructor() {
    this.other.sockets.push(this)
    if (this.other.up) queueMicrotask(() => this.open())
  }

  open() {
    this.readyState = 1
    this.onopen?.(new Event('open'))
  }

  /** The client speaks. */
  send(text: string) {
    const frame: Frame = JSON.parse(text)
    this.other.calls.push(frame)
    const answer = this.other.answers[frame.method]?.(frame.params, this)
    void Promise.resolve(answer).then((result) => {
      if (result !== SILENCE) this.answer(frame.id, result)
    })
  }

  answer(id: number, result: unknown) {
    if (!(result instanceof Refusal)) return this.say({ jsonrpc: '2.0', id, result: result ?? null })
    const { kind, message, retry_after } = result
    this.say({ jsonrpc: '2.0', id, error: { code: -32000, message, data: { kind, retry_after } } })
  }

  tell<N extends keyof Notices>(method: N, params: Notices[N]) {
    this.say({ jsonrpc: '2.0', method, params })
  }

  say(frame: object) {
    this.onmessage?.({ data: JSON.stringify(frame) })
  }

  /** The client closes. */
  close() {
    this.closed = true
  }

  /** The server closes, or the wire is cut. */
  cut(code = 1006) {
    this.readyState = 3
    this.onclose?.({ code })
  }
}

class FakeServer {
  up = true
  sockets: FakeSocket[] = []
  calls: Frame[] = []
  answers: { [M in Method]?: (params: Params<M>, socket: FakeSocket) => Result<M> | Refusal | symbol | Promise<unknown> } & Record<
    string,
    Answer | undefined
  > = {}
  state: Methods['sync.start']['result'] = startAnswer()

  get socket(): FakeSocket {
    const last = this.sockets.at(-1)
    if (!last) throw new Error('Nobody has connected.')
    return last
  }

  called<M extends Method>(method: M): Params<M>[] {
    return this.calls.filter((frame) => frame.method === method).map((frame) => frame.params)
  }

  /** Tells every socket that is open; then a moment passes. */
  change(change: Change) {
    for (const socket of this.sockets) if (socket.readyState === 1) socket.tell('change', change)
    vi.advanceTimersByTime(MOMENT)
  }
}

export function startAnswer(): Methods['sync.start']['result'] {
  return {
    epoch: 'one',
    me: ann,
    users: [ann, bob],
    rooms: [lobby],
    mine: [view()],
    settings: { name: 'Ours' },
    topics: { workspace: 12, 'user:3': 40, 'room:7': 50 },
    changes: [],
    reset: [],
    presence: [{ user: 4, state: 'online' }],
    counts: {},
    groups: [],
    preferences: {},
    drafts: [],
    later: 0,
  }
}

export function view(row: Partial<Mine> = {}): Mine {
  return { room: 7, role: 'member', read_seq: 50, at_seq: 50, rev: 40, ...row }
}

/** A message of Bob's in the lobby, by its place. */
export function message(seq: number, row: Partial<Message> = {}): Message {
  return { id: 1000 + seq, room: 7, seq, rev: seq, author: 4, at: '2026-01-01T00:00:00Z', body: `number ${seq}`, ...row }
}

export function messages(from: number, to: number): Message[] {
  return Array.from({ length: to - from + 1 }, (_, i) => message(from + i))
}

export function post(seq: number, row: Partial<Message> = {}): Change {
  return { topic: 'room:7', seq, messages: [message(seq, row)] }
}

export let server = new FakeServer()

/** Opens a tab; it is not started. */
export async function openTab() {
  vi.resetModules()
  const [sync, socket, db, topics, outbox] = await Promise.all([
    import('../sync'),
    import('../socket'),
    import('../db'),
    import('../topics'),
    import('../outbox'),
  ])
  const [messages, rooms, users, presence, members, session, reads, connection] = await Promise.all([
    import('../stores/messages'),
    import('../stores/rooms'),
    import('../stores/users'),
    import('../stores/presence'),
    import('../stores/members'),
    import('../stores/session'),
    import('../stores/reads'),
    import('../stores/connection'),
  ])
  const stores = { messages, rooms, users, presence, members, session, reads, connection: connection.connection }
  return { sync, socket, db, held: topics.held, outbox: outbox.outbox, ...stores }
}

export type Tab = Awaited<ReturnType<typeof openTab>>

/** Opens a tab and waits until it is in step. */
export async function startTab(): Promise<Tab> {
  const tab = await openTab()
  await tab.sync.start()
  await until(() => tab.connection.state === 'online')
  return tab
}

/** Waits for what the client does by itself, without time passing. */
export async function until(holds: () => boolean) {
  for (let turn = 0; turn < 500; turn += 1) {
    if (holds()) return
    await new Promise<void>((done) => setImmediate(done))
  }
  throw new Error(`It never was: ${holds}`)
}

/** Lets everything happen that needs no time. */
export async function quiet() {
  for (let turn = 0; turn < 40; turn += 1) await new Promise<void>((done) => setImmediate(done))
}

/** Locks as browsers have them on https: one holder, the others in a row; that one is free again takes a while to be known. */
class FakeLocks {
  private last: Promise<unknown> = Promise.resolve()

  request(_name: string, work: () => Promise<void>): Promise<void> {
    const turn = this.last.then(work).then(quiet)
    this.last = turn.catch(() => undefined)
    return turn
  }
}

/** BroadcastChannel without threads: all of the same test but the sender hear, in order. */
class FakeChannel extends EventTarget {
  static all: FakeChannel[] = []
  private readonly all = FakeChannel.all

  constructor() {
    super()
    this.all.push(this)
  }

  postMessage(data: unknown) {
    const copy = structuredClone(data)
    for (const other of this.all) {
      if (other !== this) queueMicrotask(() => other.dispatchEvent(new MessageEvent('message', { data: copy })))
    }
  }
}

export function hideTab(hidden: boolean) {
  vi.spyOn(document, 'hidden', 'get').mockReturnValue(hidden)
  document.dispatchEvent(new Event('visibilitychange'))
}

/** Every listener of a closed tab would still hear: they are taken off after each test. */
function forgetListeners(target: EventTarget) {
  const add = target.addEventListener.bind(target)
  const added: [string, EventListener][] = []
  vi.spyOn(target, 'addEventListener').mockImplementation((type, listener) => {
    added.push([type, listener as EventListener])
    add(type, listener)
  })
  return () => added.forEach(([type, listener]) => target.removeEventListener(type, listener))
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'] })
  vi.stubGlobal('WebSocket', FakeSocket)
  vi.stubGlobal('BroadcastChannel', FakeChannel)
  vi.stubGlobal('indexedDB', new IDBFactory())
  vi.stubGlobal('navigator', { locks: new FakeLocks(), languages: ['en'] })
  localStorage.clear()
  FakeChannel.all = []
  const own = (server = new FakeServer())
  own.answers['sync.start'] = () => structuredClone(own.state)
  forgetting = [forgetListeners(window), forgetListeners(document)]
})

let forgetting: (() => void)[] = []

afterEach(async () => {
  // What a test has not waited for must not come when its world is gone; nor may a tab that is still at work send what
  // one of the next test writes, as localStorage is the same.
  for (const socket of server.sockets) socket.cut(4501)
  await vi.dynamicImportSettled()
  forgetting.forEach((forget) => forget())
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
  vi.useRealTimers()
})
