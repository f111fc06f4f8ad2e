import { expect, test, vi } from 'vitest'
import { watch } from 'vue'

import { PATIENCE, Refusal, message, messages, openTab, post, quiet, server, startAnswer, startTab, until, view } from './world'

/** Answers pages from the messages `1 … last` of the lobby, as the server does. */
function history(last: () => number) {
  server.answers['messages.page'] = ({ before, after, around, limit = 50 }) => {
    const end = last()
    const first = after ? after + 1 : around ? around - limit / 2 : (before ?? end + 1) - limit
    const from = Math.max(1, first)
    const to = Math.min(end, first + limit - 1)
    return { messages: messages(from, to), more: from > 1, older: from > 1, newer: to < end }
  }
}

async function inLobby(mine = view(), last = 50) {
  history(() => last)
  server.state = { ...startAnswer(), mine: [mine], topics: { ...startAnswer().topics, 'room:7': last } }
  const tab = await startTab()
  const timeline = tab.messages.open(7)
  await until(() => timeline.loading === '')
  const grow = (to: number) => {
    server.change({ topic: 'room:7', seq: to, since: last, messages: messages(last + 1, to) })
    last = to
  }
  return { ...tab, timeline, grow, seqs: () => timeline.messages.map((row) => row.seq) }
}

const sequence = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i)

test('a room opens with its latest messages and follows live', async () => {
  const tab = await inLobby()
  tab.grow(52)
  expect(tab.seqs()).toEqual(sequence(1, 52))
  expect(tab.timeline).toMatchObject({ older: false, newer: false, loading: '', error: null })
})

test('a room that was opened before opens from what is kept, without a call', async () => {
  const before = await inLobby()
  before.grow(53)
  await quiet()
  server.up = false
  const calls = server.calls.length
  const after = await openTab()
  await after.sync.start()
  const timeline = after.messages.open(7)
  await until(() => timeline.messages.length > 0)
  expect(timeline.messages.map((row) => row.seq)).toEqual(sequence(1, 53))
  expect(server.calls).toHaveLength(calls)
})

test('what changed while the browser was closed joins what is kept without a gap', async () => {
  const before = await inLobby()
  before.grow(53)
  await quiet()
  server.state = {
    ...startAnswer(),
    topics: { ...startAnswer().topics, 'room:7': 56 },
    changes: [{ topic: 'room:7', seq: 56, since: 53, messages: [message(50, { rev: 55, body: 'edited' }), ...messages(54, 56)] }],
  }
  const after = await startTab()
  expect(server.called('sync.start').at(-1)?.topics?.['room:7']).toBe(53)
  const timeline = after.messages.open(7)
  await until(() => timeline.loading === '')
  expect(timeline.messages.map((row) => row.seq)).toEqual(sequence(1, 56))
  expect(timeline.messages[49]?.body).toBe('edited')
})

test('what came while the browser was closed is new, though the room is shown before that is known', async () => {
  const before = await inLobby()
  await quiet()
  const after = await openTab()
  await after.sync.start()
  const timeline = after.messages.open(7)
  await until(() => timeline.loading === '')
  expect(timeline.newAfter).toBeNull()
  server.state.mine = [view({ unread: 2, at_seq: 52 })]
  server.state.topics['room:7'] = 52
  server.state.changes = [{ topic: 'room:7', seq: 52, since: 50, messages: messages(51, 52) }]
  await until(() => after.connection.state === 'online')
  server.socket.cut()
  await vi.advanceTimersByTimeAsync(1_000)
  await until(() => timeline.messages.length === 52)
  expect(timeline.newAfter).toBe(50)
  expect(before.timeline.newAfter).toBeNull()
})

test('a room with more unread than is at hand opens around where reading stopped', async () => {
  const tab = await inLobby(view({ read_seq: 100, unread: 400 }), 500)
  expect(tab.timeline.newAfter).toBe(100)
  expect(server.called('messages.page')).toMatchObject([{ around: 101 }])
  expect(tab.seqs()).toEqual(sequence(76, 125))
})

test('a live message does not join a window that does not reach the end', async () => {
  const tab = await inLobby(view({ read_seq: 10, unread: 40 }))
  expect(tab.timeline.newer).toBe(true)
  const before = tab.seqs()
  tab.grow(51)
  expect(tab.seqs()).toEqual(before)
  expect(tab.rooms.mine.get(7)?.unread).toBe(41)
  await tab.messages.loadNewer(7)
  expect(tab.seqs().at(-1)).toBe(51)
  expect(tab.timeline.newer).toBe(false)
  tab.grow(52)
  await vi.waitFor(() => expect(tab.seqs().at(-1)).toBe(52), PATIENCE)
})

test('a message that is posted while the next page is under way is in it once', async () => {
  const tab = await inLobby(view({ read_seq: 10, unread: 40 }))
  const loading = tab.messages.loadNewer(7)
  server.change(post(51))
  await loading
  tab.grow(52)
  await vi.waitFor(() => expect(tab.seqs().slice(-3)).toEqual([50, 51, 52]), PATIENCE)
  expect(tab.seqs()).toEqual([...new Set(tab.seqs())])
})

test('older pages join at the front until the room begins', async () => {
  const tab = await inLobby(view(), 200)
  expect(tab.seqs()).toEqual(sequence(151, 200))
  while (tab.timeline.older) await tab.messages.loadOlder(7)
  expect(tab.seqs()).toEqual(sequence(1, 200))
  await quiet()
  expect((await tab.db.tail('room:7', 200))?.from).toBe(0)
})

test('a window lets go of its far side when it grows too large, and reads it again', async () => {
  const tab = await inLobby()
  tab.grow(1_000)
  expect(tab.timeline.newer).toBe(true)
  expect(tab.seqs()).toEqual(sequence(1, 500))
  await tab.messages.loadNewer(7)
  expect(tab.seqs()).toEqual(sequence(51, 550))
  await tab.messages.loadOlder(7)
  expect(tab.seqs()).toEqual(sequence(1, 500))
  await tab.messages.toLatest(7)
  expect(tab.seqs().at(-1)).toBe(1_000)
  expect(tab.timeline.newer).toBe(false)
})

test.each([
  ['one is back', 1_000, true],
  ['others have gone on', 1_003, true],
  ['one has looked', 1_003, false],
])('an older page that comes when %s at the end of a full window is thrown away', async (_, last, stays) => {
  const tab = await inLobby(view({ read_seq: 1_000, at_seq: 1_000 }), 1_000)
  for (let page = 0; page < 9; page += 1) await tab.messages.loadOlder(7)
  expect(tab.seqs()).toEqual(sequence(501, 1_000))
  const loading = tab.messages.loadOlder(7)
  tab.messages.atEnd(7, true)
  tab.grow(last)
  tab.messages.atEnd(7, stays)
  await loading
  expect(server.called('messages.page')).toHaveLength(11)
  expect(tab.seqs()).toEqual(sequence(last - 499, last))
  expect(tab.timeline).toMatchObject({ older: true, newer: false })
})

test('whoever looks at the end keeps the end of a window that grows too large', async () => {
  const tab = await inLobby()
  tab.messages.atEnd(7, true)
  tab.grow(600)
  expect(tab.seqs()).toEqual(sequence(101, 600))
  expect(tab.timeline).toMatchObject({ older: true, newer: false })
})

test('a message elsewhere is shown in its context, and the end again after', async () => {
  const tab = await inLobby(view(), 400)
  await tab.messages.seek(7, 100)
  expect(tab.seqs()).toEqual(sequence(75, 124))
  expect(tab.timeline).toMatchObject({ older: true, newer: true })
  await tab.messages.post(7, 'back')
  await until(() => !tab.timeline.newer)
  expect(tab.seqs()).toEqual(sequence(351, 400))
})

test('a place that is asked for before the connection is up is shown once it is', async () => {
  await inLobby(view(), 400)
  await quiet()
  const tab = await openTab()
  await tab.sync.start()
  const timeline = tab.messages.open(7, 100)
  await until(() => timeline.messages.length > 0)
  expect(timeline.messages.map((row) => row.seq)).toEqual(sequence(75, 124))
  expect(timeline.goal).toBe(100)
})

test('a place that is being read when the connection comes up is read on', async () => {
  const tab = await inLobby(view(), 400)
  const pages: ((page: unknown) => void)[] = []
  server.answers['messages.page'] = () => new Promise((done) => pages.push(done))
  const reading = tab.messages.seek(7, 100)
  await until(() => pages.length === 1)
  tab.messages.resume()
  pages[0]?.({ messages: messages(75, 124), more: true, older: true, newer: true })
  await reading
  expect(tab.seqs()).toEqual(sequence(75, 124))
})

test('of two places that were asked for, the later one is shown, whichever comes first', async () => {
  const tab = await inLobby(view(), 400)
  const pages: ((page: unknown) => void)[] = []
  server.answers['messages.page'] = () => new Promise((done) => pages.push(done))
  const one = tab.messages.seek(7, 100)
  await until(() => pages.length === 1)
  const two = tab.messages.seek(7, 200)
  await until(() => pages.length === 2)
  pages[1]?.({ messages: messages(190, 210), more: true, older: true, newer: true })
  await two
  pages[0]?.({ messages: messages(90, 110), more: true, older: true, newer: true })
  await one
  expect(tab.seqs()).toEqual(sequence(190, 210))
})

test('an answer that is ahead of the changes leaves room for those in between', async () => {
  const tab = await inLobby()
  tab.messages.told(message(53, { author: 3 }))
  server.change(post(51))
  server.change(post(52))
  server.change(post(53, { author: 3 }))
  await vi.waitFor(() => expect(tab.seqs().slice(-4)).toEqual([50, 51, 52, 53]), PATIENCE)
  expect(tab.rooms.mine.get(7)?.unread).toBe(2)
})

test('where much is said at once the first is shown at once and the others together', async () => {
  const tab = await inLobby()
  const shown: number[] = []
  const stop = watch(() => tab.timeline.messages, () => shown.push(tab.seqs().at(-1) ?? 0))
  for (const seq of sequence(51, 80)) server.socket.tell('change', post(seq))
  await quiet()
  expect(shown).toEqual([51])
  await vi.advanceTimersByTimeAsync(100)
  expect(shown).toEqual([51, 80])
  stop()
})

test('an edit is shown by its answer, and an older row does not undo it', async () => {
  const tab = await inLobby()
  server.answers['messages.edit'] = () => message(50, { rev: 52, body: 'better' })
  await tab.messages.edit(1050, 'better')
  server.change({ topic: 'room:7', seq: 51, messages: [message(50, { rev: 51, body: 'between' })] })
  expect(tab.timeline.messages.at(-1)?.body).toBe('better')
})

test('a page that cannot be read says why, and is read when the connection is back', async () => {
  server.answers['messages.page'] = () => new Refusal('unavailable', 'The database is away.')
  const tab = await startTab()
  const timeline = tab.messages.open(7)
  await until(() => timeline.error !== null)
  expect(timeline).toMatchObject({ loading: '', error: { message: 'The database is away.' } })
  history(() => 50)
  server.socket.cut()
  await vi.advanceTimersByTimeAsync(1_000)
  await until(() => timeline.messages.length === 50)
  expect(timeline.error).toBeNull()
})

test('at most some hundreds of messages a room are kept, and those are whole', async () => {
  const tab = await inLobby()
  tab.grow(700)
  await quiet()
  const tail = await tab.db.tail('room:7', 0)
  const kept = tail?.messages.map((row) => row.seq) ?? []
  expect(kept.length).toBeGreaterThanOrEqual(500)
  expect(kept.length).toBeLessThanOrEqual(600)
  expect(kept).toEqual(sequence(tail?.from ?? 0, 700))
})
