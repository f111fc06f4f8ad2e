import { IDBFactory } from 'fake-indexeddb'
import { expect, onTestFinished, test, vi } from 'vitest'

import { PATIENCE, Refusal, SILENCE, cat, message, openTab, quiet, server, startAnswer, startTab, until } from './world'

/** A server that remembers nonces, as the real one does. */
function posting() {
  const made = new Map<string, ReturnType<typeof message>>()
  let seq = 50
  server.answers['messages.page'] = () => ({ messages: [], more: false, older: false, newer: false })
  server.answers['messages.post'] = ({ nonce, body }) => {
    const known = made.get(nonce) ?? message(++seq, { nonce, body, author: 3 })
    made.set(nonce, known)
    return known
  }
  return () => [...made.values()].map((row) => row.body)
}

test('a post is shown at once, and is the message once it is acknowledged', async () => {
  posting()
  const tab = await startTab()
  const timeline = tab.messages.open(7)
  await until(() => timeline.loading === '')
  void tab.messages.post(7, 'hello')
  expect(tab.messages.pending(7)).toMatchObject([{ body: 'hello', state: 'waiting' }])
  await until(() => tab.messages.pending(7).length === 0)
  expect(timeline.messages.map((row) => row.body)).toEqual(['hello'])
  await until(() => tab.messages.unsent() === 0)
  expect(await tab.db.entries()).toEqual([])
})

test('the change may come before the answer: the message is shown once', async () => {
  posting()
  server.answers['messages.post'] = () => SILENCE
  const tab = await startTab()
  const timeline = tab.messages.open(7)
  await until(() => timeline.loading === '')
  void tab.messages.post(7, 'hello')
  await until(() => server.called('messages.post').length === 1)
  const nonce = server.called('messages.post')[0]?.nonce
  server.change({ topic: 'room:7', seq: 51, messages: [message(51, { nonce, author: 3 })] })
  expect(timeline.messages).toHaveLength(1)
  expect(tab.messages.pending(7)).toEqual([])
})

test('what was written offline survives a reload and goes out in order, each with its own nonce', async () => {
  const bodies = posting()
  const before = await startTab()
  server.up = false
  server.socket.cut()
  for (const body of ['one', 'two', 'three']) await before.messages.post(7, body)
  const nonces = before.messages.pending(7).map((entry) => entry.nonce)
  expect(server.called('messages.post')).toEqual([])

  server.up = true
  const after = await startTab()
  await until(() => after.messages.unsent() === 0)
  expect(bodies()).toEqual(['one', 'two', 'three'])
  expect(server.called('messages.post').map((params) => params.nonce)).toEqual(nonces)
})

test('what was written offline is shown after a reload, before there is a connection', async () => {
  const before = await startTab()
  server.up = false
  server.socket.cut()
  await before.messages.post(7, 'one')
  const after = await openTab()
  await after.sync.start()
  expect(after.messages.pending(7).map((entry) => entry.body)).toEqual(['one'])
})

/** Somebody else writes to the outbox until the test is over or says so: whatever this tab asks of it waits. */
async function slowDisk() {
  await quiet() // what a start reads it has read
  const other = await new Promise<IDBDatabase>((done) => {
    const request = indexedDB.open('chinwag-3')
    request.onsuccess = () => done(request.result)
  })
  const outbox = other.transaction('outbox', 'readwrite').objectStore('outbox')
  let busy = true
  const goOn = () => {
    if (busy) outbox.count().onsuccess = goOn
  }
  goOn()
  const end = () => {
    busy = false
  }
  onTestFinished(end)
  return end
}

test('a page that is gone before the database has the post loses nothing', async () => {
  const bodies = posting()
  const before = await startTab()
  server.up = false
  server.socket.cut()
  await slowDisk()
  void before.messages.post(7, 'one')
  // What has not been written yet never is.
  vi.stubGlobal('indexedDB', new IDBFactory())
  server.up = true
  const after = await startTab()
  await until(() => after.messages.unsent() === 0)
  expect(bodies()).toEqual(['one'])
  expect(await after.db.entries()).toEqual([])
})

test('a post waits for no disk, nor does the next one after it was sent or refused', async () => {
  const bodies = posting()
  const answer = server.answers['messages.post']
  server.answers['messages.post'] = (params, socket) =>
    params.body === 'bad' ? new Refusal('forbidden') : (answer?.(params, socket) ?? SILENCE)
  const tab = await startTab()
  await slowDisk()
  for (const body of ['one', 'bad', 'two']) void tab.messages.post(7, body)
  await until(() => bodies().length === 2)
  expect(bodies()).toEqual(['one', 'two'])
  expect(tab.messages.pending(7)).toMatchObject([{ body: 'bad', state: 'failed' }])
})

test('a post waits no longer than a moment for a disk that does not answer when one is back', async () => {
  const bodies = posting()
  const tab = await startTab()
  await slowDisk()
  server.socket.cut()
  await vi.advanceTimersByTimeAsync(1_000)
  await until(() => tab.connection.state === 'online')
  void tab.messages.post(7, 'one')
  await vi.advanceTimersByTimeAsync(1_000)
  await until(() => bodies().length === 1)
})

test('what was sent does not come back from a disk that does not know it yet', async () => {
  posting()
  const tab = await startTab()
  const outbox = await import('../outbox')
  server.answers['messages.post'] = () => SILENCE
  await tab.messages.post(7, 'one')
  await until(() => server.called('messages.post').length === 1)
  const end = await slowDisk()
  const read = outbox.load()
  const { id = 0 } = server.calls.find((frame) => frame.method === 'messages.post') ?? {}
  server.socket.answer(id, message(51, { author: 3 }))
  await until(() => tab.messages.unsent() === 0)
  end()
  await read
  expect(tab.messages.unsent()).toBe(0)
  await outbox.load()
  expect(tab.messages.unsent()).toBe(0)
})

test('a post whose answer was lost is sent again with the same nonce', async () => {
  const bodies = posting()
  const answer = server.answers['messages.post']
  const tab = await startTab()
  server.answers['messages.post'] = (params, socket) => {
    void answer?.(params, socket)
    socket.cut()
    return SILENCE
  }
  await tab.messages.post(7, 'hello')
  await until(() => tab.connection.state === 'offline')
  server.answers['messages.post'] = answer
  await vi.advanceTimersByTimeAsync(1_000)
  await until(() => tab.messages.unsent() === 0)
  const [first, second] = server.called('messages.post')
  expect(second?.nonce).toBe(first?.nonce)
  expect(bodies()).toEqual(['hello'])
})

test('nothing is sent before it is known who one is, and whether the server is the same', async () => {
  const bodies = posting()
  const tab = await startTab()
  server.up = false
  server.socket.cut()
  await tab.messages.post(7, 'old')
  server.up = true
  let answer: (state: unknown) => void = () => undefined
  server.answers['sync.start'] = () => new Promise((done) => (answer = done))
  await vi.advanceTimersByTimeAsync(2_000)
  await tab.messages.post(7, 'new')
  await quiet()
  expect(bodies()).toEqual([])
  answer({ ...startAnswer(), epoch: 'two' })
  await until(() => tab.connection.state === 'online')
  await quiet()
  expect(bodies()).toEqual([])
  expect(tab.messages.pending(7)).toMatchObject([{ body: 'old', state: 'failed' }, { body: 'new', state: 'failed' }])
})

test('why nothing is sent to a server that was restored is said in the language of whoever wrote it', async () => {
  const tab = await startTab()
  const [{ language }, german] = [await import('../language'), await import('../languages/de')]
  language.value = german.default
  server.up = false
  server.socket.cut()
  await tab.messages.post(7, 'old')
  server.up = true
  server.state = { ...startAnswer(), epoch: 'two' }
  await vi.advanceTimersByTimeAsync(2_000)
  await until(() => tab.connection.state === 'online')
  expect(tab.messages.pending(7)[0]?.error).toContain('wiederhergestellt')
})

test('too many: it waits as long as it is told, and keeps the order', async () => {
  const bodies = posting()
  const answer = server.answers['messages.post']
  const tab = await startTab()
  server.answers['messages.post'] = () => new Refusal('too_many', 'Slowly.', 7)
  await tab.messages.post(7, 'one')
  await tab.messages.post(7, 'two')
  await until(() => server.called('messages.post').length === 1)
  await quiet()
  server.answers['messages.post'] = answer
  await vi.advanceTimersByTimeAsync(6_999)
  await quiet()
  expect(server.called('messages.post')).toHaveLength(1)
  await vi.advanceTimersByTimeAsync(1)
  await until(() => tab.messages.unsent() === 0)
  expect(bodies()).toEqual(['one', 'two'])
})

test('a server whose database is away is asked again', async () => {
  const bodies = posting()
  const answer = server.answers['messages.post']
  const tab = await startTab()
  server.answers['messages.post'] = () => new Refusal('unavailable')
  await tab.messages.post(7, 'one')
  await until(() => server.called('messages.post').length === 1)
  await quiet()
  server.answers['messages.post'] = answer
  await vi.advanceTimersByTimeAsync(2_000)
  await until(() => tab.messages.pending(7).length === 0)
  expect(bodies()).toEqual(['one'])
})

test.each(['forbidden', 'not_found', 'too_large', 'conflict', 'invalid'])(
  'a post that is refused as %s says why, stays over a reload, and does not hold up the next one',
  async (kind) => {
    const bodies = posting()
    const answer = server.answers['messages.post']
    server.answers['messages.post'] = (params, socket) =>
      params.body === 'bad' ? new Refusal(kind, 'You may not.') : (answer?.(params, socket) ?? SILENCE)
    const tab = await startTab()
    await tab.messages.post(7, 'bad')
    await tab.messages.post(7, 'good')
    await until(() => bodies().length === 1)
    const failed = [{ body: 'bad', state: 'failed', error: 'You may not.' }]
    await until(() => tab.messages.unsent() === 1)
    expect(tab.messages.pending(7)).toMatchObject(failed)
    const after = await startTab()
    expect(after.messages.pending(7)).toMatchObject(failed)
    await quiet()
    expect(server.called('messages.post').filter((params) => params.body === 'bad')).toHaveLength(1)
  },
)

/** What is shown for a moment; its ways lead to pages that show nothing. */
async function shownToasts() {
  const router = await import('../router')
  await router.start([{ path: /.*/, view: {} }], () => '/rooms/lobby')
  return (await import('../composables/toasts')).toasts
}

test('a post that fails where one does not see it is told of, with the way to it', async () => {
  const tab = await startTab()
  const toasts = await shownToasts()
  server.answers['messages.post'] = () => new Refusal('forbidden')
  tab.messages.open(7)
  await tab.messages.post(7, 'before one’s eyes')
  await until(() => tab.messages.failed().length === 1)
  await vi.dynamicImportSettled()
  expect(toasts.value).toEqual([])
  tab.messages.close()
  await tab.messages.post(7, 'elsewhere')
  await vi.waitFor(() => expect(toasts.value).toHaveLength(1), PATIENCE)
  toasts.value[0]?.action?.act()
  expect(location.pathname).toBe('/rooms/lobby')
  await tab.messages.post(7, 'another one')
  await vi.waitFor(() => expect(toasts.value.map(({ text }) => text)).toEqual(['2 messages could not be sent.']), PATIENCE)
})

test('the words of a post to a room that one is in no more are among what waits', async () => {
  const tab = await startTab()
  const toasts = await shownToasts()
  server.answers['messages.post'] = () => new Refusal('not_found')
  server.up = false
  server.socket.cut()
  await tab.messages.post(7, 'many words')
  server.up = true
  server.state = { ...startAnswer(), rooms: [], mine: [], topics: { workspace: 12, 'user:3': 41 } }
  await vi.advanceTimersByTimeAsync(2_000)
  await vi.waitFor(() => expect(toasts.value).toHaveLength(1), PATIENCE)
  toasts.value[0]?.action?.act()
  expect(location.pathname).toBe('/later')
  expect(tab.messages.failed()).toMatchObject([{ body: 'many words' }])
})

test('a failed post is sent again or deleted when its author says so', async () => {
  posting()
  const answer = server.answers['messages.post']
  server.answers['messages.post'] = () => new Refusal('forbidden')
  const tab = await startTab()
  await tab.messages.post(7, 'one')
  await tab.messages.post(7, 'two')
  await until(() => tab.messages.pending(7).every((entry) => entry.state === 'failed'))
  const [one, two] = tab.messages.pending(7)
  server.answers['messages.post'] = answer
  await tab.messages.retry(one?.nonce ?? '')
  await tab.messages.discard(two?.nonce ?? '')
  await until(() => tab.messages.unsent() === 0)
  expect(server.called('messages.post').map((params) => params.body)).toEqual(['one', 'two', 'one'])
  expect(await tab.db.entries()).toEqual([])
})

test('a post that is written just when all others are sent is sent too', async () => {
  const bodies = posting()
  const tab = await startTab()
  await tab.messages.post(7, 'one')
  await until(() => bodies().length === 1)
  await until(() => tab.messages.unsent() === 0)
  await tab.messages.post(7, 'two')
  await until(() => tab.messages.unsent() === 0)
  expect(bodies()).toEqual(['one', 'two'])
})

test('two tabs show the same outbox, and only one sends each post', async () => {
  const bodies = posting()
  const one = await startTab()
  const two = await startTab()
  server.up = false
  for (const socket of server.sockets) socket.cut()
  await one.messages.post(7, 'from one')
  await vi.advanceTimersByTimeAsync(10)
  await two.messages.post(7, 'from two')
  await until(() => one.messages.pending(7).length === 2)
  expect(two.messages.pending(7).map((entry) => entry.body)).toEqual(['from one', 'from two'])
  server.up = true
  window.dispatchEvent(new Event('online'))
  await until(() => one.messages.unsent() + two.messages.unsent() === 0)
  await quiet()
  expect(bodies()).toEqual(['from one', 'from two'])
  expect(server.called('messages.post')).toHaveLength(2)
})

test('what a tab that is gone has not sent is sent by the others, and only once', async () => {
  const bodies = posting()
  await startTab()
  const { add } = await import('../outbox')
  const [two, three] = [await startTab(), await startTab()]
  // Each has looked by then what waits at the start.
  for (let tab = 0; tab < 4; tab += 1) await quiet()
  await add(7, 'from one')
  await until(() => bodies().length === 1)
  await until(() => two.messages.unsent() + three.messages.unsent() === 0)
  await quiet()
  expect(server.called('messages.post')).toHaveLength(1)
})

test('of two tabs that start at once the second looks what the first has sent, and does not wait to be told', async () => {
  posting()
  const before = await startTab()
  server.up = false
  server.socket.cut()
  await before.messages.post(7, 'one')
  server.up = true
  vi.stubGlobal('BroadcastChannel', class extends EventTarget { postMessage() {} })
  const [two, three] = [await openTab(), await openTab()]
  await Promise.all([two.sync.start(), three.sync.start()])
  await until(() => two.messages.unsent() + three.messages.unsent() === 0)
  expect(server.called('messages.post')).toHaveLength(1)
})

test('a message that another tab has sent is shown before the server tells of it', async () => {
  posting()
  const one = await startTab()
  const two = await startTab()
  const timeline = two.messages.open(7)
  await until(() => timeline.loading === '')
  await one.messages.post(7, 'hello')
  await until(() => timeline.messages.length === 1)
  await until(() => two.messages.pending(7).length === 0)
})

test('without a database a post is sent all the same, and again after a cut', async () => {
  const bodies = posting()
  vi.stubGlobal('indexedDB', { open: () => { throw new DOMException('No.', 'SecurityError') } })
  const tab = await startTab()
  server.up = false
  server.socket.cut()
  await tab.messages.post(7, 'one')
  server.up = true
  await vi.advanceTimersByTimeAsync(1_000)
  await until(() => tab.messages.unsent() === 0)
  expect(bodies()).toEqual(['one'])
})

test('without locks it sends all the same', async () => {
  const bodies = posting()
  vi.stubGlobal('navigator', {})
  const tab = await startTab()
  await tab.messages.post(7, 'one')
  await until(() => tab.messages.pending(7).length === 0)
  expect(bodies()).toEqual(['one'])
})

test('without a database, too, what one user wrote is never sent by the next one in the same tab', async () => {
  posting()
  vi.stubGlobal('indexedDB', undefined)
  const tab = await startTab()
  server.answers['messages.post'] = () => SILENCE
  await tab.messages.post(7, 'by Ann')
  server.socket.cut(4501)
  server.calls = []
  server.state = { ...server.state, me: cat, topics: { 'user:5': 1, 'room:7': 50 } }
  tab.socket.open()
  await until(() => tab.connection.state === 'online')
  await quiet()
  expect(tab.messages.unsent()).toBe(0)
  expect(server.called('messages.post')).toEqual([])
})

test('what one user wrote is never sent by another', async () => {
  posting()
  const tab = await startTab()
  server.up = false
  server.socket.cut()
  await tab.messages.post(7, 'by Ann')
  server.up = true
  server.state = { ...server.state, me: cat, topics: { 'user:5': 1, 'room:7': 50 } }
  const other = await startTab()
  await quiet()
  expect(other.messages.unsent()).toBe(0)
  expect(server.called('messages.post')).toEqual([])
})
