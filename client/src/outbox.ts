/**
 * Posts that are not acknowledged yet: kept over reloads, sent one after the other in the order they were written,
 * by one tab at a time, always with the nonce they were written with. It does not know how a post is sent.
 */
import { shallowReactive } from 'vue'

import * as db from './db'
import type { Beside, Entry } from './db'
import type { CallError } from './errors'
import { connection } from './stores/connection'
import { session } from './stores/session'
import * as tabs from './tabs'
import { Turns } from './turns'
import type { Message } from './wire'

export type { Beside, Entry }

/** Sends an entry and shows its message. */
export type Deliver = (entry: Entry) => Promise<Message>

const LONGEST_WAIT_SECONDS = 15
const WAIT_SECONDS = 2
/** A disk that does not answer holds nothing up for longer. */
const REREAD_SECONDS = 1

/** What is not acknowledged, of all tabs, the oldest first. */
export const outbox = shallowReactive({ entries: [] as Entry[] })

/** Who is told of what could not be sent. */
let mourn: (entries: Entry[]) => void = () => undefined

/** Those that are out of it, which the database may still have. */
const leaving = new Set<string>()
/** One for each user: what is read for one is not another's. */
const turns = new Turns()

let draining = false
let asked = false
let reading = false
let lastAt = 0

// What was in it is here too, and goes on from here.
db.onLost(() => outbox.entries.forEach((entry) => void db.putEntry(entry)))

/** From now on, when posts have failed, `hear` is called with them. */
export function onFailed(hear: typeof mourn) {
  mourn = hear
}

/** Reads what is kept: at the start, and when another tab has changed it. */
export async function load() {
  const counts = turns.current()
  const kept = await db.entries()
  if (counts()) outbox.entries = kept.filter(({ nonce }) => !leaving.has(nonce))
}

/** Writes a post; it is shown from the next line on, and in the database when the promise is done. */
export async function add(room: number, body: string, beside: Beside = {}) {
  lastAt = Math.max(lastAt + 1, Date.now())
  await put({ nonce: newNonce(), room, body, ...beside, at: lastAt, state: 'waiting', error: '' })
}

/** Sends a failed post again, in its old place. */
export async function retry(nonce: string) {
  const entry = outbox.entries.find((one) => one.nonce === nonce)
  if (entry) await put({ ...entry, state: 'waiting', error: '' })
}

export const discard = (nonce: string) => takeOut(nonce)

/** Sends nothing of what waits before its author has looked at it: the server is not the one that it was written for. */
export async function failAll(error: string) {
  const entries = await db.entries()
  for (const entry of entries) await put({ ...entry, state: 'failed', error })
  mourn(entries)
}

/**
 * Sends all that waits, until nothing does or the connection is cut. What other tabs may have sent by now is read anew
 * before (`stale`); a post of one's own does not wait for that.
 */
export async function drain(deliver: Deliver, stale = false) {
  asked = true
  reading ||= stale
  if (draining) return
  draining = true
  try {
    while (asked) {
      asked = false
      await alone(() => sendAll(deliver))
    }
  } finally {
    draining = false
  }
}

export function clear() {
  turns.next()
  outbox.entries = []
}

/** Two tabs must not send the same. Without locks (plain HTTP) they may; the nonce makes it harmless. */
async function alone(work: () => Promise<void>) {
  if (navigator.locks) await navigator.locks.request('chinwag-outbox', work)
  else await work()
}

/** By what this tab knows: the database has it all, but is slower than the server. */
async function sendAll(deliver: Deliver) {
  if (reading) {
    reading = false
    await Promise.race([load(), pause(REREAD_SECONDS)])
  }
  for (;;) {
    const next = outbox.entries.find((entry) => entry.state === 'waiting')
    if (!next || !(await send(next, deliver))) return
  }
}

/** Returns whether to go on. Until one is online it is not known for whom and to which server it would go. */
async function send(entry: Entry, deliver: Deliver): Promise<boolean> {
  if (connection.state !== 'online') return false
  try {
    const message = await deliver(entry)
    void takeOut(entry.nonce, message)
    return true
  } catch (error) {
    return refused(entry, error as CallError)
  }
}

/** At once; the other tabs, which read the database, are told when that knows. */
async function takeOut(nonce: string, sent?: Message) {
  leaving.add(nonce)
  outbox.entries = without(nonce)
  await db.removeEntry(nonce)
  leaving.delete(nonce)
  tell(sent)
}

async function refused(entry: Entry, { kind, message, retryAfter }: CallError): Promise<boolean> {
  if (kind === 'unauthorized') return false
  if (kind === 'unavailable' && connection.state !== 'online') return false
  const wait = retryAfter ?? WAIT_SECONDS
  // A slow room holds up none of the others.
  if (kind === 'unavailable' || (kind === 'too_many' && wait <= LONGEST_WAIT_SECONDS)) await pause(wait)
  else {
    void put({ ...entry, state: 'failed', error: message })
    mourn([entry])
  }
  return true
}

async function put(entry: Entry) {
  outbox.entries = [...without(entry.nonce), entry].sort((a, b) => a.at - b.at)
  await db.putEntry(entry)
  tell()
}

function tell(sent?: Message) {
  tabs.tell({ kind: 'outbox', user: session.user, sent })
}

const without = (nonce: string) => outbox.entries.filter((entry) => entry.nonce !== nonce)

const pause = (seconds: number) => new Promise((done) => setTimeout(done, seconds * 1000))

/** `crypto.randomUUID` is missing on plain HTTP. */
export function newNonce(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
