/** What files, pictures and profiles say; importing this module teaches it to `t`. */
import type { Entry } from './words'
import { teach } from './words'

export const files = {
  attach: 'Attach files',
  filesMost: 'A message has at most {count} files.',
  filesOf: 'Files for this message',
  dropHere: 'Drop files here',
  uploading: '{name}, {percent} %',
  uploadWaiting: '{name}: it goes on when you are back online',
  uploadDone: '{name}, ready',
  removeFile: 'Remove {name}',
  retryFile: 'Try {name} again',
  sendsWhenThere: 'Sent as soon as the files are there',
  openPicture: 'Look at {name}',
  download: 'Download',
  previousPicture: 'Previous picture',
  nextPicture: 'Next picture',
  ofPictures: '{at} of {count}',
  filesTitle: 'Files',
  noFiles: 'No files yet. What is sent here with a message is listed here.',
  toMessage: 'Go to the message',
  deleteFileAsk: 'Delete {name}?',
  deleteFileText: 'It is gone for everybody, and cannot be brought back.',

  profileTitle: 'Profile',
  localTime: '{time} there',
  profileGone: 'This person is not here any more.',

  picture: 'Picture',
  choosePicture: 'Choose a picture',
  removePicture: 'Remove it',
  pictureHint: 'PNG, JPEG, GIF, WebP or AVIF; it is cut to a square.',
  pronouns: 'Pronouns',
  pronounsHint: 'As in “she/her”',
  zone: 'Time zone',
  zoneNone: 'Not said',
  zoneHint: 'Others see what time it is where you are.',
  about: 'About you',
  aboutHint: 'What you do, or like to be asked about.',
} as const satisfies Record<string, Entry>

teach(files)
