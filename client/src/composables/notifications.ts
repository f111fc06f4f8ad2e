/**
 * Tells of new messages outside of the page, while a tab is open. Lazy: it begins when it is loaded.
 *
 * Of the tabs of a browser one tells, and it waits a moment: what is read meanwhile, in whichever tab, is not told. Each
 * room and each thread has one notification, of its latest message; it goes when that is read anywhere. The service
 * worker shows them, as it does what is pushed, so that one tag is one notification whoever told of it.
 */
import { watch } from 'vue'

import { href } from '@/router'
import { shown } from '@/stores/messages'
import { inRoom, mine, rooms } from '@/stores/rooms'
import { me, session } from '@/stores/session'
import { follows, isThreadShown } from '@/stores/threads'
import { users } from '@/stores/users'
import { attach } from '@/sync'
import type { Change, Message, Notice } from '@/wire'
import { t } from '@/words'
import '@/words.talk'

import { alone, closeAll } from './notified'
import { isMuted } from './muted'
import { plainWords } from './plain'
import { recall } from './remembered'
import { roomLabel } from './roomName'
import { messagePath } from './thread'

/** Longer than it takes to mark as read what is looked at. */
const WAIT_MS = 1_500
const TIDY_MS = 200
const LENGTH = 240
const REMEMBERED = 200
const LOCK = 'chinwag-notifications'

/** What a notification is about; sw/push.ts gives its own the same. */
interface About {
  path: string
  seq?: number
  at?: number
}

/** The messages by which one is called, or that answer in a thread that one follows: the server says so in a notice. */
const called = new Set<number>()
let tells = false

function apply(change: Change) {
  for (const notice of change.notices ?? []) hear(notice)
  // What is caught up on is no news.
  if (change.since !== undefined && change.since !== null) return
  for (const row of change.messages ?? []) if (isNew(row)) setTimeout(() => tell(row), WAIT_MS)
}

function hear({ id, kind, at, message, text = '', done, deleted }: Notice) {
  if (kind === 'reminder' && (done || deleted)) void close(`reminder:${id}`)
  if (done || deleted) return
  const about = { path: '/inbox/reminders', at: Date.parse(at) }
  if (kind === 'reminder' && mayTell()) void show(`reminder:${id}`, t('noticeReminder'), text, about)
  if (message && (kind === 'mention' || kind === 'thread')) called.add(message)
  for (const old of called) if (called.size > REMEMBERED) called.delete(old)
}

const isNew = ({ author, rev, seq, deleted }: Message) => author !== session.user && rev === seq && !deleted

function tell(row: Message) {
  const room = rooms.get(row.room)
  if (!room || !mayTell() || !isWanted(row) || isSeen(row)) return
  const tag = inRoom(row) ? `room:${row.room}` : `thread:${row.thread}`
  if (wasRead(tag, row.seq)) return
  const name = users.get(row.author)?.name ?? t('somebody')
  const title = room.kind === 'direct' ? name : t('notifiedIn', { name, room: roomLabel(room) })
  const about = { path: href(messagePath(room, row)), seq: row.seq, at: Date.parse(row.at) }
  void show(tag, title, plainWords(row).slice(0, LENGTH), about)
}

function mayTell(): boolean {
  const quiet = me.value?.quiet_until
  return tells && recall('notify') === 'on' && !(quiet && Date.parse(quiet) > Date.now())
}

function isWanted(row: Message): boolean {
  const view = mine.get(row.room)
  if (!view || isMuted(view) || view.notify === 'none') return false
  return called.has(row.id) || (inRoom(row) && view.notify !== 'mentions')
}

/** Whether what a notification is of is read up to there; so is what one has left. */
function wasRead(tag: string, seq = Infinity): boolean {
  const [kind, id] = tag.split(':')
  const view = kind === 'room' ? mine.get(Number(id)) : follows.get(Number(id))
  return view ? (view.read_seq ?? 0) >= seq : kind === 'room'
}

/** Whether it is before one's eyes in this tab. */
function isSeen(row: Message): boolean {
  if (document.hidden) return false
  return inRoom(row) ? shown.timeline?.room === row.room : isThreadShown(row.thread ?? 0)
}

const registration = () => navigator.serviceWorker?.getRegistration()

async function show(tag: string, title: string, body: string, about: About) {
  if (Notification.permission !== 'granted') return
  const options: NotificationOptions = { body, tag, icon: '/icon-192.png', badge: '/icon-monochrome.png', data: { tag, ...about } }
  await alone(async () => (await registration())?.showNotification(title, options))
}

function close(tag: string) {
  return closeAll((one) => one.tag === tag)
}

/** Takes away what was read, also of what was pushed. */
function tidy() {
  return closeAll(({ tag, data }) => /^(?:room|thread):/.test(tag) && wasRead(tag, (data as About | null)?.seq))
}

let timer: ReturnType<typeof setTimeout> | undefined
watch(
  () => [...mine.values(), ...follows.values()].map((view) => view.read_seq ?? 0).join(),
  () => {
    clearTimeout(timer)
    timer = setTimeout(() => void tidy(), TIDY_MS)
  },
  { immediate: true },
)
attach({ apply, clear: () => called.clear() })
// The lock is held until the tab closes; then the next tab tells.
void navigator.locks?.request(LOCK, () => {
  tells = true
  return new Promise(() => undefined)
})
