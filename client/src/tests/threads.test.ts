import { mount } from '@vue/test-utils'
import { expect, test, vi } from 'vitest'
import { defineComponent } from 'vue'

import type { Thread } from '../wire'
import { cat, hideTab, lobby, message, post, quiet, server, startAnswer, startTab, until } from './world'

const ROOT = 1040
const answer = (seq: number) => message(seq, { thread: ROOT })
const follow = (row: Partial<Thread> = {}): Thread => ({ thread: ROOT, room: 7, read_seq: 45, rev: 5, ...row })

/** A tab that knows the threads; one message has one answer. */
async function threading() {
  server.answers['threads.page'] = () => ({ threads: [], more: false })
  server.answers['threads.mark'] = ({ seq }) => follow({ read_seq: seq, rev: 6 })
  server.answers['messages.page'] = () => ({ messages: [answer(45)], more: false, older: false, newer: false, root: message(40), follow: follow() })
  const tab = await startTab()
  return { ...tab, ...(await import('../stores/threads')) }
}

async function opened(tab: Awaited<ReturnType<typeof threading>>) {
  const talk = tab.openThread(7, ROOT)
  await until(() => talk.line.shown.messages.length === 1)
  talk.line.atEnd(true)
  await vi.advanceTimersByTimeAsync(500)
  return talk
}

test('the new line stands where reading stopped, also in a thread left open in a hidden tab', async () => {
  const { line } = await opened(await threading())
  hideTab(true)
  server.change(post(51, { thread: ROOT }))
  server.change({ topic: 'user:3', seq: 41, threads: [follow({ unread: 1, rev: 41 })] })
  hideTab(false)
  await vi.advanceTimersByTimeAsync(500)
  expect(server.called('threads.mark').at(-1)?.seq).toBe(51)
  expect(line.shown.newAfter).toBe(45)
})

test('an open thread goes on when the server was restored from a copy', async () => {
  const talk = await opened(await threading())
  server.state = { ...startAnswer(), epoch: 'two', reset: ['room:7', 'user:3', 'workspace'] }
  server.socket.cut()
  await vi.advanceTimersByTimeAsync(2_000)
  await quiet()
  expect(talk.root?.seq).toBe(40)
  server.change(post(51, { thread: ROOT }))
  await until(() => talk.line.shown.messages.length === 2)
})

test('a thread that was read elsewhere is read here too, however far behind this tab is', async () => {
  server.answers['threads.page'] = () => ({ threads: [{ thread: follow({ unread: 1 }), root: message(40), answers: [], last: 1045 }], more: false })
  await startTab()
  const { follows } = await import('../stores/threads')
  await until(() => follows.size === 1)
  server.answers['threads.page'] = () => ({ threads: [], more: false })
  server.state = { ...startAnswer(), topics: { ...startAnswer().topics, 'user:3': 440 }, reset: ['user:3'] }
  server.socket.cut()
  await vi.advanceTimersByTimeAsync(2_000)
  await quiet()
  expect(follows.size).toBe(0)
})

test('what one has read is marked, though another in this tab had read it before', async () => {
  const tab = await threading()
  await opened(tab)
  tab.closeThread()
  server.socket.cut(4501)
  server.state = { ...startAnswer(), me: cat, topics: { workspace: 12, 'user:5': 1, 'room:7': 50 } }
  tab.socket.open()
  await until(() => tab.connection.state === 'online')
  await opened(tab)
  expect(server.called('threads.mark')).toHaveLength(2)
})

test('a room can be marked as unread from its messages on, and not from an answer within a thread', async () => {
  await threading()
  const { useMessageMenu } = await import('../composables/messageMenu')
  const { THREAD } = await import('../composables/thread')
  const offered = (provide: object) => {
    const setup = () => useMessageMenu({ message: answer(45), room: lobby, removable: false })
    return mount(defineComponent({ setup, render: () => null }), { global: { provide } }).vm.items.map(({ key }) => key)
  }
  expect(offered({})).toContain('unread')
  expect(offered({ [THREAD]: ROOT })).not.toContain('unread')
})
