import { expect, test, vi } from 'vitest'

import type { Member } from '../wire'
import {
  PATIENCE,
  Refusal,
  SILENCE,
  ann,
  bob,
  cat,
  hideTab,
  lobby,
  message,
  messages,
  openTab,
  post,
  quiet,
  server,
  startTab,
  startAnswer,
  until,
  view,
} from './world'

/** A tab whose lobby is open, with the messages 41 to 50. */
async function inLobby() {
  server.answers['messages.page'] ??= () => ({ messages: messages(41, 50), more: true, older: true, newer: false })
  const tab = await startTab()
  const timeline = tab.messages.open(7)
  await until(() => timeline.loading === '')
  return { ...tab, timeline, seqs: () => timeline.messages.map((row) => row.seq) }
}

test('the start fills the stores and says that the client is online', async () => {
  const tab = await startTab()
  expect(tab.session.me.value).toEqual(ann)
  expect(tab.session.workspace.name).toBe('Ours')
  expect(tab.rooms.myRooms.value).toEqual([lobby])
  expect(tab.users.users.get(4)).toEqual(bob)
  expect(tab.presence.presence.get(4)).toBe('online')
  expect(Object.fromEntries(tab.held)).toEqual(server.state.topics)
})

test('the next change in a row is applied, a known one is not', async () => {
  const tab = await inLobby()
  server.change(post(51))
  server.change(post(51, { body: 'again', rev: 99 }))
  server.change(post(50, { body: 'old' }))
  expect(tab.seqs().slice(-2)).toEqual([50, 51])
  expect(tab.timeline.messages.at(-1)?.body).toBe('number 51')
  expect(tab.held.get('room:7')).toBe(51)
})

test('changes that come before the answer to the start are applied after it', async () => {
  let answer: (result: unknown) => void = () => undefined
  server.answers['sync.start'] = () => new Promise((done) => (answer = done))
  const tab = await openTab()
  await tab.sync.start()
  await until(() => server.called('sync.start').length === 1)
  server.change({ topic: 'workspace', seq: 13, users: [{ ...bob, name: 'Robert', rev: 13 }] })
  server.change(post(51))
  expect(tab.held.size).toBe(0)
  answer(server.state)
  await until(() => tab.connection.state === 'online')
  expect(tab.users.users.get(4)?.name).toBe('Robert')
  expect(tab.held.get('room:7')).toBe(51)
  expect(tab.rooms.mine.get(7)?.unread).toBe(1)
})

test('a hole is filled by sync.changes, and what came meanwhile is applied after it', async () => {
  const tab = await inLobby()
  let fill: (result: unknown) => void = () => undefined
  server.answers['sync.changes'] = () => new Promise((done) => (fill = done))
  server.change(post(53))
  server.change(post(54))
  expect(server.called('sync.changes')).toEqual([{ topic: 'room:7', since: 50 }])
  expect(tab.seqs().at(-1)).toBe(50)
  fill({ topic: 'room:7', seq: 53, since: 50, messages: messages(51, 53) })
  await until(() => tab.held.get('room:7') === 54)
  await vi.waitFor(() => expect(tab.seqs().slice(-5)).toEqual([50, 51, 52, 53, 54]), PATIENCE)
})

test('a change that goes back further than what is held leaves no hole', async () => {
  const tab = await inLobby()
  server.change({ topic: 'room:7', seq: 60, since: 45, messages: [message(46, { rev: 58, body: 'edited' }), message(60)] })
  expect(tab.timeline.messages.find((row) => row.seq === 46)?.body).toBe('edited')
  expect(tab.held.get('room:7')).toBe(60)
  expect(server.called('sync.changes')).toEqual([])
})

test('a hole that cannot be asked for makes the client connect anew', async () => {
  await inLobby()
  server.answers['sync.changes'] = () => new Refusal('unavailable')
  server.change(post(53))
  await until(() => server.socket.closed)
  await vi.advanceTimersByTimeAsync(1_000)
  await until(() => server.called('sync.start').length === 2)
})

test('a reset of a room drops its messages and reads the open room afresh', async () => {
  const tab = await inLobby()
  server.answers['sync.changes'] = () => ({ topic: 'room:7', seq: 900, reset: true })
  server.state = { ...startAnswer(), topics: { ...server.state.topics, 'room:7': 900 }, reset: ['room:7'] }
  server.state.mine = [view({ unread: 850, at_seq: 900 })]
  server.answers['messages.page'] = () => ({ messages: messages(851, 900), more: true, older: true, newer: false })
  server.change(post(900))
  await until(() => tab.seqs().at(-1) === 900)
  expect(tab.seqs()[0]).toBe(851)
  expect(tab.held.get('room:7')).toBe(900)
  expect(tab.rooms.mine.get(7)?.unread).toBe(850)
})

test('a reset that was told while the client started anew is not followed twice', async () => {
  const tab = await inLobby()
  let answer: (result: unknown) => void = () => undefined
  server.answers['sync.start'] = () => new Promise((done) => (answer = done))
  server.change({ topic: 'room:7', seq: 900, reset: true })
  server.change({ topic: 'room:7', seq: 901, since: 500, reset: true })
  answer({ ...startAnswer(), topics: { ...startAnswer().topics, 'room:7': 901 }, reset: ['room:7'] })
  await until(() => tab.held.get('room:7') === 901)
  await quiet()
  expect(server.called('sync.start')).toHaveLength(2)
})

test('a page that was asked for before a reset is not shown after it', async () => {
  const tab = await inLobby()
  let answer: (result: unknown) => void = () => undefined
  server.answers['messages.page'] = () => new Promise((done) => (answer = done))
  void tab.messages.loadOlder(7)
  await until(() => server.called('messages.page').length === 2)
  const old = answer
  server.answers['sync.changes'] = () => ({ topic: 'room:7', seq: 900, reset: true })
  server.state = { ...startAnswer(), topics: { ...server.state.topics, 'room:7': 900 }, reset: ['room:7'] }
  server.change(post(900))
  await until(() => server.called('messages.page').length === 3)
  old({ messages: messages(31, 40), more: true, older: true, newer: true })
  await quiet()
  expect(tab.seqs()).toEqual([])
  answer({ messages: messages(890, 900), more: true, older: true, newer: false })
  await until(() => tab.seqs().length === 11)
})

test('another epoch drops what was held, and asks before sending what was written', async () => {
  const tab = await inLobby()
  server.answers['messages.post'] = () => SILENCE
  void tab.messages.post(7, 'for the old one')
  await until(() => server.called('messages.post').length === 1)
  server.state = {
    ...startAnswer(),
    epoch: 'two',
    users: [{ ...bob, name: 'Young Bob', rev: 1 }],
    topics: { workspace: 2, 'user:3': 2, 'room:7': 5 },
    reset: ['workspace', 'user:3', 'room:7'],
    mine: [view({ read_seq: 5, at_seq: 5, rev: 2 })],
  }
  server.answers['messages.page'] = () => ({ messages: messages(1, 5), more: false, older: false, newer: false })
  server.socket.cut()
  await vi.advanceTimersByTimeAsync(1_000)
  await until(() => tab.seqs().join() === '1,2,3,4,5')
  expect(tab.held.get('room:7')).toBe(5)
  expect(tab.users.users.get(4)?.name).toBe('Young Bob')
  expect(tab.messages.pending(7)[0]?.state).toBe('failed')
  expect(server.called('messages.post')).toHaveLength(1)
  const kept = await tab.db.open(3)
  expect(kept?.epoch).toBe('two')
  expect(kept?.topics.find((row) => row.topic === 'room:7')?.seq).toBe(5)
})

test('being let into a room holds it, and asks once for what passed in between', async () => {
  const tab = await startTab()
  server.answers['sync.changes'] = () => ({
    ...{ topic: 'room:9', seq: 6, since: 5 },
    messages: [message(6, { room: 9, id: 1 })],
  })
  server.change({
    ...{ topic: 'user:3', seq: 41 },
    rooms: [{ id: 9, slug: 'ops', name: 'Ops', kind: 'private', seq: 5 }],
    mine: [view({ room: 9, read_seq: 5, at_seq: 5, rev: 41 })],
  })
  expect(server.called('sync.changes')).toEqual([{ topic: 'room:9', since: 5 }])
  await until(() => tab.held.get('room:9') === 6)
  expect(tab.rooms.myRooms.value.map((room) => room.name)).toEqual(['Lobby', 'Ops'])
  expect(tab.rooms.mine.get(9)?.unread).toBe(1)
})

test('being removed drops the room, its messages and what was kept of them', async () => {
  const tab = await inLobby()
  server.change(post(51))
  server.change({ topic: 'user:3', seq: 41, mine: [view({ deleted: true, rev: 41 })] })
  server.change(post(52))
  expect(tab.held.has('room:7')).toBe(false)
  expect(tab.rooms.myRooms.value).toEqual([])
  expect(tab.seqs()).toEqual([])
  await quiet()
  expect(await tab.db.tail('room:7', 0)).toBeUndefined()
  expect((await tab.db.open(3))?.rooms).toEqual([])
})

test('an answer about a room that one was removed from meanwhile is ignored', async () => {
  const tab = await inLobby()
  let fill: (result: unknown) => void = () => undefined
  server.answers['sync.changes'] = () => new Promise((done) => (fill = done))
  server.change(post(53))
  server.change({ topic: 'user:3', seq: 41, mine: [view({ deleted: true, rev: 41 })] })
  fill({ topic: 'room:7', seq: 53, since: 50, messages: messages(51, 53) })
  await quiet()
  expect(tab.held.has('room:7')).toBe(false)
})

test('a room that is gone from the topics when the client returns is dropped', async () => {
  const tab = await inLobby()
  server.state = { ...startAnswer(), rooms: [], mine: [], topics: { workspace: 12, 'user:3': 44 } }
  server.socket.cut()
  await vi.advanceTimersByTimeAsync(1_000)
  await until(() => tab.connection.state === 'online')
  expect(tab.rooms.myRooms.value).toEqual([])
  expect(tab.seqs()).toEqual([])
  await quiet()
  expect((await tab.db.open(3))?.topics.map((row) => row.topic)).toEqual(['user:3', 'workspace'])
})

test('a deleted message vanishes from the view and from what is kept', async () => {
  const tab = await inLobby()
  server.change({ topic: 'room:7', seq: 51, messages: [message(48, { rev: 51, deleted: true, body: '' })] })
  expect(tab.seqs()).not.toContain(48)
  await quiet()
  const tail = await tab.db.tail('room:7', 51)
  expect(tail?.messages.map((row) => row.seq)).toEqual([41, 42, 43, 44, 45, 46, 47, 49, 50])
})

test('a page that was read before a change does not undo it', async () => {
  const tab = await inLobby()
  let answer: (result: unknown) => void = () => undefined
  server.answers['messages.page'] = () => new Promise((done) => (answer = done))
  void tab.messages.loadOlder(7)
  await until(() => server.called('messages.page').length === 2)
  server.change({ topic: 'room:7', seq: 51, messages: [message(38, { rev: 51, deleted: true })] })
  server.change({ topic: 'room:7', seq: 52, messages: [message(39, { rev: 52, body: 'edited' })] })
  answer({ messages: messages(36, 40), more: true, older: true, newer: true })
  await until(() => tab.timeline.loading === '')
  expect(tab.seqs().slice(0, 5)).toEqual([36, 37, 39, 40, 41])
  expect(tab.timeline.messages[2]?.body).toBe('edited')
})

test('a client that returns sends what it holds and applies what changed', async () => {
  const tab = await inLobby()
  server.change(post(51))
  server.state = {
    ...startAnswer(),
    topics: { workspace: 12, 'user:3': 40, 'room:7': 54 },
    mine: [view({ unread: 4, at_seq: 54 })],
    changes: [{ topic: 'room:7', seq: 54, since: 51, messages: messages(52, 54) }],
  }
  server.socket.cut()
  expect(tab.connection.state).toBe('offline')
  await vi.advanceTimersByTimeAsync(1_000)
  await until(() => tab.connection.state === 'online')
  expect(server.called('sync.start')[1]).toEqual({ epoch: 'one', topics: { workspace: 12, 'user:3': 40, 'room:7': 51 } })
  expect(tab.seqs().slice(-4)).toEqual([51, 52, 53, 54])
  expect(tab.rooms.mine.get(7)?.unread).toBe(4)
})

test('nobody signed in: the client says so, stays away, and keeps no rows', async () => {
  const tab = await inLobby()
  server.answers['sync.start'] = () => new Refusal('unauthorized')
  server.socket.cut()
  await vi.advanceTimersByTimeAsync(1_000)
  await until(() => tab.connection.state === 'signed-out')
  await vi.advanceTimersByTimeAsync(120_000)
  expect(server.sockets).toHaveLength(2)
  expect(tab.session.me.value).toBeUndefined()
  expect(tab.rooms.rooms.size).toBe(0)
  await quiet()
  expect(await tab.db.open(3)).toBeUndefined()
})

test('another user in the same browser sees nothing of the first', async () => {
  const first = await startTab()
  server.socket.cut()
  server.state = { ...startAnswer(), me: cat, users: [cat], rooms: [], mine: [], topics: { workspace: 12, 'user:5': 1 } }
  const tab = await startTab()
  expect(server.called('sync.start').at(-1)?.topics).toHaveProperty('user:3')
  expect(tab.session.me.value).toEqual(cat)
  expect([...tab.users.users.keys()]).toEqual([5])
  expect([...tab.held.keys()]).toEqual(['workspace', 'user:5'])
  expect(first.session.me.value).toEqual(ann)
})

test('whoever types is forgotten after six seconds, or when they post', async () => {
  const tab = await startTab()
  server.socket.tell('typing', { room: 7, user: 4 })
  await vi.advanceTimersByTimeAsync(4_000)
  server.socket.tell('typing', { room: 7, user: 4 })
  await vi.advanceTimersByTimeAsync(4_000)
  expect(tab.presence.typists(7)).toEqual([4])
  await vi.advanceTimersByTimeAsync(2_000)
  expect(tab.presence.typists(7)).toEqual([])
  server.socket.tell('typing', { room: 7, user: 4 })
  server.change(post(51))
  expect(tab.presence.typists(7)).toEqual([])
})

test('typing is told once in three seconds', async () => {
  const tab = await startTab()
  tab.presence.typing(7)
  tab.presence.typing(7)
  await vi.advanceTimersByTimeAsync(3_000)
  tab.presence.typing(7)
  expect(server.called('presence.typing')).toHaveLength(2)
})

test('presence is who came and went, and nobody while the client is away', async () => {
  const tab = await startTab()
  server.socket.tell('presence', { users: [{ user: 9, state: 'away' }, { user: 4, state: 'offline' }] })
  expect([...tab.presence.presence]).toEqual([[9, 'away']])
  server.socket.cut()
  expect(tab.presence.presence.size).toBe(0)
})

test('a tab that is hidden for five minutes is away, also over a reconnect, and online when it is shown', async () => {
  const tab = await startTab()
  hideTab(true)
  await vi.advanceTimersByTimeAsync(5 * 60_000)
  server.socket.cut()
  await vi.advanceTimersByTimeAsync(1_000)
  await until(() => tab.connection.state === 'online')
  hideTab(false)
  expect(server.called('presence.set').map((params) => params.state)).toEqual(['away', 'away', 'online'])
})

const member = (user: number, row: Partial<Member> = {}): Member => ({ room: 7, user, role: 'member', rev: 1, ...row })

test('a member who was removed does not come back by a page that was read before', async () => {
  const tab = await startTab()
  let answer: (result: unknown) => void = () => undefined
  server.answers['members.page'] = () => new Promise((done) => (answer = done))
  const roster = tab.members.roster(7)
  server.change({ topic: 'room:7', seq: 51, members: [member(4, { rev: 51, deleted: true })] })
  answer({ members: [member(3), member(4)], users: [ann, bob], more: false })
  await until(() => !roster.loading)
  expect(roster.members.map((row) => row.user)).toEqual([3])
})

test('whoever signs in as somebody else is that one, in every tab', async () => {
  const [one, two] = [await startTab(), await startTab()]
  vi.stubGlobal('fetch', async () => ({ json: async () => ({ jsonrpc: '2.0', id: 1, result: cat }) }))
  server.state = { ...startAnswer(), me: cat, topics: { 'user:5': 1, 'room:7': 50 } }
  await one.session.signIn({ login: 'cat', password: 'secret' })
  for (const tab of [one, two]) await until(() => tab.session.session.user === cat.id && tab.connection.state === 'online')
})
