import { beforeEach, expect, it, vi } from 'vitest'

import type * as Router from '@/router'

const view = (name: string) => ({ name })
let router: typeof Router

beforeEach(async () => {
  vi.resetModules()
  router = await import('@/router')
})

function begin(at: string) {
  history.replaceState(null, '', at)
  return router.start(
    [
      { path: /^\/rooms\/(?<slug>[^/]+)(?:\/(?<seq>\d+))?$/, name: 'room', view: view('room') },
      { path: /^\/lazy$/, view: async () => ({ default: view('lazy') }), open: true },
      {
        more: async () => ({
          pages: [
            { path: /^\/listed$/, view: async () => ({ default: view('listed') }), name: 'listed' },
            { path: /^/, view: view('none') },
          ],
        }),
      },
    ],
    () => '/rooms/lobby',
  )
}

it('shows the page of the address with its params, query and fragment', async () => {
  await begin('/rooms/caf%C3%A9/58?panel=members#x')
  expect(router.route).toMatchObject({
    ...{ view: { name: 'room' }, name: 'room', path: '/rooms/caf%C3%A9/58', hash: '#x' },
    ...{ params: { slug: 'café', seq: '58' }, query: { panel: 'members' }, full: '/rooms/caf%C3%A9/58?panel=members#x' },
  })
})

it('leads from the root to where one was, and from anywhere unknown to the last page', async () => {
  await begin('/')
  expect(location.pathname).toBe('/rooms/lobby')
  await router.push('/nowhere/at/all')
  expect(router.route.view).toEqual(view('none'))
})

it('loads a lazy page before it shows it', async () => {
  await begin('/rooms/lobby')
  const going = router.push('/lazy')
  expect(router.route.view).toEqual(view('room'))
  await going
  expect(router.route).toMatchObject({ view: view('lazy'), open: true, name: '' })
})

it('shows where one went last, however long another page takes to load', async () => {
  await begin('/rooms/lobby')
  await Promise.all([router.push('/lazy'), router.push('/rooms/garden')])
  expect(router.route.params.slug).toBe('garden')
})

it('makes no second entry for the address that is shown already', async () => {
  await begin('/rooms/lobby')
  const before = history.length
  await router.push({ path: '/rooms/lobby', query: {} })
  expect(history.length).toBe(before)
})

it('finds a page whose list is loaded only then, and all others still', async () => {
  await begin('/rooms/lobby')
  await Promise.all([router.push('/nowhere'), router.push('/listed')])
  expect(router.route).toMatchObject({ view: view('listed'), name: 'listed' })
  await router.push('/rooms/garden')
  expect(router.route).toMatchObject({ view: view('room'), params: { slug: 'garden' } })
  await router.push('/nowhere')
  expect(router.route.view).toEqual(view('none'))
})

it('survives a param that is not well formed', async () => {
  await begin('/rooms/100%')
  expect(router.route.params.slug).toBe('100%')
})

it('writes a query into the address', () => {
  expect(router.href({ path: '/rooms/a', query: { panel: 'members' } })).toBe('/rooms/a?panel=members')
  expect(router.href({ path: '/rooms/a', query: {} })).toBe('/rooms/a')
})
