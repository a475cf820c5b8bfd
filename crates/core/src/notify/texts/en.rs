//! The words in English.

use super::Text::{Mail as Email, Push as Banner, Sms, Voice, WhatsApp};
use super::{Mail, Push, Row};

pub(super) const ROWS: &[Row] = &[
    ("device_pairing", Sms("${otp} is your passcode to pair this phone. Never share it with anyone.")),
    (
        "device_pairing",
        Voice(
            "<repeatMessage val=2>Hello. Your passcode to pair this phone is <sayCharValue>${otp}</sayCharValue>.<pause1sec></repeatMessage>Goodbye.",
        ),
    ),
    (
        "device_pairing",
        Email(Mail {
            subject: "Confirm your email address",
            before: "Enter this passcode to pair this email address with your account:",
            with_code: true,
            after: "Never share it with anyone. If you did not ask for it, you can ignore this message.",
        }),
    ),
    ("strong_authentication", Sms("${otp} is your passcode to sign on. Never share it with anyone.")),
    (
        "strong_authentication",
        Voice(
            "<repeatMessage val=2>Hello. Your passcode to sign on is <sayCharValue>${otp}</sayCharValue>.<pause1sec></repeatMessage>Goodbye.",
        ),
    ),
    (
        "strong_authentication",
        Email(Mail {
            subject: "Your sign-on passcode",
            before: "Enter this passcode to sign on:",
            with_code: true,
            after: "Never share it with anyone. If you are not signing on right now, change your password.",
        }),
    ),
    (
        "transaction",
        Sms(
            "${otp} is your passcode to approve the transaction. If you did not start it, do not use the passcode.",
        ),
    ),
    (
        "transaction",
        Voice(
            "<repeatMessage val=2>Hello. Your passcode to approve the transaction is <sayCharValue>${otp}</sayCharValue>.<pause1sec></repeatMessage>Goodbye.",
        ),
    ),
    (
        "transaction",
        Email(Mail {
            subject: "Approve your transaction",
            before: "Enter this passcode to approve the transaction:",
            with_code: true,
            after: "Never share it with anyone. If you did not start the transaction, do not use the passcode.",
        }),
    ),
    (
        "new_device_paired",
        Sms("A new device was paired with your account. If this was not you, contact support at once."),
    ),
    (
        "new_device_paired",
        Email(Mail {
            subject: "A new device was paired with your account",
            before: "A new device was just paired with the account ${user.username}.",
            with_code: false,
            after: "If this was not you, contact support at once.",
        }),
    ),
    (
        "recovery_code_template",
        Sms("${otp} is your code to reset your password. Never share it with anyone."),
    ),
    (
        "recovery_code_template",
        Email(Mail {
            subject: "Reset your password",
            before: "Enter this code to choose a new password:",
            with_code: true,
            after: "If you did not ask for it, you can ignore this message. Your password stays as it is.",
        }),
    ),
    (
        "device_pairing",
        WhatsApp("${otp} is your passcode to pair this WhatsApp number. Never share it with anyone."),
    ),
    ("strong_authentication", WhatsApp("${otp} is your passcode to sign on. Never share it with anyone.")),
    (
        "strong_authentication",
        Banner(Push {
            title: "Is it you signing on?",
            body: "Open the app to approve or deny the sign-on. If it is not you, deny it.",
        }),
    ),
    (
        "transaction",
        Banner(Push {
            title: "Approve a transaction?",
            body: "Open the app to look at the transaction and to approve or deny it. If you did not start it, deny it.",
        }),
    ),
];
