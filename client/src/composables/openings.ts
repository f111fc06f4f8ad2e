/** A click at a notification opens what it is of in this window: the service worker says so, and hears that it was done. */
import { push } from '@/router'

navigator.serviceWorker?.addEventListener('message', (event: MessageEvent<{ kind?: string; path?: string }>) => {
  const { kind, path } = event.data
  if (kind !== 'open' || !path?.startsWith('/')) return
  event.ports[0]?.postMessage('done')
  void push(path)
})
navigator.serviceWorker?.startMessages()
