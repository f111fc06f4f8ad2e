import { beforeEach, expect, test, vi } from 'vitest'

import type { CallError } from '../errors'
import { type FakeSocket, Refusal, SILENCE, type Tab, hideTab, quiet, server } from './world'

let socket: Tab['socket']
const closed = vi.fn()
const opened = vi.fn()
const heard = vi.fn()

beforeEach(async () => {
  vi.resetModules()
  vi.spyOn(Math, 'random').mockReturnValue(1)
  socket = await import('../socket')
  for (const ear of [closed, opened, heard]) ear.mockReset()
  socket.start({ opened, closed, heard })
  await quiet()
})

const failure = (promise: Promise<unknown>): Promise<CallError> => promise.then(() => Promise.reject(), (error) => error)

test('a call is answered by its id, whatever the order', async () => {
  server.answers['users.find'] = () => SILENCE
  const one = socket.call('users.find', { query: 'a' })
  const two = socket.call('users.find', { query: 'b' })
  server.socket.answer(2, { users: ['b'] })
  server.socket.answer(1, { users: ['a'] })
  expect(await one).toEqual({ users: ['a'] })
  expect(await two).toEqual({ users: ['b'] })
})

test('a refusal is a CallError with its kind, sentence and time to wait', async () => {
  server.answers['messages.post'] = () => new Refusal('too_many', 'Slowly, please.', 3)
  const error = await failure(socket.call('messages.post', { room: 7, body: '', nonce: '' }))
  expect(error).toMatchObject({ kind: 'too_many', message: 'Slowly, please.', retryAfter: 3 })
})

test('wrong params are invalid and name the field; a fault of the server is internal', async () => {
  server.answers['rooms.join'] = () => SILENCE
  const wrong = failure(socket.call('rooms.join', { room: 7 }))
  const broken = failure(socket.call('rooms.join', { room: 7 }))
  server.socket.say({ id: 1, error: { code: -32602, message: 'No.', data: { field: 'room' } } })
  server.socket.say({ id: 2, error: { code: -32603, message: 'Oh.' } })
  expect(await wrong).toMatchObject({ kind: 'invalid', field: 'room' })
  expect(await broken).toMatchObject({ kind: 'internal' })
})

test('calls in flight fail as unavailable when the connection is cut, and new ones at once', async () => {
  server.answers['rooms.join'] = () => SILENCE
  const flying = failure(socket.call('rooms.join', { room: 7 }))
  server.socket.cut()
  expect(await flying).toMatchObject({ kind: 'unavailable' })
  expect(await failure(socket.call('rooms.join', { room: 7 }))).toMatchObject({ kind: 'unavailable' })
})

test('a call that is not answered in 15 seconds fails alone while the server still speaks', async () => {
  server.answers['rooms.join'] = () => SILENCE
  const slow = failure(socket.call('rooms.join', { room: 7 }))
  await vi.advanceTimersByTimeAsync(10_000)
  server.socket.tell('typing', { room: 7, user: 4 })
  await vi.advanceTimersByTimeAsync(5_000)
  expect(await slow).toMatchObject({ kind: 'unavailable' })
  expect(closed).not.toHaveBeenCalled()
})

test('a call that is not answered while nothing else is heard means that the connection is dead', async () => {
  server.answers['rooms.join'] = () => SILENCE
  const slow = failure(socket.call('rooms.join', { room: 7 }))
  await vi.advanceTimersByTimeAsync(15_000)
  expect(await slow).toMatchObject({ kind: 'unavailable' })
  expect(closed).toHaveBeenCalledOnce()
  expect(server.sockets[0]?.closed).toBe(true)
})

test('waits double from a second to half a minute, and start again once all went well', async () => {
  server.up = false
  const waits = []
  for (let turn = 0; turn < 7; turn += 1) {
    const before = Date.now()
    server.socket.cut()
    waits.push(closed.mock.lastCall?.[1] - before)
    await vi.advanceTimersByTimeAsync(waits.at(-1) ?? 0)
    expect(server.sockets).toHaveLength(turn + 2)
  }
  expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000])
  socket.settled()
  server.socket.cut()
  expect(closed.mock.lastCall?.[1] - Date.now()).toBe(1_000)
})

test('waits are spread over the upper half', () => {
  vi.spyOn(Math, 'random').mockReturnValue(0)
  server.socket.cut()
  expect(closed.mock.lastCall?.[1] - Date.now()).toBe(500)
})

test.each([4000, 4001, 4008, 4499, 1001, 1006])('a close with %i comes back', async (code) => {
  server.socket.cut(code)
  await vi.advanceTimersByTimeAsync(1_000)
  expect(server.sockets).toHaveLength(2)
})

test.each([4500, 4501, 4503, 4505, 4999])('a close with %i does not, whatever happens, until one signs in', async (code) => {
  server.socket.cut(code)
  expect(closed).toHaveBeenCalledWith(code, null)
  window.dispatchEvent(new Event('online'))
  window.dispatchEvent(new Event('offline'))
  hideTab(false)
  await vi.advanceTimersByTimeAsync(600_000)
  expect(server.sockets).toHaveLength(1)
  socket.open()
  expect(server.sockets).toHaveLength(2)
})

test('it comes back at once when the browser is online, or when the tab is shown', async () => {
  server.up = false
  server.socket.cut()
  window.dispatchEvent(new Event('online'))
  expect(server.sockets).toHaveLength(2)
  server.socket.cut()
  hideTab(true)
  expect(server.sockets).toHaveLength(2)
  hideTab(false)
  expect(server.sockets).toHaveLength(3)
})

test('it is cut at once when the browser is offline', () => {
  window.dispatchEvent(new Event('offline'))
  expect(closed).toHaveBeenCalledWith(1006, expect.any(Number))
})

test('a connection that died in its sleep is found out five seconds after the tab is shown', async () => {
  server.answers['workspace.look'] = () => SILENCE
  hideTab(false)
  await vi.advanceTimersByTimeAsync(5_000)
  expect(closed).toHaveBeenCalledOnce()
})

test('a connection that does not open in ten seconds is given up', async () => {
  server.up = false
  server.socket.cut()
  await vi.advanceTimersByTimeAsync(1_000 + 10_000)
  expect(closed).toHaveBeenCalledTimes(2)
  expect(server.socket.closed).toBe(true)
})

test('what a socket that was given up still says counts no more', async () => {
  const [old] = server.sockets as [FakeSocket]
  window.dispatchEvent(new Event('offline'))
  window.dispatchEvent(new Event('online'))
  await quiet()
  old.tell('typing', { room: 7, user: 4 })
  old.cut(4501)
  old.open()
  expect(heard).not.toHaveBeenCalled()
  expect(closed).toHaveBeenCalledOnce()
  expect(opened).toHaveBeenCalledTimes(2)
})

test('a call over HTTP is one POST; a server that is away is unavailable', async () => {
  const fetch = vi.fn().mockResolvedValue({ json: async () => ({ id: 1, result: { ready: true } }) })
  vi.stubGlobal('fetch', fetch)
  expect(await socket.http('workspace.look', {})).toEqual({ ready: true })
  expect(JSON.parse(fetch.mock.lastCall?.[1].body)).toMatchObject({ jsonrpc: '2.0', method: 'workspace.look', params: {} })
  fetch.mockResolvedValue({ json: async () => ({ id: 1, error: { code: -32004, message: 'Taken.', data: { kind: 'conflict', field: 'email' } } }) })
  expect(await failure(socket.http('workspace.look', {}))).toMatchObject({ kind: 'conflict', field: 'email' })
  fetch.mockRejectedValue(new TypeError('Failed to fetch'))
  expect(await failure(socket.http('workspace.look', {}))).toMatchObject({ kind: 'unavailable' })
})
