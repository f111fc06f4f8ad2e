import { openDB } from 'idb'
import { expect, test, vi } from 'vitest'

import { PATIENCE, ann, message, messages, post, quiet, server, startAnswer, startTab, until, view } from './world'

async function inLobby() {
  server.answers['messages.page'] = () => ({ messages: messages(41, 50), more: true, older: true, newer: false })
  const tab = await startTab()
  const timeline = tab.messages.open(7)
  await until(() => timeline.loading === '')
  await quiet()
  return { ...tab, timeline }
}

const kept = async (tab: Awaited<ReturnType<typeof startTab>>) => {
  await quiet()
  const tail = await tab.db.tail('room:7', 0)
  const topics = (await tab.db.open(3))?.topics ?? []
  return { seq: topics.find((row) => row.topic === 'room:7')?.seq, seqs: tail?.messages.map((row) => row.seq) }
}

test('a change and its seq are kept together', async () => {
  const tab = await inLobby()
  server.change(post(51))
  expect(await kept(tab)).toEqual({ seq: 51, seqs: [41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51] })
})

test('when the rows cannot be written their seq is not kept, nor any later one', async () => {
  const tab = await inLobby()
  const put = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
    throw new DOMException('Full.', 'QuotaExceededError')
  })
  server.change(post(51))
  await quiet()
  put.mockRestore()
  server.change(post(52))
  await vi.waitFor(() => expect(tab.timeline.messages.at(-1)?.seq).toBe(52), PATIENCE)
  expect(await kept(tab)).toMatchObject({ seq: 50 })
})

test('a change is kept whole or not at all', async () => {
  const tab = await inLobby()
  const real = IDBObjectStore.prototype.put
  const put = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (this: IDBObjectStore, row, key) {
    if (this.name === 'topics') throw new DOMException('Full.', 'QuotaExceededError')
    return real.call(this, row, key)
  })
  server.change(post(51))
  await quiet()
  put.mockRestore()
  expect((await kept(tab)).seqs).not.toContain(51)
})

test('a tab that lags behind does not take back what another one kept', async () => {
  const tab = await inLobby()
  const edited = message(50, { rev: 52, body: 'edited' })
  await tab.db.keep([{ topic: 'room:7', seq: 51, messages: [message(51)] }])
  await tab.db.keep([{ topic: 'room:7', seq: 52, messages: [edited] }])
  await tab.db.keep([{ topic: 'room:7', seq: 53, messages: [message(49, { rev: 53, deleted: true })] }])
  await tab.db.keep([{ topic: 'room:7', seq: 51, since: 40, messages: [...messages(41, 51)] }])
  const tail = await tab.db.tail('room:7', 53)
  expect(tail?.messages.map((row) => row.seq)).toEqual([41, 42, 43, 44, 45, 46, 47, 48, 50, 51])
  expect(tail?.messages[8]?.body).toBe('edited')
})

test('two tabs that hear the same keep it once', async () => {
  const one = await inLobby()
  await startTab()
  for (const seq of [51, 52, 53]) server.change(post(seq))
  expect(await kept(one)).toMatchObject({ seq: 53 })
})

test('nothing is kept of a room that no start has named', async () => {
  const tab = await startTab()
  await tab.db.keep([{ topic: 'room:9', seq: 1, messages: [message(1, { room: 9 })] }])
  expect(await tab.db.tail('room:9', 0)).toBeUndefined()
})

test('a tail that is older than what the tab holds is not given', async () => {
  const tab = await inLobby()
  expect(await tab.db.tail('room:7', 51)).toBeUndefined()
})

test('a page that does not reach the end is not kept', async () => {
  server.answers['messages.page'] = () => ({ messages: messages(11, 20), more: true, older: true, newer: true })
  server.state = { ...startAnswer(), mine: [view({ read_seq: 15, unread: 35 })] }
  const tab = await startTab()
  const timeline = tab.messages.open(7)
  await until(() => timeline.loading === '')
  expect((await kept(tab)).seqs).toEqual([])
})

test('rows come back as they were: people, rooms, views, settings', async () => {
  const tab = await inLobby()
  server.change({ topic: 'workspace', seq: 13, users: [{ ...ann, name: 'Anna', rev: 13 }], settings: { name: 'Theirs', rev: 13 } })
  server.change(post(51))
  await quiet()
  const rows = await tab.db.open(3)
  expect(rows?.users.map((row) => row.name)).toEqual(['Anna', 'Bob'])
  expect(rows?.rooms.map((row) => row.slug)).toEqual(['lobby'])
  expect(rows?.mine).toMatchObject([{ room: 7, unread: 1, at_seq: 51 }])
  expect(rows?.settings?.name).toBe('Theirs')
})

test('an older row of a person, come by another topic, does not replace the newer', async () => {
  const tab = await inLobby()
  server.change({ topic: 'workspace', seq: 13, users: [{ ...ann, name: 'Anna', rev: 13 }] })
  server.change({ topic: 'room:7', seq: 51, users: [ann] })
  expect(tab.users.users.get(3)?.name).toBe('Anna')
  await quiet()
  expect((await tab.db.open(3))?.users[0]?.name).toBe('Anna')
})

test('signing out leaves nothing in the browser, neither rows nor posts', async () => {
  const tab = await inLobby()
  server.answers['messages.post'] = () => new Promise(() => undefined)
  await tab.messages.post(7, 'unsent')
  vi.stubGlobal('fetch', async () => ({ json: async () => ({ id: 1, result: null }) }))
  await tab.session.signOut()
  await quiet()
  expect(tab.connection.state).toBe('signed-out')
  expect(tab.rooms.rooms.size + tab.users.users.size + tab.messages.unsent()).toBe(0)
  expect(localStorage).toHaveLength(0)
  expect(await indexedDB.databases()).toEqual([])
})

test('signing out empties the browser also while another tab keeps the database open', async () => {
  const tab = await inLobby()
  const other = await openDB('chinwag-3')
  server.answers['messages.post'] = () => new Promise(() => undefined)
  await tab.messages.post(7, 'unsent')
  vi.stubGlobal('fetch', async () => ({ json: async () => ({ id: 1, result: null }) }))
  await tab.session.signOut()
  await quiet()
  for (const store of other.objectStoreNames) expect(await other.count(store)).toBe(0)
  other.close()
})

test('nothing of a room is left on the disk once one is removed from it', async () => {
  await inLobby()
  server.change({ topic: 'user:3', seq: 41, mine: [view({ deleted: true, rev: 41 })] })
  await quiet()
  const raw = await openDB('chinwag-3')
  for (const store of ['messages', 'rooms', 'mine']) expect(await raw.count(store)).toBe(0)
  raw.close()
})

test('a session that ended elsewhere takes the rows along but not what was written', async () => {
  const tab = await inLobby()
  server.answers['messages.post'] = () => new Promise(() => undefined)
  await tab.messages.post(7, 'unsent')
  server.socket.cut(4501)
  await quiet()
  expect(await tab.db.open(3)).toBeUndefined()
  expect((await tab.db.entries()).map((entry) => entry.body)).toEqual(['unsent'])
})

test('being banned leaves nothing', async () => {
  const tab = await inLobby()
  server.socket.cut(4503)
  expect(tab.connection.state).toBe('banned')
  await quiet()
  expect(await indexedDB.databases()).toEqual([])
})

test('a browser without a database, or one that never answers, leaves a client that works', async () => {
  vi.stubGlobal('indexedDB', { open: () => new EventTarget() })
  localStorage.setItem('chinwag.user', '3')
  server.answers['messages.page'] = () => ({ messages: messages(41, 50), more: true, older: true, newer: false })
  const starting = startTab()
  await quiet()
  await vi.advanceTimersByTimeAsync(3_000)
  const tab = await starting
  const timeline = tab.messages.open(7)
  await until(() => timeline.messages.length === 10)
  server.change(post(51))
  expect(timeline.messages.at(-1)?.seq).toBe(51)
})

test('of rooms that one has not been in for long only the last messages are kept', async () => {
  const tab = await inLobby()
  const fill = (room: number, since: number, seq: number) => {
    const rows = messages(since + 1, seq).map((row) => ({ ...row, room }))
    return tab.db.keep([{ topic: `room:${room}`, seq, since, messages: rows }])
  }
  const count = async (room: number) => (await tab.db.tail(`room:${room}`, 0))?.messages.length
  const topics: Record<string, number> = { 'user:3': 900 }
  for (let room = 100; room < 131; room += 1) {
    vi.setSystemTime(room * 1000)
    topics[`room:${room}`] = 160
    await tab.db.keepHeld(`room:${room}`, 0)
    await tab.db.visit(`room:${room}`)
  }
  vi.useRealTimers()
  for (const room of [100, 101]) await fill(room, 0, 160)
  const mine = Array.from({ length: 31 }, (_, at) => view({ room: 100 + at }))
  await tab.db.keepStart({ ...startAnswer(), topics, mine }, [])
  expect([await count(100), await count(101)]).toEqual([50, 160])
  await fill(100, 160, 270)
  expect(await count(100)).toBe(50)
}, 20_000)
