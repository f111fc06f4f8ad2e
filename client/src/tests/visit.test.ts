import { expect, test, vi } from 'vitest'

import type { Room } from '../wire'
import { hideTab, message, messages, openTab, quiet, server, startAnswer, startTab, until, view } from './world'

const garden: Room = { id: 9, slug: 'garden', name: 'Garden', kind: 'public', seq: 20, rev: 1 }
const said = (seq: number) => message(seq, { room: 9, id: 2000 + seq })
const news = (seq: number) => ({ topic: 'room:9', seq, messages: [said(seq)] })

/** From now on whoever names the garden hears it, and it is at this seq. */
function gardenAt(seq: number, open = true) {
  server.answers['sync.start'] = ({ topics }) => {
    const state = structuredClone(server.state)
    const since = topics?.['room:9']
    if (!open || since === undefined) return state
    state.topics['room:9'] = seq
    const rows = messages(since + 1, seq).map((row) => said(row.seq))
    if (since < seq) state.changes = [{ topic: 'room:9', seq, since, messages: rows }]
    return state
  }
}

/** A tab that reads the garden without being in it: the messages 11 to 20. */
async function inGarden() {
  gardenAt(20)
  server.answers['rooms.browse'] = () => ({ rooms: [garden], more: false })
  server.answers['messages.page'] = () => ({
    ...{ messages: messages(11, 20).map((row) => said(row.seq)) },
    ...{ more: true, older: true, newer: false },
  })
  const tab = await startTab()
  await tab.rooms.browse({ query: 'garden' })
  tab.sync.visit(9)
  await until(() => tab.rooms.visited.heard === true)
  const timeline = tab.messages.open(9)
  await until(() => timeline.loading === '' && timeline.messages.length > 0)
  return { ...tab, timeline, seqs: () => timeline.messages.map((row) => row.seq) }
}

async function reconnect(tab: Awaited<ReturnType<typeof inGarden>>) {
  server.socket.cut()
  await vi.advanceTimersByTimeAsync(1_000)
  await until(() => tab.connection.state === 'online')
}

const starts = () => server.called('sync.start').map(({ topics }) => topics?.['room:9'])

test('a public room is read live without being in it, and leaves no trace', async () => {
  const tab = await inGarden()
  expect(starts()).toEqual([undefined, 20])
  server.change(news(21))
  tab.messages.atEnd(9, true)
  hideTab(false)
  await vi.advanceTimersByTimeAsync(1_000)
  expect(tab.seqs().slice(-2)).toEqual([20, 21])
  expect(tab.rooms.myRooms.value.map(({ slug }) => slug)).toEqual(['lobby'])
  expect(tab.rooms.mine.has(9)).toBe(false)
  expect(server.called('reads.mark')).toEqual([])
  await quiet()
  expect(await tab.db.tail('room:9', 0)).toBeUndefined()
  const kept = await tab.db.open(3)
  expect(kept?.topics.map(({ topic }) => topic)).not.toContain('room:9')
  expect(kept?.rooms.map(({ id }) => id)).toEqual([7])
})

test('whoever goes away from it hears it no more', async () => {
  const tab = await inGarden()
  tab.messages.close()
  tab.sync.visit(0)
  await until(() => starts().length === 3)
  expect(starts().at(-1)).toBeUndefined()
  server.change(news(21))
  expect(tab.held.has('room:9')).toBe(false)
  expect(tab.messages.lineOf(9).shown.messages).toEqual([])
})

test('a client that returns reads on, with what was said meanwhile', async () => {
  const tab = await inGarden()
  gardenAt(23)
  const pages = server.called('messages.page').length
  await reconnect(tab)
  expect(starts().at(-1)).toBe(20)
  expect(tab.seqs().slice(-4)).toEqual([20, 21, 22, 23])
  expect(server.called('messages.page')).toHaveLength(pages)
})

test('a row that is older than the room is made new by the first start', async () => {
  gardenAt(25)
  const answer = server.answers['sync.start']
  server.answers['sync.start'] = async (params, socket) => {
    const state = (await answer?.(params as never, socket)) as ReturnType<typeof startAnswer>
    for (const change of state.changes) change.room = { ...garden, members: 4, seq: 25 }
    return state
  }
  const tab = await startTab()
  tab.rooms.putRoom(garden)
  tab.sync.visit(9)
  await until(() => tab.rooms.visited.heard === true)
  expect(tab.rooms.rooms.get(9)?.members).toBe(4)
  expect(tab.held.get('room:9')).toBe(25)
})

test('what is read stays shown while the server is away', async () => {
  const tab = await inGarden()
  server.up = false
  server.socket.cut()
  expect(tab.seqs().at(-1)).toBe(20)
  expect(tab.rooms.hears(9)).toBe(true)
})

test('whoever joins reads on without a new page, and has the room kept', async () => {
  const tab = await inGarden()
  server.answers['sync.changes'] = ({ since }) => ({ topic: 'room:9', seq: since })
  const pages = server.called('messages.page').length
  const row = view({ room: 9, read_seq: 20, at_seq: 21, rev: 41 })
  server.change({ topic: 'user:3', seq: 41, rooms: [{ ...garden, seq: 21 }], mine: [row] })
  expect(tab.rooms.visited.room).toBe(0)
  expect(tab.rooms.hears(9)).toBe(true)
  tab.sync.visit(0)
  server.change(news(21))
  await quiet()
  server.change(news(22))
  expect(tab.seqs().slice(-3)).toEqual([20, 21, 22])
  expect(tab.rooms.mine.get(9)?.unread).toBe(1)
  expect(server.called('messages.page')).toHaveLength(pages)
  expect(starts()).toHaveLength(2)
  await quiet()
  expect((await tab.db.tail('room:9', 22))?.messages.map(({ seq }) => seq)).toEqual([21, 22])
})

test('whoever is kept out while they read hears and sees nothing more', async () => {
  const tab = await inGarden()
  server.change({ topic: 'user:3', seq: 41, mine: [view({ room: 9, deleted: true, rev: 41 })] })
  expect(tab.rooms.hears(9)).toBe(false)
  expect(tab.rooms.visited).toEqual({ room: 9, heard: false })
  expect(tab.seqs()).toEqual([])
})

test('whoever was kept out while they were away is told by the next start', async () => {
  const tab = await inGarden()
  gardenAt(20, false)
  await reconnect(tab)
  expect(tab.rooms.visited.heard).toBe(false)
  expect(tab.seqs()).toEqual([])
})

test('a room that is opened while the start is under way is asked for with another', async () => {
  gardenAt(20)
  const answer = server.answers['sync.start']
  let first: (result: unknown) => void = () => undefined
  server.answers['sync.start'] = () => new Promise((done) => (first = done))
  const tab = await openTab()
  await tab.sync.start()
  await until(() => server.called('sync.start').length === 1)
  server.answers['sync.start'] = answer
  tab.sync.visit(9)
  first(startAnswer())
  await until(() => tab.rooms.visited.heard !== undefined)
  expect(tab.rooms.visited.heard).toBe(true)
  expect(starts()).toEqual([undefined, 0])
})

test('a room that one left elsewhere while one was cut off is let go, though it could be read', async () => {
  server.state.rooms.push(garden)
  server.state.mine.push(view({ room: 9, read_seq: 20 }))
  server.state.topics['room:9'] = 20
  const tab = await startTab()
  expect(tab.held.get('room:9')).toBe(20)
  await quiet()
  server.state.rooms.pop()
  server.state.mine.pop()
  server.socket.cut()
  await vi.advanceTimersByTimeAsync(1_000)
  await until(() => tab.connection.state === 'online')
  expect(tab.held.has('room:9')).toBe(false)
  await quiet()
  expect((await tab.db.open(3))?.topics.map(({ topic }) => topic)).not.toContain('room:9')
})
