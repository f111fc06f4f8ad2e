/**
 * What administrators do. The rows that change come back as changes; every act throws a CallError.
 *
 * For components: editWorkspace({name?, guests?, signup?}), setRole(user, role), ban(user, address?), unban(user), audit(before?).
 */
import { type Params, call } from '../socket'

export const editWorkspace = (params: Params<'admin.settings'>) => call('admin.settings', params)
export const setRole = (user: number, role: Params<'users.role'>['role']) => call('users.role', { user, role })
export const ban = (user: number, address = false) => call('users.ban', { user, address })
export const unban = (user: number) => call('users.unban', { user })
export const audit = (before?: number) => call('admin.audit', { before })
