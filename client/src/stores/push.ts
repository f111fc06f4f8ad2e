/**
 * One's devices that are told by web push: asked for when a page shows them, kept nowhere. Every act throws a CallError.
 *
 * For components: listDevices, subscribe, unsubscribe (without an id: this one), testDevice, pageLog.
 */
import { type Params, type Result, call } from '../socket'

export type Device = Result<'push.list'>['devices'][number]
export type Pushed = Result<'push.log'>['pushes'][number]

export const listDevices = () => call('push.list', {})
export const subscribe = (params: Params<'push.subscribe'>) => call('push.subscribe', params)
export const unsubscribe = (id?: number) => call('push.unsubscribe', { id: id ?? null })
export const testDevice = (id: number) => call('push.test', { id })
export const pageLog = (before?: number) => call('push.log', { before })
