/**
 * What the server pushes (docs/protocol.md): each tag is one notification, which goes when that is read elsewhere. A click
 * opens it in a window that is there, or in a new one. The page leaves the words for it in its own language.
 */
const worker = self as unknown as ServiceWorkerGlobalScope

interface Told {
  kind: 'message' | 'reminder' | 'test' | 'read'
  tag: string
  closes: string[]
  path?: string
  seq?: number
  by?: string
  room?: string
  text?: string
  at?: number
}

/** Newer than the standard's types. */
interface Options extends NotificationOptions {
  renotify?: boolean
  timestamp?: number
}

const WORDS = '/pushed-words'
const ANSWER_MS = 1_000
const words = {
  pushedIn: '{name} in {room}',
  pushedText: 'A new message',
  pushedReminder: 'You wanted to be reminded',
  pushedTest: 'Notifications work',
  pushedTestText: 'This is how you are told.',
  pushedUnknown: 'There is something new',
}

worker.addEventListener('push', (event) => event.waitUntil(alone(() => hear(event.data))))
worker.addEventListener('pushsubscriptionchange', (event) => (event as ExtendableEvent).waitUntil(subscribeAgain()))
worker.addEventListener('notificationclick', (event) => {
  event.notification.close()
  event.waitUntil(Promise.all([open((event.notification.data as Told).path ?? '/'), alone(count)]))
})
worker.addEventListener('notificationclose', (event) => event.waitUntil(alone(count)))

/** As the pages do (composables/notified.ts). */
function alone(act: () => Promise<void>): Promise<void> {
  return navigator.locks.request('chinwag-shown', act)
}

async function hear(data: PushMessageData | null) {
  const told = read(data)
  for (const one of await worker.registration.getNotifications()) if (told.closes.includes(one.tag)) one.close()
  if (told.kind !== 'read') await show(told)
  await count()
}

/** Something is shown whatever came: browsers take it ill otherwise. */
function read(data: PushMessageData | null): Told {
  try {
    return { ...(data?.json() as Told) }
  } catch {
    return { kind: 'message', tag: 'unknown', closes: [], path: '/inbox' }
  }
}

async function show(told: Told) {
  const said = { ...words, ...(await kept()) }
  const [title, body] = worded(told, said)
  const [present] = await worker.registration.getNotifications({ tag: told.tag })
  const known = told.at !== undefined && (present?.data as Told | undefined)?.at === told.at
  const options: Options = { body, tag: told.tag, renotify: !known, icon: '/icon-192.png', badge: '/icon-monochrome.png', data: told }
  if (told.at !== undefined) options.timestamp = told.at
  await worker.registration.showNotification(title, options)
}

function worded({ kind, by, room, text }: Told, said: typeof words): [title: string, body: string] {
  if (kind === 'reminder') return [said.pushedReminder, text ?? '']
  if (kind === 'test') return [said.pushedTest, said.pushedTestText]
  if (!by) return [said.pushedUnknown, '']
  const title = room ? said.pushedIn.replace(/\{(name|room)\}/g, (_, word) => (word === 'name' ? by : room)) : by
  return [title, text ?? said.pushedText]
}

/** What the page has left. */
async function kept(): Promise<Partial<typeof words>> {
  const answer = await caches.match(WORDS)
  return answer ? ((await answer.json()) as Partial<typeof words>) : {}
}

/** The icon says how many notifications are shown; a page that is open says it better. */
async function count() {
  const all = await worker.registration.getNotifications()
  if (all.length) await navigator.setAppBadge?.(all.length)
  else await navigator.clearAppBadge?.()
}

async function open(path: string) {
  const windows = await worker.clients.matchAll({ type: 'window', includeUncontrolled: true })
  const one = windows.find((one) => one.focused) ?? windows.find((one) => one.visibilityState === 'visible') ?? windows[0]
  if (!one) return void (await worker.clients.openWindow(path))
  await one.focus().catch(() => undefined) // some browsers let nobody focus
  if (!(await goes(one, path))) await one.navigate(path)
}

/** Whether a page goes there by itself; one that still loads hears nothing. */
function goes(page: WindowClient, path: string): Promise<boolean> {
  const { port1, port2 } = new MessageChannel()
  page.postMessage({ kind: 'open', path }, [port2])
  return new Promise((resolve) => {
    port1.onmessage = () => resolve(true)
    setTimeout(() => resolve(false), ANSWER_MS)
  })
}

/** The browser has dropped the subscription, or made another: the server is told of a new one. */
async function subscribeAgain() {
  const { key } = await call('push.list', {})
  if (!key) return
  const made = await worker.registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key })
  const { endpoint, keys } = made.toJSON()
  await call('push.subscribe', { endpoint, ...keys })
}

async function call(method: string, params: object): Promise<{ key?: string }> {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })
  const answer = await fetch('/rpc', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body })
  const { result, error } = (await answer.json()) as { result?: { key?: string }; error?: { message: string } }
  if (error) throw new Error(error.message)
  return result ?? {}
}

export {}
