/**
 * Who is signed in, and the workspace as anybody sees it. Every act throws a CallError.
 *
 * For components:
 *   session.user       one's own id, or null
 *   me                 computed: one's own User, or undefined
 *   workspace          {name, guests, signup, creating, calling, ready}; `ready` is undefined until look() was answered
 *   look()             asks for the workspace; for whoever is not signed in
 *   setup, signUp, visit, signIn, acceptInvite: sign in; connection.state becomes `online` soon after
 *   lookInvite(token)  the workspace's name and who invites
 *   signOut()          ends the session here and wipes what this browser kept (see `unsent` in messages.ts first)
 */
import { computed, shallowReactive } from 'vue'

import * as db from '../db'
import { type Method, type Params, type Result, SIGNED_OUT, end, http, open } from '../socket'
import * as tabs from '../tabs'
import type { Change, Settings } from '../wire'
import { users } from './users'

export const session = shallowReactive({ user: null as number | null })

export const me = computed(() => (session.user === null ? undefined : users.get(session.user)))

export const workspace = shallowReactive({
  name: 'Chinwag',
  guests: false,
  signup: false,
  previews: true,
  creating: 'all' as 'all' | 'admins',
  calling: 'all' as 'all' | 'moderators',
  ready: undefined as boolean | undefined,
})

export async function look() {
  Object.assign(workspace, await http('workspace.look', {}))
}

export const setup = (params: Params<'setup.accept'>) => enter('setup.accept', params)
export const signUp = (params: Params<'accounts.signup'>) => enter('accounts.signup', params)
export const visit = (params: Params<'sessions.guest'>) => enter('sessions.guest', params)
export const signIn = (params: Params<'sessions.create'>) => enter('sessions.create', params)
export const acceptInvite = (params: Params<'invites.accept'>) => enter('invites.accept', params)

export function lookInvite(token: string): Promise<Result<'invites.look'>> {
  return http('invites.look', { token })
}

export async function signOut() {
  await http('sessions.end', {})
  tabs.tell({ kind: 'signed-out' })
  end(SIGNED_OUT)
  await db.wipe()
}

async function enter<M extends Method>(method: M, params: Params<M>) {
  await http(method, params)
  workspace.ready = true
  open()
  tabs.tell({ kind: 'signed-in' })
}

export function apply(change: Change) {
  if (change.settings) putSettings(change.settings)
}

export function putSettings(settings: Settings) {
  const { name = 'Chinwag', guests = false, signup = false, previews = true, creating = 'all', calling = 'all' } = settings
  Object.assign(workspace, { name, guests, signup, previews, creating, calling })
}

export function clear() {
  session.user = null
}
