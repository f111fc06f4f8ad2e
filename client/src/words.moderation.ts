/** What moderation and blocking say; importing this module teaches it to `t`. */
import type { Entry } from './words'
import { teach } from './words'

export const moderation = {
  // Rooms
  roomPosting: 'Who writes here',
  postingAll: 'All members',
  postingModerators: 'Moderators alone',
  roomSlow: 'Slow mode',
  roomSlowHint: 'So long a member waits between two messages. Moderators do not.',
  slowOff: 'Off',
  slowSeconds: { one: '{count} second', other: '{count} seconds' },
  slowMinutes: { one: '{count} minute', other: '{count} minutes' },
  slowHours: { one: '{count} hour', other: '{count} hours' },
  slowWait: 'This room is slow: you can write again in {time}.',
  slowIs: 'Slow mode: one message in {time}.',
  banMember: 'Ban from the room',
  banMemberAsk: 'Ban {name} from {room}?',
  banMemberText: 'They stop seeing it at once, and cannot come back until they are let in again.',
  bannedHere: 'Banned from this room',
  banBy: 'by {name}, {ago}',
  banGuest: 'Ban, with their address',
  banGuestAsk: 'Ban {name}, and everybody who comes from where they came?',
  banGuestText: 'Nobody visits or signs up from that address until you lift it. People with an account there are not affected.',

  // Reports
  deleteAsk: 'Delete this message?',
  deleteText: 'Everybody stops seeing it. This cannot be undone.',
  report: 'Report…',
  reportTitle: 'Report a message',
  reportText: 'The moderators of this room and the administrators see the message, and your name.',
  reportReason: 'What is wrong with it?',
  reportGo: 'Report',
  reportSent: 'Reported. Thank you.',
  reportsTitle: 'Reports',
  reportsText: 'Messages that somebody thinks you should look at.',
  reportsOpen: 'To look at',
  reportsDone: 'Dealt with',
  reportsNone: 'Nothing to look at.',
  reportsNoneDone: 'Nothing was dealt with yet.',
  reportBy: '{name} reported it: “{reason}”',
  reportDone: 'Done',
  reportErase: 'Delete message',
  reportSettled: 'Dealt with by {name}, {ago}',
  reportGone: 'This message was deleted.',
  reportShow: 'Show in its room',
  reportElsewhere: 'in a room that you are not in',

  // Workspace
  creating: 'Who makes rooms',
  creatingAll: 'Everybody but guests',
  creatingAdmins: 'Administrators alone',
  calling: 'Who calls everybody in a room',
  callingAll: 'Everybody',
  callingModerators: 'Moderators alone',
  addresses: 'Banned addresses',
  addressesText: 'Nobody visits or signs up from these.',
  addressesNone: 'None.',
  addressLift: 'Lift',

  // Blocks
  block: 'Block direct messages',
  unblock: 'Unblock',
  blockAsk: 'Block {name}?',
  blockText: 'No direct messages pass between you two. In rooms you still see each other.',
  blocked: '{name} is blocked.',
  unblocked: '{name} is no longer blocked.',

  // Audit log
  'act.user add': 'Added somebody',
  'act.room add': 'Made a room',
  'act.users.role': 'Changed a role',
  'act.users.ban': 'Banned from the workspace',
  'act.users.unban': 'Let in again',
  'act.members.ban': 'Banned from a room',
  'act.members.unban': 'Let into a room again',
  'act.members.remove': 'Removed from a room',
  'act.messages.delete': 'Deleted what somebody else said',
  'act.rooms.edit': 'Changed who writes in a room',
  'act.reports.done': 'Dealt with a report',
  'act.admin.settings': 'Changed the workspace',
  'act.admin.lift': 'Lifted the ban of an address',
  'act.invites.create': 'Made an invite',
  'act.invites.revoke': 'Revoked an invite',
} as const satisfies Record<string, Entry>

teach(moderation)
