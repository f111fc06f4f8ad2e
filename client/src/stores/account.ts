/**
 * One's own account, sessions, tokens and invites: asked for when a page shows them, kept nowhere. Every act throws a CallError.
 *
 * For components: profile, editProfile, setStatus, setQuiet, changePassword, listSessions, endSession, createToken, pageTokens, revokeToken,
 * createInvite, pageInvites, revokeInvite. `endSession` is for the others: signOut() in session.ts ends this one.
 */
import { type Params, call, http } from '../socket'
import { put } from './users'

export const profile = () => call('accounts.me', {})

export async function editProfile(params: Params<'accounts.edit'>) {
  const answer = await call('accounts.edit', params)
  const { email, ...user } = answer
  put(user)
  return email
}

/** With neither emoji nor text there is none any more. */
export async function setStatus(params: Params<'accounts.status'>) {
  put(await call('accounts.status', params))
}

/** Not to be disturbed until then; without it, to be again. */
export async function setQuiet(until?: Date) {
  put(await call('accounts.quiet', { until: until?.toISOString() ?? null }))
}

/** Ends every other session; the answer renews this one's cookie. */
export const changePassword = (params: Params<'accounts.password'>) => http('accounts.password', params)

export const listSessions = async () => (await call('sessions.list', {})).sessions
export const endSession = (session: number) => http('sessions.end', { session })

export const createToken = (label: string) => call('tokens.create', { label })
export const pageTokens = (before?: number) => call('tokens.page', { before })
export const revokeToken = (id: number) => call('tokens.revoke', { id })

export const createInvite = (params: Params<'invites.create'>) => call('invites.create', params)
export const pageInvites = (before?: number) => call('invites.page', { before })
export const revokeInvite = (id: number) => call('invites.revoke', { id })
