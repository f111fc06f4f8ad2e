/**
 * What moderators and administrators do about what people say and do, and what people do for themselves. Every act
 * throws a CallError.
 *
 * For components:
 *   report(message, reason), pageReports(done, before?), settleReport(report, erase)
 *   banMember(room, user), unbanMember(room, user), roomBans(room, after?)
 *   addressBans(after?), liftAddress(address)
 *   block(user, on), lastSeen(user)
 */
import { call } from '../socket'
import { putPreferences } from './own'
import { put } from './users'

export const report = (message: number, reason: string) => call('messages.report', { message, reason })

export async function pageReports(done: boolean, before?: number) {
  const answer = await call('reports.page', { done, before })
  answer.users.forEach(put)
  return answer
}

export const settleReport = (id: number, erase: boolean) => call('reports.done', { report: id, erase })

export const banMember = (room: number, user: number) => call('members.ban', { room, user })
export const unbanMember = (room: number, user: number) => call('members.unban', { room, user })

export async function roomBans(room: number, after?: number) {
  const answer = await call('members.bans', { room, after })
  answer.users.forEach(put)
  return answer
}

export const addressBans = (after?: string) => call('admin.addresses', { after })
export const liftAddress = (address: string) => call('admin.lift', { address })

export async function block(user: number, on: boolean) {
  putPreferences(await call('users.block', { user, on }))
}

/** When somebody was last here; null where that is not known, or not shown. */
export const lastSeen = async (user: number) => (await call('users.seen', { user })).at
