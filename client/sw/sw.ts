/**
 * The service worker: the client opens at once from what is kept, also without a network. What people said is not
 * its business: that is in IndexedDB. The build puts in what `SHELL` is.
 */
import './push'
import { SHARE, receive } from './share'

const worker = self as unknown as ServiceWorkerGlobalScope
declare const SHELL: { version: string; files: string[] }

const PAGE = '/'
const CACHE = `shell-${SHELL.version}`
/** This one, and the one before it: a page that is still open loads its later parts from that. */
const CACHES_KEPT = 2
/** Where the server answers with something else than the page. */
const SERVERS = /^\/(?:ws|rpc|chat|hooks|files|avatars|emoji|previews|health|metrics|openrpc\.json)(?:\/|$)/

worker.addEventListener('install', (event) => event.waitUntil(install()))
worker.addEventListener('activate', (event) => event.waitUntil(activate()))
worker.addEventListener('fetch', (event) => {
  const { request } = event
  const url = new URL(request.url)
  if (request.method === 'POST' && url.pathname === SHARE) return event.respondWith(receive(request))
  if (request.method !== 'GET' || url.origin !== location.origin || SERVERS.test(url.pathname)) return
  if (request.mode === 'navigate') event.respondWith(kept(PAGE, request))
  else if (SHELL.files.includes(url.pathname) || url.pathname.startsWith('/assets/')) {
    event.respondWith(kept(request, request))
  }
})

async function install() {
  const cache = await caches.open(CACHE)
  await cache.addAll([PAGE, ...SHELL.files].map((path) => new Request(path, { cache: 'no-cache' })))
  await worker.skipWaiting()
}

async function activate() {
  const shells = (await caches.keys()).filter((name) => name.startsWith('shell-'))
  await Promise.all(shells.slice(0, -CACHES_KEPT).map((name) => caches.delete(name)))
  await worker.clients.claim()
}

/** The page of this version; of its parts whichever version has them. */
async function kept(what: RequestInfo, request: Request): Promise<Response> {
  const shell = await caches.open(CACHE)
  return (await shell.match(what)) ?? (await caches.match(what)) ?? fetch(request)
}
