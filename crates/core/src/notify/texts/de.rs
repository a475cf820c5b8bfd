//! The words in German.

use super::Text::{Mail as Email, Push as Banner, Sms, Voice, WhatsApp};
use super::{Mail, Push, Row};

pub(super) const ROWS: &[Row] = &[
    ("device_pairing", Sms("${otp} ist Ihr Code zum Koppeln dieses Telefons. Geben Sie ihn nie weiter.")),
    (
        "device_pairing",
        Voice(
            "<repeatMessage val=2>Guten Tag. Ihr Code zum Koppeln dieses Telefons lautet <sayCharValue>${otp}</sayCharValue>.<pause1sec></repeatMessage>Auf Wiederhören.",
        ),
    ),
    (
        "device_pairing",
        Email(Mail {
            subject: "Bestätigen Sie Ihre E-Mail-Adresse",
            before: "Geben Sie diesen Code ein, um die E-Mail-Adresse mit Ihrem Konto zu verbinden:",
            with_code: true,
            after: "Geben Sie ihn nie weiter. Wenn Sie ihn nicht angefordert haben, können Sie diese Nachricht ignorieren.",
        }),
    ),
    ("strong_authentication", Sms("${otp} ist Ihr Code für die Anmeldung. Geben Sie ihn nie weiter.")),
    (
        "strong_authentication",
        Voice(
            "<repeatMessage val=2>Guten Tag. Ihr Code für die Anmeldung lautet <sayCharValue>${otp}</sayCharValue>.<pause1sec></repeatMessage>Auf Wiederhören.",
        ),
    ),
    (
        "strong_authentication",
        Email(Mail {
            subject: "Ihr Anmeldecode",
            before: "Geben Sie diesen Code ein, um sich anzumelden:",
            with_code: true,
            after: "Geben Sie ihn nie weiter. Wenn Sie sich gerade nicht anmelden, ändern Sie Ihr Passwort.",
        }),
    ),
    (
        "transaction",
        Sms(
            "${otp} ist Ihr Code für die Freigabe der Transaktion. Haben Sie sie nicht begonnen, verwenden Sie ihn nicht.",
        ),
    ),
    (
        "transaction",
        Voice(
            "<repeatMessage val=2>Guten Tag. Ihr Code für die Freigabe der Transaktion lautet <sayCharValue>${otp}</sayCharValue>.<pause1sec></repeatMessage>Auf Wiederhören.",
        ),
    ),
    (
        "transaction",
        Email(Mail {
            subject: "Geben Sie Ihre Transaktion frei",
            before: "Geben Sie diesen Code ein, um die Transaktion freizugeben:",
            with_code: true,
            after: "Geben Sie ihn nie weiter. Wenn Sie die Transaktion nicht begonnen haben, verwenden Sie den Code nicht.",
        }),
    ),
    (
        "new_device_paired",
        Sms(
            "Ein neues Gerät wurde mit Ihrem Konto gekoppelt. Waren Sie das nicht, melden Sie sich sofort beim Support.",
        ),
    ),
    (
        "new_device_paired",
        Email(Mail {
            subject: "Ein neues Gerät wurde gekoppelt",
            before: "Ein neues Gerät wurde soeben mit dem Konto ${user.username} gekoppelt.",
            with_code: false,
            after: "Wenn Sie das nicht waren, melden Sie sich sofort beim Support.",
        }),
    ),
    (
        "recovery_code_template",
        Sms("${otp} ist Ihr Code zum Zurücksetzen des Passworts. Geben Sie ihn nie weiter."),
    ),
    (
        "recovery_code_template",
        Email(Mail {
            subject: "Passwort zurücksetzen",
            before: "Geben Sie diesen Code ein, um ein neues Passwort zu wählen:",
            with_code: true,
            after: "Wenn Sie ihn nicht angefordert haben, können Sie diese Nachricht ignorieren. Ihr Passwort bleibt, wie es ist.",
        }),
    ),
    (
        "device_pairing",
        WhatsApp("${otp} ist Ihr Code zum Koppeln dieser WhatsApp-Nummer. Geben Sie ihn nie weiter."),
    ),
    ("strong_authentication", WhatsApp("${otp} ist Ihr Code für die Anmeldung. Geben Sie ihn nie weiter.")),
    (
        "strong_authentication",
        Banner(Push {
            title: "Melden Sie sich gerade an?",
            body: "Öffnen Sie die App, um die Anmeldung zu bestätigen oder abzulehnen. Wenn Sie es nicht sind, lehnen Sie ab.",
        }),
    ),
    (
        "transaction",
        Banner(Push {
            title: "Transaktion freigeben?",
            body: "Öffnen Sie die App, um die Transaktion zu prüfen und freizugeben oder abzulehnen. Wenn Sie sie nicht veranlasst haben, lehnen Sie ab.",
        }),
    ),
];
