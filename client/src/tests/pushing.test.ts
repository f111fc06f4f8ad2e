import { expect, test, vi } from 'vitest'

import { quiet, server, startTab, until } from './world'

test('who is back at once waits until the subscription from before is gone, and makes another', async () => {
  vi.stubEnv('PROD', true)
  vi.stubGlobal('caches', { open: async () => ({ put: async () => undefined }) })
  vi.stubGlobal('Notification', { permission: 'granted', requestPermission: async () => 'granted' })
  let gone: () => void = () => undefined
  const subscription = (endpoint: string) => ({
    options: {},
    toJSON: () => ({ endpoint, keys: {} }),
    unsubscribe: () => new Promise<void>((done) => (gone = done)).then(() => (present = null)),
  })
  let present: ReturnType<typeof subscription> | null = subscription('https://push.example/old')
  const pushManager = { getSubscription: async () => present, subscribe: async () => subscription('https://push.example/new') }
  const registration = { pushManager, getNotifications: async () => [] }
  const found = async () => registration
  const serviceWorker = { ready: found(), getRegistration: found, register: found }
  Object.assign(navigator, { serviceWorker, userAgent: '' })
  server.answers['push.list'] = () => ({ key: 'key', devices: [] })
  server.answers['push.subscribe'] = async () => null
  const tab = await startTab()
  const { begin, pushing } = await import('../composables/pushing')
  server.socket.cut(4501)
  tab.socket.open()
  await until(() => tab.connection.state === 'online')
  void begin()
  await quiet()
  expect(pushing.busy).toBe(true)
  gone()
  await until(() => pushing.on)
  expect(server.called('push.subscribe')).toMatchObject([{ endpoint: 'https://push.example/new' }])
})
