/**
 * Whether this browser tells of what is new: while a tab is open by notifications.ts, and, where browser and server can,
 * also when none is, by web push. Lazy.
 */
import { computed, shallowReactive, watch } from 'vue'

import { language } from '@/language'
import { connection } from '@/stores/connection'
import { listDevices, subscribe, unsubscribe } from '@/stores/push'
import { session } from '@/stores/session'
import { attach } from '@/sync'
import { keepShell } from '@/trusted'
import { t, type Word } from '@/words'
import '@/words.push'

import { closeAll } from './notified'
import { recall, remember, remembered } from './remembered'

const WORDS = '/pushed-words'
/** What the service worker says, which has no catalogue. */
const SAID: Word[] = ['pushedIn', 'pushedText', 'pushedReminder', 'pushedTest', 'pushedTestText', 'pushedUnknown']
const ANSWER_MS = 15_000

/** Tabs of this browser tell of what is new. */
const notify = remembered<'on' | 'off'>('notify', 'off')

const apple = /iP(?:hone|ad|od)/.test(navigator.userAgent) || (navigator.platform === 'MacIntel' && navigator.maxTouchPoints > 1)

export const pushing = shallowReactive({
  able: 'Notification' in window,
  /** Of an iPhone or iPad only an installed app may notify. */
  installFirst: apple && !('Notification' in window),
  permission: 'Notification' in window ? Notification.permission : 'denied',
  /** Why this browser is told nothing while no tab is open. */
  problem: '' as '' | 'none' | 'server' | 'unreachable',
  /** Told by push. */
  on: false,
  busy: false,
})

/** Signed out, or at another server: what this browser had is taken away. */
let forgetting: Promise<void> | undefined

export const notifies = computed(() => notify.value === 'on' && pushing.permission === 'granted')

/** Asks the person where that is still to be asked; call it at a click. True when this browser tells from now on. */
export async function turnOn(): Promise<boolean> {
  pushing.permission = await Notification.requestPermission()
  if (pushing.permission !== 'granted') return false
  notify.value = 'on'
  void import('./notifications')
  remember('push', String(session.user))
  await begin()
  return true
}

export async function turnOff() {
  notify.value = 'off'
  remember('push', null)
  pushing.on = false
  await unsubscribe()
  await forget()
}

/** What was turned on goes on: at the start, and when one is back. Signing out has made this browser forget it. */
export function goOn() {
  if (recall('notify') === null) notify.value = 'off'
  if (!notifies.value) return
  void import('./notifications')
  if (recall('push') === String(session.user) && connection.state === 'online' && !pushing.on) void begin()
}

/** Has this browser told by its push service, as far as it can. */
export async function begin() {
  if (pushing.busy) return
  Object.assign(pushing, { busy: true, problem: '' })
  try {
    pushing.problem = await tell()
    pushing.on = !pushing.problem
  } catch {
    Object.assign(pushing, { on: false, problem: 'unreachable' })
  } finally {
    pushing.busy = false
  }
}

async function tell(): Promise<typeof pushing.problem> {
  // What is there may be just about to be taken away.
  await forgetting
  // It may not be there yet; and signing out took it away.
  keepShell()
  const registration = import.meta.env.PROD && (await within(navigator.serviceWorker?.ready))
  if (!registration || !('pushManager' in registration)) return 'none'
  const { key } = await listDevices()
  if (!key) return 'server'
  const options = { userVisibleOnly: true, applicationServerKey: key }
  const made = (await present(registration, key)) ?? (await within(registration.pushManager.subscribe(options)))
  const { endpoint = '', keys } = made.toJSON()
  await subscribe({ endpoint, p256dh: keys?.p256dh ?? '', auth: keys?.auth ?? '' })
  await keepWords()
  return ''
}

/** The subscription that there is; one for another key, as of another server that was at this address, is of no use. */
async function present({ pushManager }: ServiceWorkerRegistration, key: string): Promise<PushSubscription | null> {
  const there = await pushManager.getSubscription()
  const its = there?.options.applicationServerKey
  if (!there || !its || encoded(its) === key) return there
  await there.unsubscribe()
  return null
}

/** Without a network some browsers never answer. */
function within<T>(asked: Promise<T>): Promise<T> {
  return Promise.race([asked, new Promise<never>((_, refuse) => setTimeout(() => refuse(new Error('late')), ANSWER_MS))])
}

function encoded(bytes: ArrayBuffer): string {
  return btoa(String.fromCharCode(...new Uint8Array(bytes))).replace(/\+/g, '-').replace(/\//g, '_').replace(/=/g, '')
}

async function keepWords() {
  const cache = await caches.open('words')
  await cache.put(WORDS, Response.json(Object.fromEntries(SAID.map((word) => [word, t(word)]))))
}

async function forget() {
  await closeAll()
  const registration = await navigator.serviceWorker?.getRegistration()
  await (await registration?.pushManager?.getSubscription())?.unsubscribe()
}

watch(language, () => {
  if (pushing.on) void keepWords()
})
// Signed out: the server has forgotten the device with the session.
attach({
  resume: goOn,
  clear() {
    pushing.on = false
    forgetting = forget().catch(() => undefined)
  },
})
