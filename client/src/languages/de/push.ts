/** `words.push.ts` in German. */
import type { Catalogue } from '@/language'

export const push: Catalogue = {
  // What a notification says: the service worker shows these
  pushedIn: '{name} in {room}',
  pushedText: 'Eine neue Nachricht',
  pushedReminder: 'Du wolltest erinnert werden',
  pushedTest: 'Benachrichtigungen funktionieren',
  pushedTestText: 'So erfährst du davon.',
  pushedUnknown: 'Es gibt etwas Neues',

  // The offer
  pushOffer: 'Willst du von Nachrichten erfahren, während du weg bist?',
  pushOfferGo: 'Benachrichtigungen einschalten',
  pushOfferNot: 'Jetzt nicht',
  pushOn: 'Dieser Browser sagt dir ab jetzt Bescheid.',
  pushOnHere: 'Dieser Browser sagt dir Bescheid, solange Chinwag darin offen ist.',

  // This browser
  pushText: 'Er meldet neue Nachrichten, während du anderswo bist, auch wenn Chinwag geschlossen ist, so wie es je Raum eingestellt ist.',
  pushTextOpen: 'Er meldet neue Nachrichten, während du anderswo bist und Chinwag in einem Tab offen ist, so wie es je Raum eingestellt ist.',
  pushServerOff: 'Dieser Server sendet nichts an geschlossene Browser.',
  pushNone: 'Dieser Browser nimmt nichts an, solange Chinwag geschlossen ist.',
  pushUnreachable: 'Der Push-Dienst dieses Browsers war nicht erreichbar; darum meldet er nichts, solange Chinwag geschlossen ist.',
  pushBrave: 'Manche Browser haben Push-Dienste ausgeschaltet: Such in ihren Einstellungen nach „Push-Nachrichten“.',
  pushTry: 'Erneut versuchen',
  pushDenied: 'Der Browser blockiert die Benachrichtigungen dieser Seite. Erlaube sie in seinen Einstellungen für diese Adresse und lade die Seite neu.',
  pushInstallFirst: 'Auf diesem Gerät dürfen dich nur installierte Apps benachrichtigen: Wähl „Teilen“, dann „Zum Home-Bildschirm“, und öffne Chinwag von dort.',

  // All devices
  pushShows: 'Was Benachrichtigungen zeigen',
  pushShowsText: 'Den Text von Nachrichten zeigen',
  pushShowsHint: 'Auf allen deinen Geräten, auch bei gesperrtem Bildschirm. Sonst steht da, wer geschrieben hat und wo.',
  pushDevices: 'Geräte, die dir Bescheid sagen',
  pushDevicesNone: 'Noch keine.',
  pushDeviceSince: 'Seit {at}',
  pushDeviceLast: 'Zuletzt gemeldet: {at}',
  pushDeviceNever: 'Noch nichts gemeldet',
  pushTestGo: 'Testen',
  pushTestOf: '{label} testen',
  pushTested: 'Gesendet. Gleich sollte es erscheinen.',
  pushRemove: 'Entfernen',
  pushRemoveAsk: '{label} nichts mehr melden?',
  pushRemoved: 'Dort wird dir nichts mehr gemeldet.',

  // The log
  pushLog: 'Was deinen Geräten gemeldet wurde',
  pushLogText: 'Die letzten hundert, ohne das Gesagte.',
  pushLogNone: 'Noch nichts.',
  pushKindMessage: 'Eine Nachricht',
  pushKindReminder: 'Eine Erinnerung',
  pushKindTest: 'Ein Test',
  pushWaiting: 'Wartet',
  pushSending: 'Unterwegs',
  pushSent: 'Übergeben',
  pushFailed: 'Fehlgeschlagen',

  // The installed app
  installTitle: 'Chinwag als App',
  installText: 'Mit eigenem Fenster und eigenem Symbol, auf dem steht, wie viel neu ist.',
  installGo: 'Installieren',
  installApp: 'Als App installieren',

  // Sharing, and a new message
  shareTitle: 'Teilen',
  newMessage: 'Neue Nachricht',
  shareWhere: 'Wohin?',
  shareGo: 'Dort schreiben',
  shareFailed: 'Was du geteilt hast, ließ sich nicht übernehmen. Ist es sehr groß?',
}
